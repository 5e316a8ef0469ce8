//! The convolutional recurrent network: blocks of convolution, normalisation, ReLU, max-pooling and dropout over time; bidirectional LSTM
//! layers; pooling over time; dense layers; logits.

use dfdx::tensor::{Cpu, Tape};

use super::settings::{CnnBiLstmSettings, Norm, Pooling};
use crate::nn::layers::{self, Attention, BiLstm, Builder, Conv1d, Dense};
use crate::nn::ops::{dropout_matrix, dropout_sequence, pool, relu, relu_max_pool};
use crate::nn::{Matrix, NnError, Pass, Sequence, Weights};
use crate::settings::InvalidSetting;

/// The layers, in order.
#[derive(Debug, Clone)]
pub(super) struct CnnBiLstm {
    blocks: Vec<Block>,
    lstm: Vec<BiLstm>,
    attention: Option<Attention>,
    deviation: bool,
    dense: Vec<Dense>,
    logits: Dense,
    conv_dropout: f32,
    dropout: f32,
}

#[derive(Debug, Clone)]
struct Block {
    conv: Conv1d,
    norm: Option<layers::Norm>,
    pool: usize,
}

impl CnnBiLstm {
    /// Adds the weights of a network that reads `columns` features a frame.
    pub fn new(settings: &CnnBiLstmSettings, columns: usize, classes: usize, builder: &mut Builder<'_>) -> Result<Self, NnError> {
        let mut width = columns;
        let mut blocks = Vec::new();
        for (index, (&channels, &pool)) in settings.channels.iter().zip(&settings.pool).enumerate() {
            let name = format!("block_{index}");
            let conv = builder.conv1d(&format!("{name}.conv"), width, channels, settings.kernel)?;
            let norm = match settings.norm {
                Norm::None => None,
                Norm::Layer => Some(builder.layer_norm(&format!("{name}.norm"), channels)?),
                Norm::Batch => Some(builder.batch_norm(&format!("{name}.norm"), channels)?),
            };
            blocks.push(Block { conv, norm, pool });
            width = channels;
        }
        let mut lstm = Vec::new();
        for (index, &units) in settings.lstm.iter().enumerate() {
            lstm.push(builder.bilstm(&format!("lstm_{index}"), width, units)?);
            width = 2 * units;
        }
        let attention = match settings.pooling {
            Pooling::Attention | Pooling::AttentiveStatistics => Some(builder.attention("attention", width, settings.attention)?),
            Pooling::Mean | Pooling::Statistics => None,
        };
        let deviation = matches!(settings.pooling, Pooling::Statistics | Pooling::AttentiveStatistics);
        if deviation {
            width *= 2;
        }
        let mut dense = Vec::new();
        for (index, &units) in settings.dense.iter().enumerate() {
            dense.push(builder.dense(&format!("dense_{index}"), width, units)?);
            width = units;
        }
        let logits = builder.dense("logits", width, classes)?;
        let (conv_dropout, dropout) = (settings.conv_dropout, settings.dropout);
        Ok(Self { blocks, lstm, attention, deviation, dense, logits, conv_dropout, dropout })
    }

    /// Clips of `columns` channels to `(clips, classes)`.
    pub fn logits<T: Tape<f32, Cpu>>(&self, weights: &Weights, mut x: Sequence<T>, pass: &mut Pass) -> Result<Matrix<T>, NnError> {
        for block in &self.blocks {
            x = block.conv.forward(weights, x)?;
            if let Some(norm) = block.norm {
                x = norm.forward(weights, x, pass)?;
            }
            x = dropout_sequence(relu_max_pool(x, block.pool)?, self.conv_dropout, pass)?;
        }
        for layer in &self.lstm {
            x = layer.forward(weights, x)?;
        }
        let pooled = match self.attention {
            Some(attention) => attention.forward(weights, x, self.deviation, pass)?,
            None => pool(x, self.deviation)?,
        };
        let mut y = dropout_matrix(pooled, self.dropout, pass)?;
        for layer in &self.dense {
            y = dropout_matrix(relu(layer.forward(weights, y)?)?, self.dropout, pass)?;
        }
        pass.record_embedding(&y);
        self.logits.forward(weights, y)
    }

    /// Frames of the input that one frame of the pooled sequence stands for.
    pub fn stride(&self) -> usize {
        self.blocks.iter().map(|block| block.pool).product()
    }
}

/// Largest size of a layer, so that a slip of the pen does not eat the memory.
pub(super) const MOST_UNITS: usize = 8192;

/// Longest pooling window.
pub(super) const LONGEST_POOL: usize = 1024;

impl CnnBiLstmSettings {
    /// Whether every size can be used.
    ///
    /// # Errors
    /// The first key whose value cannot.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let key = |name: &str| format!("model.cnn-bilstm.{name}");
        for (name, sizes) in [("channels", &self.channels), ("lstm", &self.lstm), ("dense", &self.dense)] {
            check_sizes(&key(name), sizes)?;
        }
        check_kernel(&key("kernel"), self.kernel)?;
        check_sizes(&key("attention"), &[self.attention])?;
        if self.pool.len() != self.channels.len() {
            let message = format!("has {} numbers, but `channels` has {}; it needs one a block", self.pool.len(), self.channels.len());
            return Err(InvalidSetting::new(key("pool"), message));
        }
        for &pool in &self.pool {
            check_pool(&key("pool"), pool)?;
        }
        check_dropout(&key("conv_dropout"), self.conv_dropout)?;
        check_dropout(&key("dropout"), self.dropout)
    }
}

/// Each layer has at least one unit, and not absurdly many.
pub(super) fn check_sizes(key: &str, sizes: &[usize]) -> Result<(), InvalidSetting> {
    match sizes.iter().find(|size| !(1..=MOST_UNITS).contains(*size)) {
        Some(size) => Err(InvalidSetting::new(key, format!("has a layer of {size} units; it must be from 1 to {MOST_UNITS}"))),
        None => Ok(()),
    }
}

/// Same padding needs an odd kernel.
pub(super) fn check_kernel(key: &str, kernel: usize) -> Result<(), InvalidSetting> {
    if kernel % 2 == 1 && kernel < LONGEST_POOL {
        return Ok(());
    }
    Err(InvalidSetting::new(key, format!("is {kernel}; it must be odd and below {LONGEST_POOL}")))
}

pub(super) fn check_pool(key: &str, pool: usize) -> Result<(), InvalidSetting> {
    if (1..=LONGEST_POOL).contains(&pool) {
        return Ok(());
    }
    Err(InvalidSetting::new(key, format!("is {pool}; it must be from 1 (no pooling) to {LONGEST_POOL}")))
}

pub(super) fn check_dropout(key: &str, part: f32) -> Result<(), InvalidSetting> {
    if (0.0..1.0).contains(&part) {
        return Ok(());
    }
    Err(InvalidSetting::new(key, format!("is {part}; it must be from 0 (none) to below 1")))
}
