//! Fisher vectors: frames of any number as one vector of one length.

use std::sync::Arc;

use ndarray::{Array2, Axis};
use rand::seq::index::sample;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::dataset::{Example, Normaliser, TrainingSet};
use crate::model::{FisherSettings, ModelError};
use crate::seed::stream;
use crate::settings::InvalidSetting;

use super::input::check;
use super::mixture::Mixture;

/// The mixture is fitted on so many frames at most, evenly spaced over all: more make no difference to a few thousand parameters.
const FRAMES: usize = 60_000;

/// Values of a vector lie within so many deviations of their mean over the training rows.
const LIMIT: f32 = 8.0;

/// More components than any corpus of emotional speech can fill.
const MOST_COMPONENTS: usize = 1024;

impl FisherSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        if (1..=MOST_COMPONENTS).contains(&self.components) {
            return Ok(());
        }
        let message = format!("is {}; it must be 1 to {MOST_COMPONENTS}, such as 32", self.components);
        Err(InvalidSetting::new("model.fisher.components", message))
    }
}

/// How the frames of a clip would change a Gaussian mixture that was fitted on the frames of all training clips: the gradient of their
/// log-likelihood by its means and deviations, of unit Fisher information (Jaakkola & Haussler 1998; Perronnin & Dance 2007), the square
/// root of each value, unit length (Perronnin, Sánchez & Mensink 2010), then each column normalised over the training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct FisherVectors {
    mixture: Mixture,
    scale: Normaliser,
}

impl FisherVectors {
    /// Fits the mixture, from frames drawn by `seed`, on the frames of the rows themselves, and gives the rows and their copies as vectors
    /// `(1, columns)`.
    pub fn fit(settings: &FisherSettings, train: &TrainingSet, seed: u64) -> Result<(Self, TrainingSet), ModelError> {
        settings.check()?;
        let columns = train.examples.first().ok_or(ModelError::NoRows)?.frames().ncols();
        for (row, example) in train.examples.iter().enumerate() {
            example.variants.iter().try_for_each(|variant| check(row, variant, columns))?;
        }
        let frames = thinned(train, columns);
        if frames.is_empty() {
            return Err(ModelError::NoRows);
        }
        let count = settings.components.min(frames.nrows());
        let start = sample(&mut stream(seed, &["fisher", "means"]), frames.nrows(), count).into_vec();
        let mixture = Mixture::fit(frames.view(), frames.select(Axis(0), &start));

        let encoded = |example: &Example| Example {
            variants: example.variants.iter().map(|frames| Arc::new(vector(&mixture, frames))).collect(),
            ..example.clone()
        };
        let mut vectors = TrainingSet { examples: train.examples.par_iter().map(encoded).collect(), classes: train.classes };
        let scale = Normaliser::fit(&vectors).limited(LIMIT);
        vectors
            .examples
            .par_iter_mut()
            .flat_map(|example| &mut example.variants)
            .for_each(|variant| *variant = Arc::new(scale.apply(variant)));
        Ok((Self { mixture, scale }, vectors))
    }

    /// The vector of a clip's frames, `(1, columns)`; frames must be of the columns that were fitted on.
    pub fn encode(&self, frames: &Array2<f32>) -> Array2<f32> {
        self.scale.apply(&vector(&self.mixture, frames))
    }

    /// Number of columns of a vector.
    pub fn width(&self) -> usize {
        self.scale.columns()
    }

    /// Whether its parts fit each other and frames of so many columns.
    pub fn fits(&self, columns: usize) -> bool {
        let width = 2 * self.mixture.shape().0 * columns;
        self.mixture.fits(columns) && self.scale.mean.len() == width && self.scale.deviation.len() == width
    }
}

/// The frames of all rows, their copies left out; every n-th where there are more than [`FRAMES`].
fn thinned(train: &TrainingSet, columns: usize) -> Array2<f64> {
    let total: usize = train.examples.iter().map(|example| example.frames().nrows()).sum();
    let frames = train.examples.iter().flat_map(|example| example.frames().rows());
    let values: Vec<f64> = frames.step_by(total.div_ceil(FRAMES).max(1)).flatten().map(|&value| f64::from(value)).collect();
    let rows = values.len() / columns.max(1);
    Array2::from_shape_fn((rows, columns), |(row, column)| values[row * columns + column])
}

