//! The clip table.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// One clip of a corpus.
#[derive(Debug, Clone, PartialEq)]
pub struct ClipRow {
    /// Unique in the corpus and stable: the file name without its ending, or the demo utterance's name.
    pub id: String,
    /// Where the sound is.
    pub source: ClipSource,
    /// Index into [`Corpus::labels`].
    pub label: usize,
    /// Who speaks; equal names are the same person.
    pub speaker: String,
    /// Serves as a training row only and is never tested on or validated on.
    pub train_only: bool,
    /// Further columns: intensity, statement, channel, sex, ...
    pub extra: BTreeMap<String, String>,
}

/// Where the sound of a clip is.
#[derive(Debug, Clone, PartialEq)]
pub enum ClipSource {
    /// An audio file.
    File(PathBuf),
    /// An utterance of the demo corpus, made on demand.
    Demo(crate::corpus::demo::Utterance),
}

/// A corpus: its clips and what is known of them as a whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Corpus {
    /// What it is called in reports: "RAVDESS", "demo (synthetic voices)", the manifest's file name.
    pub name: String,
    /// Emotions, in the order of class indices (RAVDESS: neutral, calm, happy, sad, angry, fearful, disgust, surprised).
    pub labels: Vec<String>,
    /// Clips, ordered by id.
    pub clips: Vec<ClipRow>,
    /// Made by a synthesiser: shown wherever a score is.
    pub synthetic: bool,
    /// Source and licence, for the report.
    pub citation: Option<String>,
}
