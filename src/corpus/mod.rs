//! Clip tables: what there is to learn from, who speaks it, and how it is split.

mod by_name;
pub mod demo;
pub mod duplicates;
mod emotion;
mod error;
#[cfg(feature = "fetch")]
pub mod fetch;
mod folder;
mod load;
pub mod manifest;
pub mod measure;
mod names;
mod parts;
pub mod ravdess;
mod settings;
pub mod sketch;
pub mod splits;
mod table;

pub use by_name::{NameError, crema_d, emodb, savee, tess};
pub use emotion::Emotion;
pub use error::CorpusError;
pub use names::compare_names;
pub use parts::{CorpusPart, UnsharedLabels};
pub use settings::{CorpusKind, CorpusSettings, ManifestColumns};
pub use table::{ClipRow, ClipSource, Corpus, PART_COLUMN};
