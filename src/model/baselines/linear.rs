//! What linear baselines are once they are fitted.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::softmax::{dot, softmax};

/// `softmax(W x + b)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Linear {
    /// Classes that had rows; others get probability 0.
    present: Vec<usize>,
    /// Weights of each such class.
    weights: Vec<Vec<f32>>,
    /// Its intercept.
    intercepts: Vec<f32>,
}

impl Linear {
    /// Of `(columns, classes present)` weights and an intercept a class.
    pub fn new(present: Vec<usize>, weights: &Array2<f64>, intercepts: impl Iterator<Item = f64>) -> Self {
        let weights = weights.columns().into_iter().map(|column| column.iter().map(|&value| value as f32).collect()).collect();
        Self { present, weights, intercepts: intercepts.map(|value| value as f32).collect() }
    }

    pub fn probabilities(&self, rows: &Array2<f32>, out: &mut Array2<f64>) {
        for (row, mut out) in rows.rows().into_iter().zip(out.rows_mut()) {
            let row = row.to_vec();
            let parts = self.weights.iter().zip(&self.intercepts);
            let scores: Vec<f64> = parts.map(|(weights, intercept)| dot(weights, &row) + f64::from(*intercept)).collect();
            softmax(&scores, &self.present, |class, value| out[class] = value);
        }
    }

    pub fn fits(&self, classes: usize, columns: usize) -> bool {
        let count = self.present.len();
        count > 0
            && self.present.iter().all(|&class| class < classes)
            && self.weights.len() == count
            && self.intercepts.len() == count
            && self.weights.iter().all(|weights| weights.len() == columns)
    }
}
