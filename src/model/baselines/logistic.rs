//! Multinomial logistic regression.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::{MultiFittedLogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2, Axis};
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

/// A solver ended before it was done: a minimum of the loss lies elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Unconverged {
    /// The largest slope of the mean loss, over [`Unconverged::TOLERANCE`]; `None` where it is no number.
    pub slope: Option<f64>,
}

impl Unconverged {
    /// The largest slope of the mean loss that a fit may end with; scikit-learn's `tol`.
    pub const TOLERANCE: f64 = 1e-4;

    /// What there is to say of a fit that ended with the slope.
    fn of(slope: f64) -> Option<Self> {
        // A slope that is no number is not within it.
        let converged = slope <= Self::TOLERANCE;
        (!converged).then(|| Self { slope: slope.is_finite().then_some(slope) })
    }
}

impl Logistic {
    /// The model, and what a reader must know where the solver ended before it was done.
    pub fn fit(settings: &LogisticSettings, rows: &Rows) -> Result<(Self, Option<Unconverged>), ModelError> {
        settings.check()?;
        let dataset = DatasetBase::new(rows.in_f64(), Array1::from(rows.labels.clone()));
        let fitted = MultiLogisticRegression::default()
            .alpha(settings.alpha)
            .max_iterations(settings.max_iterations)
            .fit(&dataset)
            .map_err(|error| ModelError::Fit { kind: "logistic regression", message: error.to_string() })?;
        let model = Self {
            present: fitted.classes().to_vec(),
            weights: fitted.params().columns().into_iter().map(|column| column.iter().map(|&value| value as f32).collect()).collect(),
            intercepts: fitted.intercept().iter().map(|&value| value as f32).collect(),
        };
        Ok((model, Unconverged::of(slope(&fitted, &dataset, settings.alpha))))
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

/// The largest absolute slope of the mean loss over the training rows, penalty included, by weight and intercept.
fn slope(fitted: &MultiFittedLogisticRegression<f64, usize>, rows: &DatasetBase<Array2<f64>, Array1<usize>>, alpha: f64) -> f64 {
    let mut residuals = fitted.predict_probabilities(&rows.records);
    for (mut residual, label) in residuals.rows_mut().into_iter().zip(&rows.targets) {
        if let Some(class) = fitted.classes().iter().position(|class| class == label) {
            residual[class] -= 1.0;
        }
    }
    let by_weight = rows.records.t().dot(&residuals) + fitted.params() * alpha;
    let by_intercept = residuals.sum_axis(Axis(0));
    // By total order, in which what is no number is the largest.
    let largest = by_weight.iter().chain(&by_intercept).map(|value| value.abs()).max_by(f64::total_cmp).unwrap_or(0.0);
    largest / rows.records.nrows() as f64
}
