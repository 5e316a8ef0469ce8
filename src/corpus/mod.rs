//! Clip tables: what there is to learn from, who speaks it, and how it is split.

pub mod demo;
pub mod duplicates;
mod emotion;
mod error;
mod load;
pub mod manifest;
mod names;
pub mod ravdess;
mod settings;
pub mod sketch;
pub mod splits;
mod table;

pub use emotion::Emotion;
pub use error::CorpusError;
pub use names::compare_names;
pub use settings::{CorpusKind, CorpusSettings, ManifestColumns};
pub use table::{ClipRow, ClipSource, Corpus};
