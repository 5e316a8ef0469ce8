//! The `[normalise]` section: bringing columns to zero mean and unit deviation.

use std::collections::BTreeMap;
use std::sync::Arc;

use ndarray::{Array2, Axis};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::corpus::splits::Fold;
use crate::settings::InvalidSetting;

use super::{Dataset, Example, TestSet, TrainingSet, ValidationSet};

/// The largest limit that means anything, deviations.
const LIMIT: f32 = 1e6;

/// The `[normalise]` section of the experiment file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NormaliseSettings {
    /// Over what mean and deviation are taken.
    pub over: Normalise,
    /// Values so many deviations from the mean, or more, count as that many; 0 = no limit. Keeps a column that hardly varies in the training
    /// rows from outvoting all others in a clip where it does.
    #[serde(default)]
    pub limit: f32,
}

/// Over what mean and deviation of each column are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Normalise {
    /// Values stay as they are.
    None,
    /// Over all frames of the training rows.
    Corpus,
    /// Over all frames of each speaker, test speakers included: it reads their unlabelled clips, and the report says so.
    Speaker,
    /// Over the frames of each clip.
    Clip,
}

impl NormaliseSettings {
    /// Checks the values for a model that reads frames, or one that reads a vector a clip.
    ///
    /// # Errors
    /// `clip` for vectors: a single row minus its own mean is zero. A limit that is no number of deviations, or that has nothing to limit.
    pub fn check(&self, reads_frames: bool) -> Result<(), InvalidSetting> {
        if self.over == Normalise::Clip && !reads_frames {
            return Err(InvalidSetting::new(
                "normalise.over",
                "is \"clip\", but the model reads one vector a clip, of which nothing would be left; use \"corpus\" or \"speaker\"",
            ));
        }
        if !(0.0..=LIMIT).contains(&self.limit) {
            let message = format!("is {}; it must be 0 (none) to {LIMIT} deviations, such as 8.0", self.limit);
            return Err(InvalidSetting::new("normalise.limit", message));
        }
        if self.limit > 0.0 && matches!(self.over, Normalise::None | Normalise::Clip) {
            let message =
                "is for what is normalised by the statistics of other clips; set it to 0, or `normalise.over` to \"corpus\" or \"speaker\"";
            return Err(InvalidSetting::new("normalise.limit", message));
        }
        Ok(())
    }
}

/// Mean and deviation of each column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Normaliser {
    /// A mean a column.
    pub mean: Vec<f32>,
    /// A deviation a column; 1 where a column does not vary.
    pub deviation: Vec<f32>,
    /// The most deviations that a value lies from the mean; 0 = any number.
    #[serde(default)]
    pub limit: f32,
}

impl Normaliser {
    /// Mean and deviation over all frames of the rows themselves, their augmented copies left out; summed in `f64`, deviation over n, as
    /// scikit-learn's `StandardScaler`. No rows give no columns.
    pub fn fit(train: &TrainingSet) -> Self {
        Self::over(&train.examples.iter().map(Example::frames).collect::<Vec<_>>())
    }

    /// Over the frames of one clip, `(frames, columns)`.
    pub fn of_clip(frames: &Array2<f32>) -> Self {
        Self::over(&[frames])
    }

    /// Over all frames of `matrices`. Sums are added in the order of the matrices, so that threads do not change them.
    fn over(matrices: &[&Array2<f32>]) -> Self {
        let columns = matrices.first().map_or(0, |matrix| matrix.ncols());
        let frames: usize = matrices.iter().map(|matrix| matrix.nrows()).sum();
        if frames == 0 {
            return Self { mean: vec![0.0; columns], deviation: vec![1.0; columns], limit: 0.0 };
        }
        let count = frames as f64;
        let mean: Vec<f64> = sums(matrices, columns, |_, value| value).into_iter().map(|sum| sum / count).collect();
        let squares = sums(matrices, columns, |column, value| (value - mean[column]).powi(2));
        let varies = varying(matrices, columns);
        let deviation = squares.iter().zip(varies).map(|(sum, varies)| if varies { (sum / count).sqrt() as f32 } else { 1.0 });
        // A deviation can still round to nothing in `f32`.
        let deviation = deviation.map(|value| if value > 0.0 { value } else { 1.0 }).collect();
        Self { mean: mean.iter().map(|&value| value as f32).collect(), deviation, limit: 0.0 }
    }

