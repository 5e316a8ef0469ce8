//! Balancing of a training set.

use rand::RngCore;

use crate::dataset::{Example, TrainingSet};
use crate::seed::stream;

use super::mt19937::RandomState;
use super::smote::smote;
use super::{BalanceError, BalanceMethod, BalanceSettings};

/// Balances training rows as `settings` ask; class weights are another matter ([`class_weights`](super::class_weights)).
///
/// Classes without rows stay without. Rows made by SMOTE have no speaker, one variant, and name their `parents`, indices into the given
/// rows; rows repeated by random over-sampling keep speaker and variants and name the row twice.
/// A seed below 2^32 gives the rows of imbalanced-learn 0.14's sampler with `random_state=seed`; of a larger one a seed is derived.
///
/// # Errors
/// SMOTE: a class with too few rows, or rows of different shape. A class index without a class.
pub fn resample(train: TrainingSet, settings: &BalanceSettings, seed: u64) -> Result<TrainingSet, BalanceError> {
    let classes = train.classes;
    if let Some(example) = train.examples.iter().find(|example| example.label >= classes) {
        return Err(BalanceError::Class { class: example.label, classes });
    }
    let seed = u32::try_from(seed).unwrap_or_else(|_| stream(seed, &["balance"]).next_u32());
    match settings.method {
        BalanceMethod::None => Ok(train),
        BalanceMethod::Smote => {
            let made = smote(&train, settings, seed)?;
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

/// Random rows of each class, with replacement, up to the size of the largest: imbalanced-learn's `RandomOverSampler`.
fn repeated(train: &TrainingSet, seed: u32) -> Vec<Example> {
    let mut random = RandomState::new(seed);
    let members = members(train);
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
    let members = members(&train);
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

/// Rows of each class.
fn members(train: &TrainingSet) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); train.classes];
    for (row, example) in train.examples.iter().enumerate() {
        members[example.label].push(row);
    }
    members
}

fn as_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
