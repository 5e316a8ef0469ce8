//! Layers and operations that dfdx lacks, losses, optimiser and schedule, and the training loop.
//!
//! Tensors and tape are dfdx's; every operation on them is our own, with a hand-written backward pass (`ops`). A batch is cut into a fixed
//! number of shards that are worked on in parallel and summed up in order, so that results do not depend on the number of threads.

mod batch;
mod check;
mod checkpoint;
mod error;
mod gemm;
mod initialise;
pub(crate) mod layers;
pub(crate) mod ops;
mod optimiser;
#[cfg(test)]
mod optimiser_tests;
mod pass;
mod predict;
mod recurrence;
mod schedule;
mod settings;
mod simd;
mod step;
mod tensor;
mod train;
mod trainable;
mod weights;

pub use batch::{Batch, Reading, sequence};
pub use checkpoint::Checkpoint;
pub use error::NnError;
pub use optimiser::AdamState;
pub use pass::Pass;
pub use predict::{Trace, probabilities, traces};
pub use schedule::LearningRate;
pub use settings::{FocalAlpha, Loss, Optimiser, Schedule, TrainingSettings};
pub use simd::Level;
pub use step::{StepName, Trainer};
pub use tensor::{GradientTape, Matrix, Sequence};
pub use train::{Augment, EpochRecord, FitContext, Keep, fit};
pub use trainable::Trainable;
pub use weights::{NamedTensor, Weights};
