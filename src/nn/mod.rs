//! Layers and operations that dfdx lacks, losses, optimiser and schedule, and the training loop.

mod settings;

pub use settings::{FocalAlpha, Loss, Optimiser, Schedule, TrainingSettings};
