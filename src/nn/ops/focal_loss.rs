//! Softmax focal loss for several classes (Lin et al. 2017), with cross-entropy as its case gamma = 0.
//!
//! For logits with softmax `p` and a target distribution `t` over `K` classes,
//!
//! ```text
//! q = (1 - label_smoothing) t + label_smoothing / K
//! loss = sum over c of weight[c] alpha[c] q[c] (1 - p[c])^gamma (-ln p[c])
//! ```
//!
//! and a batch's loss is the sum over its rows divided by the sum of `sum over c of weight[c] t[c]`: for gamma = 0 and alpha = 1 that is
//! PyTorch's `CrossEntropyLoss(weight, label_smoothing)` with its mean, and without weights the mean over the rows. Alpha is not divided
//! out. Targets may be soft (mixup).

use dfdx::tensor::{Cpu, PutTape, Tape, Tensor, TensorFromVec};

use crate::nn::error::NnError;
use crate::nn::settings::{FocalAlpha, Loss, TrainingSettings};
use crate::nn::tensor::Matrix;

/// What is minimised, with all per-class factors worked out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Objective {
    gamma: f64,
    /// Class weight times alpha.
    factors: Vec<f64>,
    /// Class weights, which the divisor sums up.
    weights: Vec<f64>,
    smoothing: f64,
}

impl Objective {
    /// The objective that the settings name, for this number of classes.
    ///
    /// # Errors
    /// [`NnError::Classes`] if alpha or the class weights are not one a class.
    pub fn new(settings: &TrainingSettings, classes: usize, class_weights: Option<&[f64]>) -> Result<Self, NnError> {
        let of_length = |values: &[f64], what| {
            if values.len() == classes {
                Ok(values.to_vec())
            } else {
                Err(NnError::Classes { network: classes, what, given: values.len() })
            }
        };
        let weights = class_weights.map_or_else(|| Ok(vec![1.0; classes]), |weights| of_length(weights, "the list of class weights"))?;
        let (gamma, alpha) = match settings.loss {
            Loss::CrossEntropy => (0.0, vec![1.0; classes]),
            Loss::Focal => {
                let alpha = match &settings.focal_alpha {
                    FocalAlpha::Uniform(alpha) => vec![*alpha; classes],
                    FocalAlpha::PerClass(alpha) => of_length(alpha, "`training.focal_alpha`")?,
                };
                (settings.focal_gamma, alpha)
            }
        };
        Ok(Self::from_parts(gamma, &alpha, &weights, settings.label_smoothing))
    }

    /// The objective with this gamma, alpha and weight a class, and label smoothing.
    pub fn from_parts(gamma: f64, alpha: &[f64], weights: &[f64], smoothing: f64) -> Self {
        let factors = weights.iter().zip(alpha).map(|(weight, alpha)| weight * alpha).collect();
        Self { gamma, factors, weights: weights.to_vec(), smoothing }
    }

    /// What the sum over the rows of a batch is divided by; `targets` is `(rows, classes)`.
    pub fn divisor(&self, targets: &[f32]) -> f64 {
        let classes = self.weights.len();
        targets.chunks_exact(classes).flat_map(|row| row.iter().zip(&self.weights).map(|(t, weight)| f64::from(*t) * weight)).sum()
    }

    /// Sum of the losses of all rows, and its gradient with respect to the logits.
    fn evaluate(&self, logits: &[f32], targets: &[f32]) -> (f64, Vec<f64>) {
        let classes = self.factors.len();
        let mut total = 0.0;
        let mut gradient = Vec::with_capacity(logits.len());
        for (logits, targets) in logits.chunks_exact(classes).zip(targets.chunks_exact(classes)) {
            let log_p = log_softmax(logits);
            let mut through_p = Vec::with_capacity(classes);
            for ((log_p, target), factor) in log_p.iter().zip(targets).zip(&self.factors) {
                let q = factor * ((1.0 - self.smoothing) * f64::from(*target) + self.smoothing / classes as f64);
                let p = log_p.exp();
                // ln p / (1 - p) tends to -1 for p to 1, where both vanish.
                let (rest, ratio) = if *log_p < -1e-12 { (-log_p.exp_m1(), log_p / -log_p.exp_m1()) } else { (0.0, -1.0) };
                let modulation = rest.powf(self.gamma);
                total -= q * modulation * log_p;
                through_p.push(q * modulation * (self.gamma * p * ratio - 1.0));
            }
            let sum: f64 = through_p.iter().sum();
            gradient.extend(through_p.iter().zip(&log_p).map(|(own, log_p)| own - log_p.exp() * sum));
        }
        (total, gradient)
    }

    /// Sum of the losses of all rows over `divisor`, without a gradient.
    pub fn loss(&self, logits: &[f32], targets: &[f32], divisor: f64) -> f64 {
        self.evaluate(logits, targets).0 / divisor
    }
}

/// A single number on the tape.
type Scalar<T> = Tensor<(), f32, Cpu, T>;

/// The loss of a shard, `sum over its rows / divisor`, where `divisor` is the whole batch's; also as a number in double precision.
pub(crate) fn focal_loss<T: Tape<f32, Cpu>>(
    logits: Matrix<T>,
    targets: &[f32],
    objective: &Objective,
    divisor: f64,
) -> Result<(Scalar<T>, f64), NnError> {
    let (place, logits, mut tape) = logits.take();
    let (total, gradient) = objective.evaluate(&logits, targets);
    let loss = total / divisor;
    let out = Cpu::default().try_tensor_from_vec(vec![loss as f32], ())?;
    let out_ghost = out.ghost();
    tape.add_backward_op(move |gradients| {
        let d_loss = f64::from(gradients.get_or_alloc_mut(&out_ghost)?[0]);
        place.set(gradients, gradient.iter().map(|value| (d_loss * value / divisor) as f32).collect())
    });
    Ok((out.put_tape(tape), loss))
}

/// `x - ln(sum exp x)`, in double precision.
pub(crate) fn log_softmax(logits: &[f32]) -> Vec<f64> {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f64 = logits.iter().map(|logit| f64::from(logit - highest).exp()).sum();
    logits.iter().map(|logit| f64::from(logit - highest) - total.ln()).collect()
}
