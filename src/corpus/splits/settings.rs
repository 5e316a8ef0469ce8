//! The `[split]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
