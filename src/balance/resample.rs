//! Balancing of a training set.

use std::borrow::Cow;

use ndarray::{Array2, Zip};
use rand::RngCore;

use crate::dataset::{Example, TrainingSet};
use crate::seed::stream;

use super::draw::{Draw, Element, as_u32, draws, members};
use super::mt19937::RandomState;
use super::time::{median, stretched};
use super::{BalanceError, BalanceMethod, BalanceSettings};

/// Balances training rows as `settings` ask; class weights are another matter ([`class_weights`](super::class_weights)).
///
/// Classes without rows stay without. New rows stand after the given ones. Synthetic rows have no speaker, one variant, no waveform, and
/// name their `parents`, indices into the given rows; rows repeated by random over-sampling keep speaker, variants and waveforms and name
/// the row twice.
/// A seed below 2^32 gives, to the last bit, the rows of imbalanced-learn 0.14's sampler with `random_state=seed` over float32 rows; of a
/// larger one a seed is derived.
///
/// A matrix of several frames is taken as one long vector. Where clips differ in length, neighbours are those of the matrices stretched
/// evenly to the median length, and a synthetic clip is as far between its parents in length as it is in value: both are stretched to
/// that length and mixed frame by frame. (For clips of one length no stretching takes place.) Frames that stand at the same place are
/// mixed whether or not the same is said there, so a synthetic clip is smoother than speech is.
///
/// # Errors
/// Synthetic rows: a class with too few rows, rows of different columns, a class that ADASYN cannot weigh. A class index without a class.
pub fn resample(train: TrainingSet, settings: &BalanceSettings, seed: u64) -> Result<TrainingSet, BalanceError> {
    let classes = train.classes;
    if let Some(example) = train.examples.iter().find(|example| example.label >= classes) {
        return Err(BalanceError::Class { class: example.label, classes });
    }
    let seed = u32::try_from(seed).unwrap_or_else(|_| stream(seed, &["balance"]).next_u32());
    match settings.method {
        BalanceMethod::None => Ok(train),
        BalanceMethod::Smote | BalanceMethod::BorderlineSmote | BalanceMethod::Adasyn => {
            let made = synthetic(&train, settings, seed)?;
            Ok(with_more(train, made))
        }
        BalanceMethod::RandomOver => {
            let made = repeated(&train, seed);
            Ok(with_more(train, made))
        }
        BalanceMethod::RandomUnder => Ok(thinned(train, seed)),
    }
}

fn with_more(mut train: TrainingSet, made: Vec<Example>) -> TrainingSet {
    train.examples.extend(made);
    train
}

fn synthetic(train: &TrainingSet, settings: &BalanceSettings, seed: u32) -> Result<Vec<Example>, BalanceError> {
    let length = median(train.examples.iter().map(|example| example.frames().nrows()).collect());
    let rows: Vec<Cow<[f32]>> = train.examples.iter().map(|example| flat(stretched(example.frames(), length))).collect();
    let rows: Vec<&[f32]> = rows.iter().map(AsRef::as_ref).collect();
    let drawn = draws(&rows, &train.labels(), train.classes, settings, seed)?;
    Ok(drawn.into_iter().map(|draw| between(train, draw)).collect())
}

fn flat(frames: Cow<'_, Array2<f32>>) -> Cow<'_, [f32]> {
    match frames {
        Cow::Borrowed(frames) => frames.as_slice().map_or_else(|| frames.iter().copied().collect(), Cow::Borrowed),
        Cow::Owned(frames) => frames.iter().copied().collect(),
    }
}

fn between(train: &TrainingSet, draw: Draw) -> Example {
    let [a, b] = draw.parents.map(|row| train.examples[row].frames());
    let length = a.nrows() as f64 + draw.step * (b.nrows() as f64 - a.nrows() as f64);
    let [a, b] = [a, b].map(|frames| stretched(frames, length.round() as usize));
    let values = Zip::from(&*a).and(&*b).map_collect(|&a, &b| a.towards(b, draw.step));
    Example { parents: Some(draw.parents), ..Example::new(values, draw.class, None) }
}

/// Random rows of each class, with replacement, up to the size of the largest: imbalanced-learn's `RandomOverSampler`.
fn repeated(train: &TrainingSet, seed: u32) -> Vec<Example> {
    let mut random = RandomState::new(seed);
    let members = members(&train.labels(), train.classes);
    let largest = members.iter().map(Vec::len).max().unwrap_or(0);
    let mut made = Vec::new();
    for rows in members.iter().filter(|rows| !rows.is_empty()) {
        for _ in rows.len()..largest {
            let row = rows[random.below(as_u32(rows.len())) as usize];
            made.push(Example { parents: Some([row, row]), ..train.examples[row].clone() });
        }
    }
    made
}

/// Random rows of each class, without replacement, down to the size of the smallest, class by class: imbalanced-learn's
/// `RandomUnderSampler`.
fn thinned(train: TrainingSet, seed: u32) -> TrainingSet {
    let mut random = RandomState::new(seed);
    let members = members(&train.labels(), train.classes);
    let smallest = members.iter().map(Vec::len).filter(|&rows| rows > 0).min().unwrap_or(0);
    // The class that is the smallest (of several the first) keeps its rows and their order, without a draw.
    let untouched = members.iter().position(|rows| rows.len() == smallest);
    let mut kept = Vec::new();
    for (class, rows) in members.iter().enumerate().filter(|(_, rows)| !rows.is_empty()) {
        if Some(class) == untouched {
            kept.extend(rows.iter().copied());
        } else {
            kept.extend(random.permutation(as_u32(rows.len())).into_iter().take(smallest).map(|index| rows[index]));
        }
    }
    TrainingSet { examples: kept.into_iter().map(|row| train.examples[row].clone()).collect(), classes: train.classes }
}
