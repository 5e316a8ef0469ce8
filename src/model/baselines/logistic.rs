//! Multinomial logistic regression.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::MultiLogisticRegression;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::model::{LogisticSettings, ModelError};

use super::input::Rows;
use super::softmax::{dot, softmax};

/// A fitted multinomial logistic regression: `softmax(W x + b)`.
///
/// linfa-logistic minimises `-sum(ln p(truth)) + alpha / 2 |W|^2` by L-BFGS, the intercept without penalty: scikit-learn's
/// `LogisticRegression(C = 1 / alpha)`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Logistic {
    /// Classes that had rows; others get probability 0.
    present: Vec<usize>,
    /// Weights of each such class.
    weights: Vec<Vec<f32>>,
    /// Its intercept.
    intercepts: Vec<f32>,
}

impl Logistic {
    pub fn fit(settings: &LogisticSettings, rows: &Rows) -> Result<Self, ModelError> {
        settings.check()?;
        let dataset = DatasetBase::new(rows.in_f64(), Array1::from(rows.labels.clone()));
        let fitted = MultiLogisticRegression::default()
            .alpha(settings.alpha)
            .max_iterations(settings.max_iterations)
            .fit(&dataset)
            .map_err(|error| ModelError::Fit { kind: "logistic regression", message: error.to_string() })?;
        Ok(Self {
            present: fitted.classes().to_vec(),
            weights: fitted.params().columns().into_iter().map(|column| column.iter().map(|&value| value as f32).collect()).collect(),
            intercepts: fitted.intercept().iter().map(|&value| value as f32).collect(),
        })
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