/// The Fisher vector with power and length normalised, `(1, 2 * components * columns)`: for each component the gradients by its means, then
/// for each those by its deviations.
fn vector(mixture: &Mixture, frames: &Array2<f32>) -> Array2<f32> {
    let mut gradient = gradient(mixture, frames);
    gradient.mapv_inplace(|value| value.signum() * value.abs().sqrt());
    let length = gradient.iter().map(|value| value * value).sum::<f64>().sqrt();
    if length > 0.0 {
        gradient /= length;
    }
    let values: Vec<f32> = gradient.iter().map(|&value| value as f32).collect();
    Array2::from_shape_fn((1, values.len()), |(_, column)| values[column])
}

/// The gradients `(2 * components, columns)` by means, then by deviations; equations 17 and 18 of Sánchez et al. 2013 (*Image
/// classification with the Fisher vector*). Those by weights add little and are left out, as there.
fn gradient(mixture: &Mixture, frames: &Array2<f32>) -> Array2<f64> {
    let state = mixture.state();
    let sums = state.sums(frames.mapv(f64::from).view());
    let (components, columns) = mixture.shape();
    let count = frames.nrows().max(1) as f64;
    let mut out = Array2::zeros((2 * components, columns));
    for component in 0..components {
        let (weight, frames) = (state.weights[component].sqrt() * count, sums.counts[component]);
        for column in 0..columns {
            let at = [component, column];
            let (mean, variance) = (state.means[at], state.variances[at]);
            out[at] = (sums.first[at] - frames * mean) / (weight * variance.sqrt());
            let spread = sums.second[at] - 2.0 * mean * sums.first[at] + frames * mean * mean;
            out[[components + component, column]] = (spread / variance - frames) / (weight * std::f64::consts::SQRT_2);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use serde_json::Value;

    use super::*;

    #[test]
    fn gradients_equal_scikit_image() {
        let fixture: Value = serde_json::from_str(include_str!("../../../tests/fixtures/fisher.json")).expect("JSON");
        let mixture = |key: &str| serde_json::from_value::<Vec<Vec<f64>>>(fixture[key].clone()).expect("a table");
        let (frames, expected) = (mixture("clip"), mixture("gradient"));
        let stored = serde_json::json!({ "weights": fixture["weights"][0], "means": fixture["means"], "variances": fixture["variances"] });
        let mixture: Mixture = serde_json::from_value(stored).expect("a mixture");
        let frames = Array2::from_shape_fn((frames.len(), frames[0].len()), |(row, column)| frames[row][column] as f32);
        let found = gradient(&mixture, &frames);
        assert_eq!(found.dim(), (expected.len(), expected[0].len()));
        let differences =
            found.rows().into_iter().zip(&expected).flat_map(|(found, expected)| {
                found.iter().zip(expected).map(|(found, expected)| (found - expected).abs()).collect::<Vec<_>>()
            });
        let largest = differences.fold(0.0, f64::max);
        println!("gradients of up to 2 differ by at most {largest:.1e}");
        assert!(largest < 1e-5, "{largest}");
    }

    #[test]
    fn a_vector_has_unit_length_and_does_not_ask_how_long_the_clip_is() {
        let frames = Array2::from_shape_fn((30, 2), |(row, column)| ((row + 3 * column) as f64).sin());
        let mixture = Mixture::fit(frames.view(), array![[-0.5, 0.0], [0.5, 0.0]]);
        let clip = frames.mapv(|value| value as f32 + 0.5);
        let once = vector(&mixture, &clip);
        assert!((once.iter().map(|value| f64::from(value * value)).sum::<f64>() - 1.0).abs() < 1e-6);
        let twice = vector(&mixture, &ndarray::concatenate![Axis(0), clip, clip]);
        assert!(once.iter().zip(&twice).all(|(a, b)| (a - b).abs() < 1e-6), "{once} {twice}");
    }
}
