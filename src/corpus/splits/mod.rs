//! Folds: which clips are trained on, validated on and tested on.
//!
//! Speaker-independent protocols keep whole speakers together; only [`SplitKind::Random`] (and its preset) shares them between parts.
//! Clips that may only train ([`ClipRow::train_only`](crate::corpus::ClipRow::train_only)) are in training parts alone, and only where
//! their speaker trains. Every choice is drawn from the seed and the names of speakers and clips, never from the order of rows.

mod deal;
mod error;
mod fold;
mod folds;
mod people;
mod presets;
mod random;
mod settings;
mod speakers;

pub use error::SplitError;
pub use fold::{Fold, TestRows, TrainRows, ValidationRows};
pub use folds::{Folds, make_folds, whole_corpus};
pub use presets::{LUNA_JIMENEZ_5, PRESETS};
pub use random::random_folds;
pub use settings::{SplitKind, SplitSettings};
pub use speakers::across_name;
