//! Folds: which clips are trained on, validated on and tested on.

mod fold;
mod settings;

pub use fold::{Fold, TestRows, TrainRows, ValidationRows};
pub use settings::{SplitKind, SplitSettings};
