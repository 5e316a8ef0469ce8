//! Multinomial logistic regression.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_logistic::{MultiFittedLogisticRegression, MultiLogisticRegression};
use ndarray::{Array1, Array2, Axis};
use serde::{Deserialize, Serialize};

use crate::model::{LogisticSettings, ModelError};

use super::input::Rows;
use super::linear::Linear;

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

/// Fits `softmax(W x + b)`; with it what a reader must know where the solver ended before it was done.
///
/// linfa-logistic minimises `-sum(ln p(truth)) + alpha / 2 |W|^2` by L-BFGS, the intercept without penalty: scikit-learn's
/// `LogisticRegression(C = 1 / alpha)`.
pub(super) fn fit(settings: &LogisticSettings, rows: &Rows) -> Result<(Linear, Option<Unconverged>), ModelError> {
    settings.check()?;
    let dataset = DatasetBase::new(rows.in_f64(), Array1::from(rows.labels.clone()));
    let fitted = MultiLogisticRegression::default()
        .alpha(settings.alpha)
        .max_iterations(settings.max_iterations)
        .fit(&dataset)
        .map_err(|error| ModelError::Fit { kind: "logistic regression", message: error.to_string() })?;
    let model = Linear::new(fitted.classes().to_vec(), fitted.params(), fitted.intercept().iter().copied());
    Ok((model, Unconverged::of(slope(&fitted, &dataset, settings.alpha))))
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
