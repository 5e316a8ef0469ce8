//! Prediction in parallel batches.

use ndarray::Array2;
use rayon::prelude::*;

use super::batch;
use super::error::NnError;
use super::ops::log_softmax;
use super::pass::Pass;
use super::trainable::Trainable;

/// Rows that are worked on together: fixed, so that results do not depend on the number of threads.
const ROWS: usize = 16;

/// Logits of each row, in the order of `rows`; rows of like length share a batch.
pub(crate) fn logits<N: Trainable>(network: &N, rows: &[&Array2<f32>]) -> Result<Vec<Vec<f32>>, NnError> {
    let (reading, columns) = network.input();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&row| rows[row].nrows());
    let batches: Vec<Vec<f32>> = order
        .par_chunks(ROWS)
        .map(|chunk| {
            let inputs: Vec<&Array2<f32>> = chunk.iter().map(|&row| rows[row]).collect();
            let input = batch::sequence(&inputs, reading, columns).map_err(|error| match error {
                NnError::Input { row, message } => NnError::Input { row: chunk[row], message },
                other => other,
            })?;
            Ok(network.logits(input, &mut Pass::prediction())?.values().to_vec())
        })
        .collect::<Result<_, NnError>>()?;
    let mut sorted = batches.iter().flat_map(|batch| batch.chunks_exact(network.classes()));
    let mut logits = vec![Vec::new(); rows.len()];
    for row in order {
        logits[row] = sorted.next().map(<[f32]>::to_vec).unwrap_or_default();
    }
    Ok(logits)
}

/// Probabilities `(rows, classes)`; each row sums to 1.
///
/// # Errors
/// [`NnError::Input`] for a row that the network cannot read.
pub fn probabilities<N: Trainable>(network: &N, rows: &[&Array2<f32>]) -> Result<Array2<f64>, NnError> {
    let logits = logits(network, rows)?;
    let mut out = Array2::zeros((rows.len(), network.classes()));
    for (mut row, logits) in out.rows_mut().into_iter().zip(&logits) {
        for (to, log_p) in row.iter_mut().zip(log_softmax(logits)) {
            *to = log_p.exp();
        }
    }
    Ok(out)
}
