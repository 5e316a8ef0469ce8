//! From sound to the matrix that a model reads: the same code for training, `predict` and every other door.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audio::{self, AudioError, AudioSettings, Clip};
use crate::features::{Extractor, FeatureError, FeatureMatrix, FeatureSettings};
use crate::settings::InvalidSetting;

/// How the frames of a clip become rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// A row a frame.
    Frames,
    /// One row: the mean over the frames.
    Mean,
}

impl Aggregate {
    /// As records write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::Mean => "mean",
        }
    }
}

/// A clip that cannot be turned into features.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// It cannot be decoded, resampled, trimmed or padded.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// It cannot be measured.
    #[error(transparent)]
    Feature(#[from] FeatureError),
}

/// Prepares and measures clips; made once, shared by all threads.
pub struct FeaturePipeline {
    audio: AudioSettings,
    extractor: Extractor,
    aggregate: Aggregate,
}

impl FeaturePipeline {
    /// Plans the extraction.
    ///
    /// # Errors
    /// The setting that cannot be worked with.
    pub fn new(audio: &AudioSettings, features: &FeatureSettings, aggregate: Aggregate) -> Result<Self, InvalidSetting> {
        Ok(Self { audio: audio.clone(), extractor: Extractor::new(features, audio.sample_rate)?, aggregate })
    }

    /// Names of the columns.
    pub fn columns(&self) -> &Arc<[String]> {
        self.extractor.columns()
    }

    /// Resamples, trims, crops and pads a clip, and measures it: `(frames, columns)`, or `(1, columns)` for means.
    ///
    /// # Errors
    /// [`PrepareError`]: why the clip cannot be used.
    pub fn matrix(&self, clip: Clip) -> Result<FeatureMatrix, PrepareError> {
        let clip = audio::prepare(clip, &self.audio)?;
        Ok(match self.aggregate {
            Aggregate::Frames => self.extractor.frames(&clip.samples)?,
            Aggregate::Mean => self.extractor.mean(&clip.samples)?,
        })
    }
}
