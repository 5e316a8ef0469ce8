//! What can go wrong when a network is made, trained or asked.

use crate::dataset::VaryError;
use crate::settings::InvalidSetting;

/// An error of the neural-network part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NnError {
    /// A size or rate that cannot be used.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// A row that the network cannot read.
    #[error("row {row} {message}")]
    Input {
        /// Index of the row among those given.
        row: usize,
        /// What is wrong with it, as a fragment that follows "row N".
        message: String,
    },
    /// Nothing to train on.
    #[error("there are no training rows; a network needs at least one")]
    NoRows,
    /// Classes of rows, network and weights do not fit together.
    #[error("the network has {network} classes, but {what} has {given}")]
    Classes {
        /// Classes of the network.
        network: usize,
        /// What does not fit: "the training set", "`class_weights`", ...
        what: &'static str,
        /// Its number of classes.
        given: usize,
    },
    /// A training row cannot be varied.
    #[error("training row {row}, epoch {epoch}: {cause}")]
    Vary {
        /// Index of the row, from 0.
        row: usize,
        /// Epoch, from 1.
        epoch: usize,
        /// What went wrong.
        cause: VaryError,
    },
    /// Training ran away.
    #[error("the loss became {loss} in epoch {epoch}, step {step}; a lower `training.learning_rate` or `training.clip_norm` helps")]
    Diverged {
        /// Epoch, from 1.
        epoch: usize,
        /// Step within the epoch, from 1.
        step: usize,
        /// The loss: NaN or infinite.
        loss: f64,
    },
    /// The observer asked to stop.
    #[error("training was interrupted after epoch {epoch}")]
    Interrupted {
        /// Last finished epoch, from 1.
        epoch: usize,
    },
    /// Stored tensors do not belong to this network.
    #[error("tensor `{name}` {message}")]
    Tensor {
        /// Name of the tensor.
        name: String,
        /// What is wrong with it, as a fragment that follows its name.
        message: String,
    },
    /// The tensor library failed.
    #[error("the tensor library failed: {0}")]
    Device(dfdx::tensor::CpuError),
}

impl From<dfdx::tensor::CpuError> for NnError {
    fn from(error: dfdx::tensor::CpuError) -> Self {
        Self::Device(error)
    }
}
