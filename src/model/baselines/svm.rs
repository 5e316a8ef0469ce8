//! Support vector machines, one versus rest.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_svm::Svm as LinfaSvm;
use ndarray::{Array1, Array2};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::model::{ModelError, SvmKernel, SvmSettings};

use super::input::Rows;
use super::softmax::{dot, softmax};

/// When the solver stops: the largest violation of the optimality conditions, as libsvm's and scikit-learn's default.
const TOLERANCE: f64 = 1e-3;

/// Fitted support vector machines, one a class against all others, by linfa-svm's sequential minimal optimisation.
///
/// The class with the largest decision value is the prediction; probabilities are the softmax of the decision values. They keep that
/// order, which Platt scaling a class at a time (linfa's offer, on the training rows' own margins at that) does not; they are not
/// calibrated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Svm {
    /// Classes that had rows; others get probability 0.
    present: Vec<usize>,
    /// One a class.
    machines: Machines,
    /// Offsets, subtracted from the sums.
    offsets: Vec<f32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kernel", rename_all = "kebab-case")]
enum Machines {
    /// Weights of each class.
    Linear { weights: Vec<Vec<f32>> },
    /// `exp(-gamma |a - b|^2)` to the support vectors of any class, and each class's coefficients over them.
    Rbf { gamma: f64, vectors: Vec<Vec<f32>>, coefficients: Vec<Vec<f32>> },
}

impl Svm {
    pub fn fit(settings: &SvmSettings, rows: &Rows, class_weights: Option<&[f64]>) -> Result<Self, ModelError> {
        settings.check()?;
        let weights = rows.weights(class_weights)?;
        let values = rows.in_f64();
        // Through `f32`, which is what is stored: JSON gives that back to the bit.
        let gamma = f64::from((if settings.gamma > 0.0 { settings.gamma } else { scaled_gamma(&values) }) as f32);
        let fitted = rows
            .present
            .par_iter()
            .map(|&class| {
                let (positive, negative) = costs(rows, &weights, class);
                let parameters =
                    LinfaSvm::<f64, bool>::params().eps(TOLERANCE).pos_neg_weights(settings.c * positive, settings.c * negative);
                let parameters = match settings.kernel {
                    SvmKernel::Linear => parameters.linear_kernel(),
                    SvmKernel::Rbf => parameters.gaussian_kernel(1.0 / gamma),
                };
                let targets: Array1<bool> = rows.labels.iter().map(|&label| label == class).collect();
                let fitted = parameters.fit(&DatasetBase::new(values.view(), targets.view()));
                fitted.map_err(|error| ModelError::Fit { kind: "svm", message: error.to_string() })
            })
            .collect::<Result<Vec<_>, _>>()?;
        let offsets = fitted.iter().map(|machine| machine.rho as f32).collect();
        let duals: Vec<&[f64]> = fitted.iter().map(|machine| machine.alpha.as_slice()).collect();
        let machines = match settings.kernel {
            SvmKernel::Linear => Machines::Linear { weights: duals.iter().map(|dual| combined(&rows.values, dual)).collect() },
            SvmKernel::Rbf => supported(&rows.values, &duals, gamma),
        };
        Ok(Self { present: rows.present.clone(), machines, offsets })
    }

    pub fn probabilities(&self, rows: &Array2<f32>, out: &mut Array2<f64>) {
        for (row, mut out) in rows.rows().into_iter().zip(out.rows_mut()) {
            let sums = self.machines.sums(&row.to_vec());
            let decisions: Vec<f64> = sums.iter().zip(&self.offsets).map(|(sum, &offset)| sum - f64::from(offset)).collect();
            softmax(&decisions, &self.present, |class, value| out[class] = value);
        }
    }

    pub fn fits(&self, classes: usize, columns: usize) -> bool {
        let count = self.present.len();
        let machines = match &self.machines {
            Machines::Linear { weights } => weights.len() == count && weights.iter().all(|weights| weights.len() == columns),
            Machines::Rbf { vectors, coefficients, .. } => {
                vectors.iter().all(|vector| vector.len() == columns)
                    && coefficients.len() == count
                    && coefficients.iter().all(|coefficients| coefficients.len() == vectors.len())
            }
        };
        count > 0 && machines && self.offsets.len() == count && self.present.iter().all(|&class| class < classes)
    }
}

impl Machines {
    fn sums(&self, row: &[f32]) -> Vec<f64> {
        match self {
            Self::Linear { weights } => weights.iter().map(|weights| dot(weights, row)).collect(),
            Self::Rbf { gamma, vectors, coefficients } => {
                let kernel: Vec<f64> = vectors.iter().map(|vector| (-gamma * squared_distance(vector, row)).exp()).collect();
                coefficients.iter().map(|each| each.iter().zip(&kernel).map(|(c, k)| f64::from(*c) * k).sum()).collect()
            }
        }
    }
}

/// Factors of `c` for rows of `class` and for all others. linfa takes one cost a side, so the others' weights enter by their mean.
fn costs(rows: &Rows, weights: &[f64], class: usize) -> (f64, f64) {
    let others = || rows.present.iter().filter(|&&other| other != class);
    let count: usize = others().map(|&other| rows.counts[other]).sum();
    let sum: f64 = others().map(|&other| weights[other] * rows.counts[other] as f64).sum();
    (weights[class], sum / count as f64)
}

/// `1 / (columns * variance)` over all values, scikit-learn's `gamma="scale"`; 1 where nothing varies.
fn scaled_gamma(values: &Array2<f64>) -> f64 {
    let variance = values.var(0.0);
    if variance > 0.0 { 1.0 / (values.ncols() as f64 * variance) } else { 1.0 }
}

/// Whether a row with this dual coefficient is a support vector.
fn supports(dual: f64) -> bool {
    dual.abs() > 100.0 * f64::EPSILON
}

/// The weights of a linear machine: the sum of its rows, weighted by their (signed) dual coefficients.
fn combined(values: &Array2<f32>, dual: &[f64]) -> Vec<f32> {
    let mut weights = vec![0.0; values.ncols()];
    for (row, dual) in values.rows().into_iter().zip(dual) {
        for (weight, value) in weights.iter_mut().zip(row) {
            *weight += dual * f64::from(*value);
        }
    }
    weights.into_iter().map(|weight| weight as f32).collect()
}

fn supported(values: &Array2<f32>, duals: &[&[f64]], gamma: f64) -> Machines {
    let kept: Vec<usize> = (0..values.nrows()).filter(|&row| duals.iter().any(|dual| supports(dual[row]))).collect();
    Machines::Rbf {
        gamma,
        vectors: kept.iter().map(|&row| values.row(row).to_vec()).collect(),
        coefficients: duals.iter().map(|dual| kept.iter().map(|&row| dual[row] as f32).collect()).collect(),
    }
}

fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum()
}
