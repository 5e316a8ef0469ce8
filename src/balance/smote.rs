//! Synthetic minority over-sampling.

use std::sync::Arc;

use ndarray::{Array2, ArrayView1};

use crate::dataset::{Example, TrainingSet};

use super::mt19937::RandomState;
use super::neighbours::nearest;
use super::{BalanceError, BalanceMethod, BalanceSettings};

/// Adds synthetic rows until every class that has rows has as many as the largest.
///
/// A new row is `a + u (b - a)`, where `a` is a random row of the class, `b` a random one of its `k_neighbours` nearest rows within the
/// class, and `u` uniform in [0, 1): imbalanced-learn 0.14's `SMOTE(random_state=seed)`, draw by draw. It seeds its generator anew for each
/// class, so this does. New rows stand after the given ones, class by class. A matrix of several frames is taken as one long vector.
pub(super) fn smote(train: &TrainingSet, settings: &BalanceSettings, seed: u32) -> Result<Vec<Example>, BalanceError> {
    let counts = train.class_counts();
    check_counts(&counts, settings)?;
    check_shapes(train)?;
    let largest = counts.iter().copied().max().unwrap_or(0);
    let mut made = Vec::new();
    for (class, &rows) in counts.iter().enumerate() {
        let missing = largest - rows;
        if rows == 0 || missing == 0 {
            continue;
        }
        made.extend(class_rows(train, class, missing, settings.k_neighbours, seed));
    }
    Ok(made)
}

/// Every class that SMOTE must add to has a neighbour to spare for each row. Counts alone tell, so that an experiment can be refused
/// before any clip is measured.
///
/// # Errors
/// [`BalanceError::TooFewRows`]: the first class that has too few.
pub fn check_counts(counts: &[usize], settings: &BalanceSettings) -> Result<(), BalanceError> {
    let largest = counts.iter().copied().max().unwrap_or(0);
    let too_few = |&(_, &rows): &(usize, &usize)| rows > 0 && rows < largest && rows <= settings.k_neighbours;
    match counts.iter().enumerate().find(too_few) {
        Some((class, &rows)) if settings.method == BalanceMethod::Smote => {
            Err(BalanceError::TooFewRows { class, rows, k_neighbours: settings.k_neighbours })
        }
        _ => Ok(()),
    }
}

fn check_shapes(train: &TrainingSet) -> Result<(), BalanceError> {
    let mut shapes = train.examples.iter().map(|example| example.frames().dim());
    let Some(first) = shapes.next() else { return Ok(()) };
    match shapes.find(|&other| other != first) {
        Some(other) => Err(BalanceError::Shapes { first, other }),
        None => Ok(()),
    }
}

fn class_rows(train: &TrainingSet, class: usize, missing: usize, k: usize, seed: u32) -> Vec<Example> {
    let members: Vec<usize> = (0..train.examples.len()).filter(|&row| train.examples[row].label == class).collect();
    let flat: Vec<Vec<f32>> = members.iter().map(|&row| train.examples[row].frames().iter().copied().collect()).collect();
    let neighbours = nearest(&flat.iter().map(|row| ArrayView1::from(row.as_slice())).collect::<Vec<_>>(), k);

    let mut random = RandomState::new(seed);
    let pairs = u32::try_from(members.len() * k).unwrap_or(u32::MAX);
    let picks: Vec<usize> = (0..missing).map(|_| random.below(pairs) as usize).collect();
    let steps: Vec<f64> = (0..missing).map(|_| random.uniform()).collect();
    picks
        .into_iter()
        .zip(steps)
        .map(|(pick, step)| {
            let row = pick / k;
            let other = neighbours[row][pick % k];
            let (a, b) = (train.examples[members[row]].frames(), train.examples[members[other]].frames());
            Example {
                variants: vec![Arc::new(between(a, b, step))],
                label: class,
                speaker: None,
                parents: Some([members[row], members[other]]),
            }
        })
        .collect()
}

fn between(a: &Array2<f32>, b: &Array2<f32>, step: f64) -> Array2<f32> {
    ndarray::Zip::from(a).and(b).map_collect(|&a, &b| {
        let (a, b) = (f64::from(a), f64::from(b));
        (a + step * (b - a)) as f32
    })
}
