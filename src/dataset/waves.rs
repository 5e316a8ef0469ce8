//! Training rows varied by their waveforms and measured anew.

use std::sync::Arc;

use ndarray::Array2;
use rand_chacha::ChaCha8Rng;

use crate::audio::Clip;
use crate::augment::{AugmentError, WaveAugmenter};

use super::{FeaturePipeline, PrepareError, Scale};

/// A row that cannot be varied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaryError {
    /// A stage failed.
    #[error(transparent)]
    Augment(#[from] AugmentError),
    /// What it made cannot be measured.
    #[error("its waveform, varied by `augment`, cannot be measured: {0}")]
    Measure(#[from] PrepareError),
}

/// How waveforms are varied and measured; shared by all rows of an experiment.
#[derive(Debug)]
pub struct Remeasure {
    /// The way from a clip to a row, as the row was first measured.
    pub pipeline: Arc<FeaturePipeline>,
    /// What is done to a clip before.
    pub augmenter: WaveAugmenter,
}

/// The waveforms of a row: its clip's, and those of its copies at other speeds, in the order of [`Example::variants`].
///
/// They are kept resampled, but neither trimmed nor cropped nor padded: that is done to a varied clip as to any other recording. Samples stay
/// `f32`, so that a clip that no stage varies is measured to the same bits: 4 bytes a sample, 64 kB for a second at 16 kHz, and folds and
/// seeds share them.
///
/// [`Example::variants`]: super::Example::variants
#[derive(Debug, Clone)]
pub struct Waves {
    clips: Arc<[Clip]>,
    how: Arc<Remeasure>,
    scale: Scale,
}

impl Waves {
    /// The resampled waveforms of a row that is not normalised.
    pub fn new(clips: Vec<Clip>, how: Arc<Remeasure>) -> Self {
        Self { clips: clips.into(), how, scale: Scale::None }
    }

    /// The same, of a normalised row.
    pub(super) fn scaled(&self, scale: Scale) -> Self {
        Self { scale, ..self.clone() }
    }

    /// Varies waveform `variant` and measures it, normalised as the row is: `(frames, columns)`. `None` where no stage had its chance, and
    /// the row's own matrix is the answer, or where there is no such waveform.
    ///
    /// # Errors
    /// [`VaryError`].
    pub fn frames(&self, variant: usize, rng: &mut ChaCha8Rng) -> Result<Option<Array2<f32>>, VaryError> {
        let Some(clip) = self.clips.get(variant) else { return Ok(None) };
        match self.how.augmenter.apply(clip, rng)? {
            std::borrow::Cow::Borrowed(_) => Ok(None),
            std::borrow::Cow::Owned(varied) => Ok(Some(self.scale.apply(self.how.pipeline.matrix(varied)?.values))),
        }
    }
}