    /// The same statistics, with values kept within so many deviations; 0 = any number.
    pub fn limited(self, limit: f32) -> Self {
        Self { limit, ..self }
    }

    /// Number of columns it was fitted on.
    pub fn columns(&self) -> usize {
        self.mean.len()
    }

    /// `(frames - mean) / deviation`, within the limit, column by column; `(frames, columns)`, with as many columns as were fitted on (further ones stay
    /// as they are).
    pub fn apply(&self, frames: &Array2<f32>) -> Array2<f32> {
        let mut out = frames.as_standard_layout().into_owned();
        self.apply_to(&mut out);
        out
    }

    fn apply_to(&self, frames: &mut Array2<f32>) {
        let limit = if self.limit > 0.0 { self.limit } else { f32::INFINITY };
        for mut row in frames.rows_mut() {
            for ((value, mean), deviation) in row.iter_mut().zip(&self.mean).zip(&self.deviation) {
                *value = ((*value - mean) / deviation).clamp(-limit, limit);
            }
        }
    }
}

/// Sum of `term(column, value)` over each column.
fn sums(matrices: &[&Array2<f32>], columns: usize, term: impl Fn(usize, f64) -> f64 + Sync) -> Vec<f64> {
    let parts: Vec<Vec<f64>> = matrices
        .par_iter()
        .map(|matrix| {
            let mut part = vec![0.0; columns];
            for row in matrix.rows() {
                for (column, (sum, value)) in part.iter_mut().zip(row).enumerate() {
                    *sum += term(column, f64::from(*value));
                }
            }
            part
        })
        .collect();
    let mut total = vec![0.0; columns];
    for part in parts {
        for (total, part) in total.iter_mut().zip(part) {
            *total += part;
        }
    }
    total
}

/// Whether a column has two different values. Told from values, not from the deviation, which rounding keeps from being 0.
fn varying(matrices: &[&Array2<f32>], columns: usize) -> Vec<bool> {
    (0..columns)
        .into_par_iter()
        .map(|column| {
            let mut values = matrices.iter().filter(|matrix| column < matrix.ncols()).flat_map(|matrix| matrix.index_axis(Axis(1), column));
            let first = values.next();
            values.any(|value| Some(value) != first)
        })
        .collect()
}

/// The three parts of a fold, normalised as `settings` ask; the entry point of a fold.
///
/// | over | training rows and their copies | validation and test rows |
/// | --- | --- | --- |
/// | none | as they are | as they are |
/// | corpus | by the training rows' statistics | by the training rows' statistics |
/// | speaker | by those of the speaker's training rows | by those of the speaker's own rows in that part, labels unread |
/// | clip | each matrix by its own | each matrix by its own |
///
/// The [`Normaliser`] is that of `corpus`, to be kept with the model; a model over `speaker` cannot be used on a single clip.
pub fn prepare(dataset: &Dataset, fold: &Fold, settings: &NormaliseSettings) -> (TrainingSet, ValidationSet, TestSet, Option<Normaliser>) {
    let mut train = dataset.training(&fold.train);
    let mut validation = dataset.validation(&fold.validation);
    let mut test = dataset.test(&fold.test);
    let fitted = normalise(&mut train, &mut validation, &mut test, settings);
    (train, validation, test, fitted)
}

