//! The `[training]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a network is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TrainingSettings {
    /// Passes over the training rows, at most.
    pub epochs: usize,
    /// Rows a step.
    pub batch_size: usize,
    /// How weights follow gradients.
    pub optimiser: Optimiser,
    /// Highest learning rate of the schedule.
    pub learning_rate: f64,
    /// Decoupled weight decay (AdamW); biases and normalisation gains are spared.
    pub weight_decay: f64,
    /// How the learning rate moves over the steps.
    pub schedule: Schedule,
    /// Part of all steps in which the rate rises, 0 to 1.
    pub warmup: f64,
    /// Gradients are scaled down to this L2 norm over all parameters; 0 = never.
    pub clip_norm: f64,
    /// What is minimised.
    pub loss: Loss,
    /// Focal loss: focusing exponent gamma; 0 is cross-entropy.
    pub focal_gamma: f64,
    /// Focal loss: weight of each class.
    pub focal_alpha: FocalAlpha,
    /// Part of the target spread over all classes, 0 to 1.
    pub label_smoothing: f64,
    /// Training ends when validation UAR has not risen for this many epochs; 0 = never.
    pub early_stopping: usize,
    /// The weights of the epoch with the best validation UAR are kept rather than the last.
    pub restore_best: bool,
    /// Exponential moving average of the weights, used for prediction: decay a step; 0 = none.
    pub ema: f64,
    /// How many seeds: `seed`, `seed + 1`, ...
    pub seeds: usize,
    /// Parts of a batch that are worked on in parallel; the result depends on it, but not on the number of threads.
    pub shards: usize,
}

/// How weights follow gradients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Optimiser {
    /// Adam (Kingma & Ba 2015); weight decay, if any, is added to the gradient.
    Adam,
    /// AdamW (Loshchilov & Hutter 2019).
    Adamw,
}

/// How the learning rate moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// It stays.
    Constant,
    /// A rise over the warm-up, then half a cosine to zero.
    Cosine,
    /// One cycle (Smith & Topin 2018), as PyTorch's `OneCycleLR` with cosine annealing.
    OneCycle,
}

/// What is minimised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// Cross-entropy.
    CrossEntropy,
    /// Focal loss (Lin et al. 2017), multi-class.
    Focal,
}

/// Weight of each class in the focal loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum FocalAlpha {
    /// All alike: `1.0`; or the same factor for all.
    Uniform(f64),
    /// One a class, in class order.
    PerClass(Vec<f64>),
}
