//! Adam and AdamW, gradient clipping and the moving average of weights; all state is plain vectors, so that it can be stored and resumed.

use rayon::prelude::*;

use super::error::NnError;
use super::settings::{Optimiser, TrainingSettings};
use super::simd::{Level, elementwise};
use super::weights::Weights;

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f32 = 1e-8;

/// What Adam remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct AdamState {
    /// Steps taken.
    pub step: u64,
    /// First moment of each trainable tensor.
    pub first: Vec<Vec<f32>>,
    /// Second moment of each trainable tensor.
    pub second: Vec<Vec<f32>>,
}

/// Adam (Kingma & Ba 2015) or AdamW (Loshchilov & Hutter 2019) with PyTorch's defaults (0.9, 0.999, 1e-8) and arithmetic; biases and
/// normalisation gains are spared weight decay.
#[derive(Debug, Clone)]
pub(crate) struct Adam {
    kind: Optimiser,
    decay: f64,
    clip_norm: f64,
    state: AdamState,
}

impl Adam {
    /// An optimiser that has not stepped yet.
    pub fn new(settings: &TrainingSettings, weights: &Weights) -> Self {
        let zeros: Vec<Vec<f32>> = weights.lengths().into_iter().map(|length| vec![0.0; length]).collect();
        Self {
            kind: settings.optimiser,
            decay: settings.weight_decay,
            clip_norm: settings.clip_norm,
            state: AdamState { step: 0, first: zeros.clone(), second: zeros },
        }
    }

    /// What has been gathered so far.
    pub fn state(&self) -> &AdamState {
        &self.state
    }

    /// Goes on from what was gathered before.
    pub fn restore(&mut self, state: &AdamState) -> Result<(), NnError> {
        check_lengths("first", &self.state.first, &state.first)?;
        check_lengths("second", &self.state.second, &state.second)?;
        self.state = state.clone();
        Ok(())
    }

    /// Moves the weights against the gradients, one vector a trainable tensor, after scaling these to `clip_norm`. Returns the L2 norm
    /// of the gradients before.
    pub fn step(&mut self, weights: &mut Weights, gradients: &[Vec<f32>], rate: f64) -> f64 {
        let norm = global_norm(gradients);
        if !norm.is_finite() {
            return norm;
        }
        self.state.step += 1;
        let step = i32::try_from(self.state.step).unwrap_or(i32::MAX);
        // As `torch.nn.utils.clip_grad_norm_`.
        let scale = if self.clip_norm > 0.0 { (self.clip_norm / (norm + 1e-6)).min(1.0) } else { 1.0 };
        let shared = elementwise::AdamStep {
            scale: scale as f32,
            l2: 0.0,
            keep: 1.0,
            beta_1: BETA_1 as f32,
            beta_2: BETA_2 as f32,
            epsilon: EPSILON,
            rate_over_correction_1: (rate / (1.0 - BETA_1.powi(step))) as f32,
            inverse_root_correction_2: (1.0 / (1.0 - BETA_2.powi(step)).sqrt()) as f32,
        };
        let decayed = match self.kind {
            Optimiser::Adam => elementwise::AdamStep { l2: self.decay as f32, ..shared },
            Optimiser::Adamw => elementwise::AdamStep { keep: (1.0 - rate * self.decay) as f32, ..shared },
        };
        let moments: Vec<_> = self.state.first.iter_mut().zip(&mut self.state.second).collect();
        weights.update_with(moments, |index, decays, values, (first, second)| {
            let step = if decays { &decayed } else { &shared };
            elementwise::adam(Level::best(), values, &gradients[index], first, second, step);
        });
        norm
    }
}

/// L2 norm over all tensors; a sum a tensor in parallel, added up in order.
fn global_norm(gradients: &[Vec<f32>]) -> f64 {
    let sums: Vec<f64> = gradients
        .par_iter()
        .map(|gradient| {
            // Blocks keep single precision good enough.
            gradient.chunks(1024).map(|block| f64::from(elementwise::dot(Level::best(), block, block))).sum()
        })
        .collect();
    sums.iter().sum::<f64>().sqrt()
}

/// Exponential moving average of the weights (Polyak averaging), with a decay of `min(decay, (1 + step) / (10 + step))` so that the
/// random first weights are soon forgotten.
#[derive(Debug, Clone)]
pub(crate) struct Average {
    decay: f64,
    state: AverageState,
}

/// What the moving average remembers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AverageState {
    pub step: u64,
    pub values: Vec<Vec<f32>>,
}

/// Refuses stored tensors that are not those of this network.
fn check_lengths(name: &str, known: &[Vec<f32>], given: &[Vec<f32>]) -> Result<(), NnError> {
    if known.iter().map(Vec::len).eq(given.iter().map(Vec::len)) {
        return Ok(());
    }
    Err(NnError::Tensor { name: name.to_owned(), message: "does not belong to this network".into() })
}

impl Average {
    /// Begins at the weights as they are.
    pub fn new(decay: f64, weights: &Weights) -> Self {
        Self { decay, state: AverageState { step: 0, values: weights.values() } }
    }

    /// What has been gathered so far.
    pub fn state(&self) -> &AverageState {
        &self.state
    }

    /// Goes on from what was gathered before.
    pub fn restore(&mut self, state: &AverageState) -> Result<(), NnError> {
        check_lengths("average", &self.state.values, &state.values)?;
        self.state = state.clone();
        Ok(())
    }

    /// Takes the weights after a step into account.
    pub fn follow(&mut self, weights: &Weights) {
        let step = self.state.step as f64;
        let decay = self.decay.min((1.0 + step) / (10.0 + step)) as f32;
        self.state.step += 1;
        self.state.values.par_iter_mut().enumerate().for_each(|(index, average)| {
            for (average, value) in average.iter_mut().zip(weights.at(index)) {
                *average = decay * *average + (1.0 - decay) * value;
            }
        });
    }

    /// Exchanges the average and the weights; done twice, all is as before.
    pub fn exchange(&mut self, weights: &mut Weights) {
        let average: Vec<_> = self.state.values.iter_mut().collect();
        weights.update_with(average, |_, _, values, average| values.swap_with_slice(average));
    }
}
