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
