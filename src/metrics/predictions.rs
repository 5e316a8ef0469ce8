//! The table of predictions.

use polars::prelude::DataFrame;

/// Predictions of a run, a row a tested clip and seed, as a polars frame.
///
/// Columns: `clip` (str), `speaker` (str), `fold` (str), `seed` (u64), `truth` (str), `predicted` (str), then `p_LABEL` (f64) for each
/// label in class order.
#[derive(Debug, Clone)]
pub struct Predictions {
    /// The frame.
    pub frame: DataFrame,
    /// Labels in class order.
    pub labels: Vec<String>,
}
