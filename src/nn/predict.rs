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

/// What a network makes of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// A probability a class; they sum to 1.
    pub probabilities: Vec<f64>,
    /// A weight a step of the pooled sequence, in order of time; they sum to 1. `None` for a network without attention.
    pub attention: Option<Vec<f32>>,
    /// The vector that the last linear layer reads.
    pub embedding: Vec<f32>,
}

/// Logits of each row, in the order of `rows`; rows of like length share a batch.
pub(crate) fn logits<N: Trainable>(network: &N, rows: &[&Array2<f32>]) -> Result<Vec<Vec<f32>>, NnError> {
    Ok(passes(network, rows)?.into_iter().map(|seen| seen.logits).collect())
}

/// Probabilities `(rows, classes)`; each row sums to 1.
///
/// # Errors
/// [`NnError::Input`] for a row that the network cannot read.
pub fn probabilities<N: Trainable>(network: &N, rows: &[&Array2<f32>]) -> Result<Array2<f64>, NnError> {
    let logits = logits(network, rows)?;
    let mut out = Array2::zeros((rows.len(), network.classes()));
    for (mut row, logits) in out.rows_mut().into_iter().zip(&logits) {
        row.iter_mut().zip(softmax(logits)).for_each(|(to, p)| *to = p);
    }
    Ok(out)
}

/// What the network makes of each row; its probabilities are those of [`probabilities`], to the bit.
///
/// # Errors
/// [`NnError::Input`] for a row that the network cannot read.
pub fn traces<N: Trainable>(network: &N, rows: &[&Array2<f32>]) -> Result<Vec<Trace>, NnError> {
    let trace = |seen: Seen| Trace { probabilities: softmax(&seen.logits).collect(), attention: seen.attention, embedding: seen.embedding };
    Ok(passes(network, rows)?.into_iter().map(trace).collect())
}

fn softmax(logits: &[f32]) -> impl Iterator<Item = f64> {
    log_softmax(logits).into_iter().map(f64::exp)
}

/// A row before its probabilities are made.
#[derive(Debug, Clone, Default)]
struct Seen {
    logits: Vec<f32>,
    attention: Option<Vec<f32>>,
    embedding: Vec<f32>,
}

fn passes<N: Trainable>(network: &N, rows: &[&Array2<f32>]) -> Result<Vec<Seen>, NnError> {
    let (reading, columns) = network.input();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    order.sort_by_key(|&row| rows[row].nrows());
    let batches: Vec<Vec<Seen>> = order
        .par_chunks(ROWS)
        .map(|chunk| {
            let inputs: Vec<&Array2<f32>> = chunk.iter().map(|&row| rows[row]).collect();
            let input = batch::sequence(&inputs, reading, columns).map_err(|error| match error {
                NnError::Input { row, message } => NnError::Input { row: chunk[row], message },
                other => other,
            })?;
            let mut pass = Pass::prediction();
            let logits = network.logits(input, &mut pass)?;
            Ok(seen(logits.values().chunks_exact(network.classes()), pass))
        })
        .collect::<Result<_, NnError>>()?;
    let mut all = vec![Seen::default(); rows.len()];
    for (row, seen) in order.into_iter().zip(batches.into_iter().flatten()) {
        all[row] = seen;
    }
    Ok(all)
}

/// The rows of a batch; a network that records no attention or embedding has none.
fn seen<'a>(logits: impl Iterator<Item = &'a [f32]>, pass: Pass) -> Vec<Seen> {
    let (attention, embeddings) = pass.into_trace();
    let mut attention = attention.map(Vec::into_iter);
    let mut embeddings = embeddings.into_iter();
    logits
        .map(|logits| Seen {
            logits: logits.to_vec(),
            attention: attention.as_mut().and_then(Iterator::next),
            embedding: embeddings.next().unwrap_or_default(),
        })
        .collect()
}
