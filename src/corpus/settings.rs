//! The `[corpus]` section of the experiment file.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which clips an experiment uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CorpusSettings {
    /// How the clips are found and what their names say.
    pub kind: CorpusKind,
    /// The folder (`ravdess`) or the table (`manifest`); for RAVDESS the environment variable `INTONE_RAVDESS` overrides it.
    pub path: PathBuf,
    /// RAVDESS: `speech`, `song`.
    pub channels: Vec<String>,
    /// RAVDESS: channels that only ever serve as extra training rows; their clips are never tested on.
    pub train_only_channels: Vec<String>,
    /// RAVDESS: use these actors only (numbers as strings, `"1"` to `"24"`); empty = all there are.
    pub speakers_only: Vec<String>,
    /// `true` refuses a corpus of which any clip cannot be read; `false` lists it, goes on, and ends with exit code 3.
    pub strict: bool,
    /// Manifest: the folder that the table's file names are relative to; empty = the table's own folder.
    pub audio_dir: PathBuf,
    /// Manifest: which columns hold what.
    pub columns: ManifestColumns,
    /// Demo corpus: how many synthetic speakers.
    pub speakers: usize,
    /// Demo corpus: clips a speaker and emotion.
    pub clips_per_emotion: usize,
}

/// Where clips come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CorpusKind {
    /// The built-in synthetic voices.
    Demo,
    /// RAVDESS by its file names.
    Ravdess,
    /// A table with a row a clip.
    Manifest,
}

/// Names of the columns of a manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManifestColumns {
    /// Path of the clip.
    pub file: String,
    /// Emotion.
    pub label: String,
    /// Who speaks.
    pub speaker: String,
}
