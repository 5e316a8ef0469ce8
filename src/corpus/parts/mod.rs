//! Several corpora as one: each part a corpus of its own, brought to common labels.

mod labels;
mod load;
mod settings;

pub(super) use load::load;
pub use settings::{CorpusPart, UnsharedLabels};
