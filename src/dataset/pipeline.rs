//! From sound to the matrix that a model reads: the same code for training, `predict` and every other door.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audio::{self, AudioError, AudioSettings, Clip};
use crate::features::{Extractor, FeatureError, FeatureMatrix, FeatureSettings, functional_columns, functionals};
use crate::settings::InvalidSetting;

/// How the frames of a clip become rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// A row a frame.
    Frames,
    /// One row: the mean over the frames.
    Mean,
    /// One row: fifteen [`functionals`] of each column over the frames.
    Functionals,
}

impl Aggregate {
    /// As records write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::Mean => "mean",
            Self::Functionals => "functionals",
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
    columns: Arc<[String]>,
}

impl FeaturePipeline {
    /// Plans the extraction.
    ///
    /// # Errors
    /// The setting that cannot be worked with.
    pub fn new(audio: &AudioSettings, features: &FeatureSettings, aggregate: Aggregate) -> Result<Self, InvalidSetting> {
        let extractor = Extractor::new(features, audio.sample_rate)?;
        let columns = match aggregate {
            Aggregate::Frames | Aggregate::Mean => Arc::clone(extractor.columns()),
            Aggregate::Functionals => functional_columns(extractor.columns()).into(),
        };
        Ok(Self { audio: audio.clone(), extractor, aggregate, columns })
    }

    /// Names of the columns: `mfcc_0`, or for functionals `mfcc_0_mean` and so on.
    pub fn columns(&self) -> &Arc<[String]> {
        &self.columns
    }

    /// Resamples, trims, crops and pads a clip, and measures it: `(frames, columns)`, or `(1, columns)` for means and functionals.
    ///
    /// # Errors
    /// [`PrepareError`]: why the clip cannot be used.
    pub fn matrix(&self, clip: Clip) -> Result<FeatureMatrix, PrepareError> {
        let clip = audio::prepare(clip, &self.audio)?;
        Ok(match self.aggregate {
            Aggregate::Frames => self.extractor.frames(&clip.samples)?,
            Aggregate::Mean => self.extractor.mean(&clip.samples)?,
            Aggregate::Functionals => {
                let FeatureMatrix { values, frame_step_s, .. } = self.extractor.frames(&clip.samples)?;
                let values = functionals(values.view(), frame_step_s);
                FeatureMatrix { values, columns: Arc::clone(&self.columns), frame_step_s }
            }
        })
    }
}
