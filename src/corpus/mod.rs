//! Clip tables: what there is to learn from, who speaks it, and how it is split.

pub mod demo;
mod settings;
pub mod splits;
mod table;

pub use settings::{CorpusKind, CorpusSettings, ManifestColumns};
pub use table::{ClipRow, ClipSource, Corpus};
