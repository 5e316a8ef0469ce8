//! From sound to the matrix that a model reads: the same code for training, `predict` and every other door.

use std::cell::RefCell;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::audio::{self, AudioError, AudioSettings, Clip};
use crate::features::{ClipFunctionals, Extractor, FeatureError, FeatureMatrix, FeatureSet, FeatureSettings, Scratch};
use crate::settings::InvalidSetting;

/// How the frames of a clip become rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aggregate {
    /// A row a frame.
    Frames,
    /// One row: the mean over the frames.
    Mean,
    /// One row: fifteen functionals of each column over the frames, and rates of speech ([`ClipFunctionals`]).
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
    functionals: ClipFunctionals,
}

impl FeaturePipeline {
    /// Plans the extraction.
    ///
    /// # Errors
    /// The setting that cannot be worked with.
    pub fn new(audio: &AudioSettings, features: &FeatureSettings, aggregate: Aggregate) -> Result<Self, InvalidSetting> {
        let extractor = Extractor::new(features, audio.sample_rate)?;
        let functionals = ClipFunctionals::new(&extractor);
        Ok(Self { audio: audio.clone(), extractor, aggregate, functionals })
    }

    /// Names of the columns: `mfcc_0`, or for functionals `mfcc_0_mean` and so on.
    pub fn columns(&self) -> &Arc<[String]> {
        match self.aggregate {
            Aggregate::Frames | Aggregate::Mean => self.extractor.columns(),
            Aggregate::Functionals => self.functionals.columns(),
        }
    }

    /// For each column, the set that it is of, and how many times the derivative over time was taken of it.
    pub fn sets(&self) -> Vec<(FeatureSet, usize)> {
        match self.aggregate {
            Aggregate::Frames | Aggregate::Mean => self.extractor.sets(),
            Aggregate::Functionals => self.functionals.sets().to_vec(),
        }
    }

    /// The first step of [`matrix`](Self::matrix): a clip resampled, to be varied. `matrix` goes on from there.
    ///
    /// # Errors
    /// [`PrepareError`]: why the clip cannot be used.
    pub fn resampled(&self, clip: Clip) -> Result<Clip, PrepareError> {
        Ok(audio::resampled(clip, &self.audio)?)
    }

    /// Resamples, trims, crops and pads a clip, and measures it: `(frames, columns)`, or `(1, columns)` for means and functionals.
    ///
    /// # Errors
    /// [`PrepareError`]: why the clip cannot be used.
    pub fn matrix(&self, clip: Clip) -> Result<FeatureMatrix, PrepareError> {
        let clip = audio::prepare(clip, &self.audio)?;
        SCRATCH.with_borrow_mut(|scratch| {
            Ok(match self.aggregate {
                Aggregate::Frames => self.extractor.frames_with(&clip.samples, scratch)?,
                Aggregate::Mean => self.extractor.mean_with(&clip.samples, scratch)?,
                Aggregate::Functionals => self.functionals.of(self.extractor.frames_with(&clip.samples, scratch)?),
            })
        })
    }
}

thread_local! {
    /// A thread's working memory, as large as its longest clip has made it.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::new());
}

impl std::fmt::Debug for FeaturePipeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FeaturePipeline").field("audio", &self.audio).field("aggregate", &self.aggregate).finish_non_exhaustive()
    }
}
