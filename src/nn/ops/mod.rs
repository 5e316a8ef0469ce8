//! Differentiable operations, each with a hand-written backward pass on dfdx's tape; all are channels-last, over packed clips.

mod attention;
mod batch_norm;
mod conv1d;
mod dense;
mod dropout;
mod focal_loss;
mod layer_norm;
mod lstm;
mod max_pool;
mod pooling;
#[cfg(test)]
mod tests;

pub(crate) use attention::{AttentionWeights, attention_pool};
pub(crate) use batch_norm::{batch_norm, fixed_norm};
pub(crate) use conv1d::conv1d;
pub(crate) use dense::{dense, relu};
pub(crate) use dropout::{dropout_matrix, dropout_sequence};
pub(crate) use focal_loss::{Objective, focal_loss, log_softmax};
pub(crate) use layer_norm::layer_norm;
pub(crate) use lstm::{Direction, bilstm};
pub(crate) use max_pool::relu_max_pool;
pub(crate) use pooling::{last_states, pool};
