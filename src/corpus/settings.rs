//! The `[corpus]` section of the experiment file.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::manifest::Format;
use super::names::did_you_mean;
use super::parts::{CorpusPart, UnsharedLabels};
use super::ravdess::Channel;
use crate::settings::InvalidSetting;

/// Which clips an experiment uses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CorpusSettings {
    /// How the clips are found and what their names say.
    pub kind: CorpusKind,
    /// The folder, or the table (`manifest`); for RAVDESS the environment variable `INTONE_RAVDESS` overrides it.
    pub path: PathBuf,
    /// RAVDESS: `speech`, `song`.
    pub channels: Vec<String>,
    /// RAVDESS: channels that only ever serve as extra training rows; their clips are never tested on.
    pub train_only_channels: Vec<String>,
    /// Corpora known by their file names: use these speakers only (RAVDESS: `"1"` to `"24"`); empty = all there are.
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
    /// `parts`: what is done about labels that not every part has.
    pub unshared_labels: UnsharedLabels,
    /// `parts`: the corpora that make up this one.
    pub parts: Vec<CorpusPart>,
}

/// Where clips come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CorpusKind {
    /// The built-in synthetic voices.
    Demo,
    /// RAVDESS by its file names.
    Ravdess,
    /// EmoDB by its file names.
    Emodb,
    /// CREMA-D by its file names.
    CremaD,
    /// TESS by its file names.
    Tess,
    /// SAVEE by its file and folder names.
    Savee,
    /// A table with a row a clip.
    Manifest,
    /// Several corpora, brought to common labels.
    Parts,
}

impl CorpusKind {
    /// The kind as the experiment file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Ravdess => "ravdess",
            Self::Emodb => "emodb",
            Self::CremaD => "crema-d",
            Self::Tess => "tess",
            Self::Savee => "savee",
            Self::Manifest => "manifest",
            Self::Parts => "parts",
        }
    }
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

impl CorpusSettings {
    /// Checks every value that a corpus of this kind uses; files and folders are looked at by [`Corpus::load`](super::Corpus::load).
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        match self.kind {
            CorpusKind::Demo => self.check_demo(),
            CorpusKind::Ravdess => self.check_ravdess(),
            CorpusKind::Manifest => self.check_manifest(),
            CorpusKind::Parts => self.check_parts(),
            // Their folders and speakers are looked at where they are loaded.
            CorpusKind::Emodb | CorpusKind::CremaD | CorpusKind::Tess | CorpusKind::Savee => Ok(()),
        }
    }

    fn check_demo(&self) -> Result<(), InvalidSetting> {
        within("corpus.speakers", self.speakers, 1, 99)?;
        within("corpus.clips_per_emotion", self.clips_per_emotion, 1, 100)
    }

    fn check_ravdess(&self) -> Result<(), InvalidSetting> {
        if self.channels.is_empty() {
            return Err(InvalidSetting::new("corpus.channels", "is empty; name at least one of `speech` and `song`"));
        }
        for (key, names) in [("corpus.channels", &self.channels), ("corpus.train_only_channels", &self.train_only_channels)] {
            if let Some(unknown) = names.iter().find(|name| Channel::from_name(name).is_none()) {
                let hint = did_you_mean(unknown, Channel::ALL.map(Channel::name));
                return Err(InvalidSetting::new(key, format!("names `{unknown}`; the channels are `speech` and `song`{hint}")));
            }
        }
        if self.channels.iter().all(|name| self.train_only_channels.contains(name)) {
            let message = "names every channel of `corpus.channels`, so nothing would be left to test on; leave one out";
            return Err(InvalidSetting::new("corpus.train_only_channels", message));
        }
        if let Some(unknown) = self.speakers_only.iter().find(|name| super::ravdess::actor_number(name).is_none()) {
            let message = format!("names `{unknown}`; RAVDESS has actors \"1\" to \"24\"");
            return Err(InvalidSetting::new("corpus.speakers_only", message));
        }
        Ok(())
    }

    fn check_manifest(&self) -> Result<(), InvalidSetting> {
        if Format::of(&self.path).is_none() {
            let message = format!("is `{}`; a manifest is a file that ends in .csv, .tsv or .parquet", self.path.display());
            return Err(InvalidSetting::new("corpus.path", message));
        }
        let columns = self.columns.named();
        for (index, (key, column)) in columns.iter().enumerate() {
            if column.is_empty() {
                return Err(InvalidSetting::new(*key, "is empty; name a column of the table"));
            }
            if let Some((other, _)) = columns[..index].iter().find(|(_, earlier)| earlier == column) {
                return Err(InvalidSetting::new(*key, format!("names column `{column}`, which is that of `{other}` already")));
            }
        }
        Ok(())
    }
}

impl ManifestColumns {
    /// Each column under the key that names it: file, label, speaker.
    pub(super) fn named(&self) -> [(&'static str, &str); 3] {
        [("corpus.columns.file", &self.file), ("corpus.columns.label", &self.label), ("corpus.columns.speaker", &self.speaker)]
    }
}

fn within(key: &str, value: usize, low: usize, high: usize) -> Result<(), InvalidSetting> {
    if (low..=high).contains(&value) { Ok(()) } else { Err(InvalidSetting::new(key, format!("is {value}; it must be {low} to {high}"))) }
}
