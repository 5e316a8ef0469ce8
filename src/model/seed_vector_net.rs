//! The starting project's network over a vector of means, read as a sequence of one channel: convolution, ReLU, max-pooling; bidirectional
//! LSTMs, of which the last gives its final states; a dense layer with ReLU; dropout; logits.

use dfdx::tensor::{Cpu, Tape};

use super::cnn_bilstm::{check_dropout, check_kernel, check_pool, check_sizes};
use super::settings::SeedVectorSettings;
use crate::nn::layers::{BiLstm, Builder, Conv1d, Dense};
use crate::nn::ops::{dropout_matrix, last_states, relu, relu_max_pool};
use crate::nn::{Matrix, NnError, Pass, Sequence, Weights};
use crate::settings::InvalidSetting;

/// The layers, in order.
#[derive(Debug, Clone)]
pub(super) struct SeedVectorNet {
    conv: Conv1d,
    pool: usize,
    lstm: Vec<BiLstm>,
    dense: Dense,
    logits: Dense,
    dropout: f32,
}

impl SeedVectorNet {
    /// Adds the weights of the network.
    pub fn new(settings: &SeedVectorSettings, classes: usize, builder: &mut Builder<'_>) -> Result<Self, NnError> {
        let conv = builder.conv1d("conv", 1, settings.channels, settings.kernel)?;
        let mut width = settings.channels;
        let mut lstm = Vec::new();
        for (index, &units) in settings.lstm.iter().enumerate() {
            lstm.push(builder.bilstm(&format!("lstm_{index}"), width, units)?);
            width = 2 * units;
        }
        let dense = builder.dense("dense", width, settings.dense)?;
        let logits = builder.dense("logits", settings.dense, classes)?;
        Ok(Self { conv, pool: settings.pool, lstm, dense, logits, dropout: settings.dropout })
    }

    /// Clips of one channel, `columns` long, to `(clips, classes)`.
    pub fn logits<T: Tape<f32, Cpu>>(&self, weights: &Weights, x: Sequence<T>, pass: &mut Pass) -> Result<Matrix<T>, NnError> {
        let mut x = relu_max_pool(self.conv.forward(weights, x)?, self.pool)?;
        for layer in &self.lstm {
            x = layer.forward(weights, x)?;
        }
        let y = relu(self.dense.forward(weights, last_states(x)?)?)?;
        let y = dropout_matrix(y, self.dropout, pass)?;
        pass.record_embedding(&y);
        self.logits.forward(weights, y)
    }
}

impl SeedVectorSettings {
    /// Whether every size can be used.
    ///
    /// # Errors
    /// The first key whose value cannot.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let key = |name: &str| format!("model.seed-vector.{name}");
        check_sizes(&key("channels"), &[self.channels])?;
        check_kernel(&key("kernel"), self.kernel)?;
        check_pool(&key("pool"), self.pool)?;
        if self.lstm.is_empty() {
            return Err(InvalidSetting::new(key("lstm"), "is empty; the network needs at least one bidirectional layer"));
        }
        check_sizes(&key("lstm"), &self.lstm)?;
        check_sizes(&key("dense"), &[self.dense])?;
        check_dropout(&key("dropout"), self.dropout)
    }
}
