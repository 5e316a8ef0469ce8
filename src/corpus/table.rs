//! The clip table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::names::compare_names;
use crate::audio::{self, AudioError, Clip};

/// The column of [`ClipRow::extra`] that names a clip's part, in a corpus of several.
pub const PART_COLUMN: &str = "corpus";

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

impl ClipSource {
    /// The sound, decoded or synthesised, as it was recorded: not resampled, trimmed or padded.
    ///
    /// # Errors
    /// A file that cannot be read or decoded.
    pub fn clip(&self) -> Result<Clip, AudioError> {
        match self {
            Self::File(path) => Ok(audio::read(path)?.clip),
            Self::Demo(utterance) => Ok(utterance.synthesise()),
        }
    }
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
    /// What was found and not used, a sentence each: clips found twice, audio files without a corpus name, ...
    pub notes: Vec<String>,
}

impl Corpus {
    /// A corpus of recorded clips, brought into the order of their ids.
    pub fn new(name: impl Into<String>, labels: Vec<String>, mut clips: Vec<ClipRow>) -> Self {
        clips.sort_by(|a, b| a.id.cmp(&b.id));
        Self { name: name.into(), labels, clips, synthetic: false, citation: None, notes: Vec::new() }
    }

    /// The same, marked as made by a synthesiser.
    #[must_use]
    pub fn synthetic(self) -> Self {
        Self { synthetic: true, ..self }
    }

    /// The same, with its source and licence.
    #[must_use]
    pub fn with_citation(self, citation: impl Into<String>) -> Self {
        Self { citation: Some(citation.into()), ..self }
    }

    /// All speakers, each once, numbers in the order of numbers ("2" before "10").
    pub fn speakers(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self.clips.iter().map(|clip| clip.speaker.as_str()).collect();
        let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        names.sort_by(|a, b| compare_names(a, b));
        names
    }

    /// Names of the parts, in order; none where the corpus is one.
    pub fn parts(&self) -> Vec<String> {
        let names: BTreeSet<&String> = self.clips.iter().filter_map(|clip| clip.extra.get(PART_COLUMN)).collect();
        names.into_iter().cloned().collect()
    }

    /// Number of clips of each label, in class order.
    pub fn clips_by_label(&self) -> Vec<usize> {
        let mut counts = vec![0; self.labels.len()];
        for clip in &self.clips {
            if let Some(count) = counts.get_mut(clip.label) {
                *count += 1;
            }
        }
        counts
    }

    /// Number of clips of each label, in class order, for each value of the column `key` ("sex", "channel", ...; "speaker" is one too).
    ///
    /// Clips without a value are left out.
    pub fn counts_by(&self, key: &str) -> BTreeMap<String, Vec<usize>> {
        let mut table = BTreeMap::new();
        for clip in &self.clips {
            let value = if key == "speaker" { Some(&clip.speaker) } else { clip.extra.get(key) };
            if let Some(value) = value {
                let counts: &mut Vec<usize> = table.entry(value.clone()).or_insert_with(|| vec![0; self.labels.len()]);
                if let Some(count) = counts.get_mut(clip.label) {
                    *count += 1;
                }
            }
        }
        table
    }
}
