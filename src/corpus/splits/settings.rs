//! The `[split]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::presets::PRESETS;
use crate::corpus::names::did_you_mean;
use crate::settings::InvalidSetting;

/// How clips are split into training, validation and test parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SplitSettings {
    /// The protocol.
    pub kind: SplitKind,
    /// `speaker-folds`: how many.
    pub folds: usize,
    /// `preset`: `luna-jimenez-5`, `leave-one-speaker-out` or `random-80-20`.
    pub preset: String,
    /// `preset`, `fixed`: go on when the corpus lacks speakers that are named; the report then says which.
    pub allow_missing_speakers: bool,
    /// Part of the training speakers (or clips, for `random`) that is kept for validation, 0 to 0.5; 0 = none.
    pub validation: f64,
    /// `fixed`: a list of test speakers a fold.
    pub test_speakers: Vec<Vec<String>>,
    /// `random`: part of the clips that is tested on.
    pub test_part: f64,
    /// `cross-corpus`: names of the corpora that are trained on, each in turn; empty = each of them.
    pub train_on: Vec<String>,
    /// `cross-corpus`: names of the corpora that are tested on, each in a fold of its own; empty = all others than the one trained on.
    pub test_on: Vec<String>,
}

/// The protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SplitKind {
    /// Speakers are dealt into folds.
    SpeakerFolds,
    /// A published split, by name.
    Preset,
    /// Each speaker is a fold.
    LeaveOneSpeakerOut,
    /// The lists in `test_speakers`.
    Fixed,
    /// Clips at random: speakers are shared between training and test, so scores flatter.
    Random,
    /// Trained on one corpus and tested on another.
    CrossCorpus,
}

impl SplitSettings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        if self.folds < 2 {
            return Err(InvalidSetting::new("split.folds", format!("is {}; it must be at least 2", self.folds)));
        }
        if !(0.0..=0.5).contains(&self.validation) {
            return Err(InvalidSetting::new("split.validation", format!("is {}; it must be 0 (none) to 0.5", self.validation)));
        }
        if !(0.01..=0.9).contains(&self.test_part) {
            return Err(InvalidSetting::new("split.test_part", format!("is {}; it must be 0.01 to 0.9", self.test_part)));
        }
        match self.kind {
            SplitKind::Preset => self.check_preset(),
            SplitKind::Fixed => self.check_lists(),
            _ => Ok(()),
        }
    }

    /// Refuses names in `train_on` and `test_on` that are none of `parts`, the corpora that there are.
    ///
    /// # Errors
    /// The key, the name, and the part that was probably meant.
    pub fn check_parts(&self, parts: &[&str]) -> Result<(), InvalidSetting> {
        for (key, names) in [("split.train_on", &self.train_on), ("split.test_on", &self.test_on)] {
            if let Some(unknown) = names.iter().find(|name| !parts.contains(&name.as_str())) {
                let hint = did_you_mean(unknown, parts.iter().copied());
                return Err(InvalidSetting::new(key, format!("names `{unknown}`; the corpora are {}{hint}", parts.join(", "))));
            }
        }
        let pair = parts.iter().any(|train| self.trains_on(train) && parts.iter().any(|test| test != train && self.tests_on(test)));
        if pair {
            return Ok(());
        }
        Err(InvalidSetting::new("split.test_on", "names no corpus but the one that `split.train_on` trains on; name another"))
    }

    pub(super) fn trains_on(&self, part: &str) -> bool {
        self.train_on.is_empty() || self.train_on.iter().any(|name| name == part)
    }

    pub(super) fn tests_on(&self, part: &str) -> bool {
        self.test_on.is_empty() || self.test_on.iter().any(|name| name == part)
    }

    fn check_preset(&self) -> Result<(), InvalidSetting> {
        if PRESETS.contains(&self.preset.as_str()) {
            return Ok(());
        }
        let message = format!("is `{}`; the presets are {}{}", self.preset, PRESETS.join(", "), did_you_mean(&self.preset, PRESETS));
        Err(InvalidSetting::new("split.preset", message))
    }

    fn check_lists(&self) -> Result<(), InvalidSetting> {
        if self.test_speakers.is_empty() {
            return Err(InvalidSetting::new(
                "split.test_speakers",
                "is empty; `split.kind = \"fixed\"` needs a list of test speakers a fold",
            ));
        }
        if let Some(empty) = self.test_speakers.iter().position(Vec::is_empty) {
            let message = format!("has no speaker in list {}; a fold needs at least one to test on", empty + 1);
            return Err(InvalidSetting::new("split.test_speakers", message));
        }
        Ok(())
    }
}
