//! `[[corpus.parts]]` of the experiment file.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::corpus::by_name::{crema_d, emodb, savee, tess};
use crate::corpus::names::did_you_mean;
use crate::corpus::{CorpusKind, CorpusSettings, Emotion, ManifestColumns};
use crate::settings::InvalidSetting;

/// One corpus among several. What it does not set is as in `[corpus]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CorpusPart {
    /// What it is called in `split.train_on`, in names of speakers and in reports; empty or not there = its kind.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// As `corpus.kind`.
    pub kind: CorpusKind,
    /// As `corpus.path`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<PathBuf>,
    /// As `corpus.channels`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<Vec<String>>,
    /// As `corpus.train_only_channels`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train_only_channels: Option<Vec<String>>,
    /// As `corpus.speakers_only`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speakers_only: Option<Vec<String>>,
    /// As `corpus.audio_dir`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_dir: Option<PathBuf>,
    /// As `corpus.speakers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speakers: Option<usize>,
    /// As `corpus.clips_per_emotion`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clips_per_emotion: Option<usize>,
    /// As `corpus.columns`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<ManifestColumns>,
    /// Labels of this corpus and what they count as: `{ pleasant-surprise = "surprised", boredom = "" }`; an empty one leaves its clips out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

/// What is done about labels that not every part has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnsharedLabels {
    /// The corpus is refused, with their names.
    Refuse,
    /// Their clips are left out, and the report says so.
    LeaveOut,
}

impl CorpusPart {
    /// The name given, or the kind's.
    pub fn shown_name(&self) -> &str {
        if self.name.is_empty() { self.kind.name() } else { &self.name }
    }

    /// The part as a corpus by itself.
    pub fn settings(&self, around: &CorpusSettings) -> CorpusSettings {
        let own = self.clone();
        CorpusSettings {
            kind: own.kind,
            path: own.path.unwrap_or_else(|| around.path.clone()),
            channels: own.channels.unwrap_or_else(|| around.channels.clone()),
            train_only_channels: own.train_only_channels.unwrap_or_else(|| around.train_only_channels.clone()),
            speakers_only: own.speakers_only.unwrap_or_else(|| around.speakers_only.clone()),
            strict: around.strict,
            audio_dir: own.audio_dir.unwrap_or_else(|| around.audio_dir.clone()),
            speakers: own.speakers.unwrap_or(around.speakers),
            clips_per_emotion: own.clips_per_emotion.unwrap_or(around.clips_per_emotion),
            unshared_labels: around.unshared_labels,
            columns: own.columns.unwrap_or_else(|| around.columns.clone()),
            parts: Vec::new(),
        }
    }

    /// Labels that the part can have, where its kind says so.
    pub(super) fn known_labels(&self) -> Option<Vec<&'static str>> {
        match self.kind {
            CorpusKind::Demo | CorpusKind::Ravdess => Some(Emotion::ALL.map(Emotion::name).to_vec()),
            CorpusKind::Emodb => Some(emodb::LABELS.to_vec()),
            CorpusKind::CremaD => Some(crema_d::LABELS.to_vec()),
            CorpusKind::Tess => Some(tess::LABELS.to_vec()),
            CorpusKind::Savee => Some(savee::LABELS.to_vec()),
            CorpusKind::Manifest | CorpusKind::Parts => None,
        }
    }
}

impl CorpusSettings {
    /// Checks all parts, alone and together.
    pub(in crate::corpus) fn check_parts(&self) -> Result<(), InvalidSetting> {
        if self.parts.len() < 2 {
            let message = format!("holds {}; `corpus.kind = \"parts\"` needs two [[corpus.parts]] or more", self.parts.len());
            return Err(InvalidSetting::new("corpus.parts", message));
        }
        for (index, part) in self.parts.iter().enumerate() {
            let key = |name: &str| format!("corpus.parts[{index}].{name}");
            if part.kind == CorpusKind::Parts {
                return Err(InvalidSetting::new(key("kind"), "is \"parts\"; a part is a corpus of one of the other kinds"));
            }
            let name = part.shown_name();
            if name.contains(':') {
                return Err(InvalidSetting::new(key("name"), format!("is `{name}`; ':' stands between a part and its speakers")));
            }
            if let Some(twin) = self.parts[..index].iter().position(|other| other.shown_name() == name) {
                let message = format!("is `{name}`, as that of part {} is; names tell speakers apart: give one of them another", twin + 1);
                return Err(InvalidSetting::new(key("name"), message));
            }
            part.settings(self).check().map_err(|error| {
                let inner = error.key.strip_prefix("corpus.").unwrap_or(&error.key);
                InvalidSetting::new(key(inner), error.message)
            })?;
            if let Some(known) = part.known_labels() {
                part.check_labels(index, &known)?;
            }
        }
        Ok(())
    }
}

impl CorpusPart {
    /// Refuses a map from a label that the part does not have.
    pub(super) fn check_labels(&self, index: usize, known: &[&str]) -> Result<(), InvalidSetting> {
        let Some(unknown) = self.labels.keys().find(|label| !known.contains(&label.as_str())) else { return Ok(()) };
        let hint = did_you_mean(unknown, known.iter().copied());
        let message = format!("maps `{unknown}`, which {} does not have; its labels are {}{hint}", self.shown_name(), known.join(", "));
        Err(InvalidSetting::new(format!("corpus.parts[{index}].labels"), message))
    }
}