fn normalise(
    train: &mut TrainingSet,
    validation: &mut ValidationSet,
    test: &mut TestSet,
    settings: &NormaliseSettings,
) -> Option<Normaliser> {
    let fitted = (settings.over == Normalise::Corpus).then(|| Arc::new(Normaliser::fit(train).limited(settings.limit)));
    for examples in [&mut train.examples, &mut validation.examples, &mut test.examples] {
        match (settings.over, &fitted) {
            (Normalise::Corpus, Some(fitted)) => by(examples, |_| Scale::By(Arc::clone(fitted))),
            (Normalise::Speaker, _) => {
                let speakers = by_speaker(examples, settings.limit);
                by(examples, |speaker| speakers.get(&speaker).cloned().map_or(Scale::None, Scale::By));
            }
            (Normalise::Clip, _) => by(examples, |_| Scale::Own),
            (Normalise::None | Normalise::Corpus, _) => {}
        }
    }
    fitted.map(|fitted| Normaliser::clone(&fitted))
}

/// How a row is normalised.
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// Not at all.
    None,
    /// By these statistics.
    By(Arc<Normaliser>),
    /// Each matrix by its own.
    Own,
}

impl Scale {
    /// The normalised matrix.
    pub fn apply(&self, mut frames: Array2<f32>) -> Array2<f32> {
        match self {
            Self::None => {}
            Self::By(normaliser) => normaliser.apply_to(&mut frames),
            Self::Own => Normaliser::of_clip(&frames).apply_to(&mut frames),
        }
        frames
    }
}

/// Normalises every variant, now and whenever it is measured anew.
fn by(examples: &mut [Example], scale: impl Fn(Option<usize>) -> Scale + Sync) {
    examples.par_iter_mut().for_each(|example| {
        let scale = scale(example.speaker);
        for variant in &mut example.variants {
            *variant = Arc::new(scale.apply(Array2::clone(variant)));
        }
        example.waves = example.waves.take().map(|waves| Arc::new(waves.scaled(scale)));
    });
}

/// Statistics of each speaker over the rows themselves.
fn by_speaker(examples: &[Example], limit: f32) -> BTreeMap<Option<usize>, Arc<Normaliser>> {
    let mut matrices: BTreeMap<Option<usize>, Vec<&Array2<f32>>> = BTreeMap::new();
    for example in examples {
        matrices.entry(example.speaker).or_default().push(example.frames());
    }
    matrices.into_iter().map(|(speaker, matrices)| (speaker, Arc::new(Normaliser::over(&matrices).limited(limit)))).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn example(frames: Array2<f32>, speaker: usize) -> Example {
        Example::new(frames, 0, Some(speaker))
    }

    fn sets() -> (TrainingSet, ValidationSet, TestSet) {
        let mut copied = example(array![[1.0, 7.0], [3.0, 7.0]], 0);
        copied.variants.push(Arc::new(array![[100.0, 7.0]]));
        let train = TrainingSet { examples: vec![copied, example(array![[5.0, 7.0], [7.0, 7.0]], 1)], classes: 1 };
        let validation = ValidationSet { examples: vec![example(array![[4.0, 8.0]], 2)], classes: 1 };
        let test = TestSet { examples: vec![example(array![[10.0, 1.0]], 3), example(array![[20.0, 3.0]], 3)], classes: 1 };
        (train, validation, test)
    }

    fn normalised(over: Normalise) -> (TrainingSet, ValidationSet, TestSet, Option<Normaliser>) {
        within(over, 0.0)
    }

    fn within(over: Normalise, limit: f32) -> (TrainingSet, ValidationSet, TestSet, Option<Normaliser>) {
        let (mut train, mut validation, mut test) = sets();
        let fitted = normalise(&mut train, &mut validation, &mut test, &NormaliseSettings { over, limit });
        (train, validation, test, fitted)
    }

    #[test]
    fn corpus_statistics_come_from_training_rows_without_their_copies() {
        let (train, validation, test, fitted) = normalised(Normalise::Corpus);
        // numpy: mean and std of [1, 3, 5, 7]; the second column does not vary.
        let deviation = 5.0_f32.sqrt();
        assert_eq!(fitted, Some(Normaliser { mean: vec![4.0, 7.0], deviation: vec![deviation, 1.0], limit: 0.0 }));
        assert_eq!(*train.examples[0].variants[1], array![[96.0 / deviation, 0.0]]);
        assert_eq!(*validation.examples[0].variants[0], array![[0.0, 1.0]]);
        assert_eq!(*test.examples[1].variants[0], array![[16.0 / deviation, -4.0]]);
    }

    #[test]
    fn test_rows_do_not_move_the_fitted_statistics() {
        let (mut train, mut validation, mut test) = sets();
        test.examples.push(example(array![[1e6, -1e6]], 0));
        let settings = NormaliseSettings { over: Normalise::Corpus, limit: 0.0 };
        let fitted = normalise(&mut train, &mut validation, &mut test, &settings);
        assert_eq!(fitted, normalised(Normalise::Corpus).3);
    }

    #[test]
    fn speakers_are_normalised_by_their_own_rows_of_a_part() {
        let (train, _, test, fitted) = normalised(Normalise::Speaker);
        assert_eq!(fitted, None);
        assert_eq!(*train.examples[0].variants[0], array![[-1.0, 0.0], [1.0, 0.0]]);
        assert_eq!(*train.examples[0].variants[1], array![[98.0, 0.0]]);
        assert_eq!(*train.examples[1].variants[0], array![[-1.0, 0.0], [1.0, 0.0]]);
        assert_eq!(*test.examples[0].variants[0], array![[-1.0, -1.0]]);
        assert_eq!(*test.examples[1].variants[0], array![[1.0, 1.0]]);
    }

    #[test]
    fn clips_are_normalised_by_themselves_and_none_shares_the_matrices() {
        let (train, ..) = normalised(Normalise::Clip);
        assert_eq!(*train.examples[1].variants[0], array![[-1.0, 0.0], [1.0, 0.0]]);
        let (mut train, mut validation, mut test) = sets();
        let before = Arc::clone(&train.examples[0].variants[0]);
        normalise(&mut train, &mut validation, &mut test, &NormaliseSettings { over: Normalise::None, limit: 0.0 });
        assert!(Arc::ptr_eq(&before, &train.examples[0].variants[0]));
    }

    #[test]
    fn a_constant_column_that_binary_cannot_write_has_deviation_one() {
        let fitted = Normaliser::of_clip(&Array2::from_elem((1000, 1), 0.1));
        assert_eq!(fitted.deviation, [1.0]);
        assert_eq!(Normaliser::over(&[]).columns(), 0);
        assert!(NormaliseSettings { over: Normalise::Clip, limit: 0.0 }.check(false).is_err());
    }

    #[test]
    fn no_value_lies_further_from_the_mean_than_the_limit() {
        let (train, _, test, fitted) = within(Normalise::Corpus, 2.0);
        let deviation = 5.0_f32.sqrt();
        assert_eq!(*train.examples[0].variants[0], array![[-3.0 / deviation, 0.0], [-1.0 / deviation, 0.0]]);
        assert_eq!(*train.examples[0].variants[1], array![[2.0, 0.0]], "a copy is limited too");
        assert_eq!(*test.examples[1].variants[0], array![[2.0, -2.0]]);
        assert_eq!(fitted.map(|fitted| fitted.limit), Some(2.0), "and so is every later clip");
        assert_eq!(*within(Normalise::Speaker, 0.5).0.examples[1].variants[0], array![[-0.5, 0.0], [0.5, 0.0]]);
    }

    #[test]
    fn a_limit_is_a_number_of_deviations_of_something() {
        let check = |over, limit| NormaliseSettings { over, limit }.check(true).map_err(|error| error.key);
        assert_eq!(check(Normalise::Corpus, 8.0), Ok(()));
        assert_eq!(check(Normalise::Clip, 0.0), Ok(()));
        for (over, limit) in [(Normalise::Corpus, -1.0), (Normalise::Speaker, f32::NAN), (Normalise::Clip, 8.0), (Normalise::None, 8.0)] {
            assert_eq!(check(over, limit), Err("normalise.limit".to_owned()));
        }
    }
}
