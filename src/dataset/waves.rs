//! Training rows varied by their waveforms and measured anew.

use std::sync::Arc;

use ndarray::Array2;
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::audio::Clip;
use crate::augment::{AugmentError, WaveAugmenter};
use crate::seed;

use super::{FeaturePipeline, PrepareError, Scale, TrainingSet};

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
/// They are kept resampled and trimmed, but neither cropped nor padded: a varied clip is cropped and padded as any other is. Samples stay
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
    /// The trimmed waveforms of a row that is not normalised.
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
            std::borrow::Cow::Owned(varied) => Ok(Some(self.scale.apply(self.how.pipeline.measured(varied)?.values))),
        }
    }
}

impl TrainingSet {
    /// Adds `copies` varied copies to the variants of each row that has a waveform, for models that see every row once. Each is made from
    /// one of the variants that the row has, and drawn from a random stream of its own, named by `stream`, row and copy.
    ///
    /// # Errors
    /// The first row, from 0, that cannot be varied.
    pub fn add_varied_copies(&mut self, copies: usize, seed: u64, stream: &[&str]) -> Result<(), (usize, VaryError)> {
        let vary = |(row, example): (usize, &mut super::Example)| {
            let Some(waves) = example.waves.clone() else { return Ok(()) };
            let first = example.variants.len();
            for copy in 0..copies {
                let name = [row.to_string(), copy.to_string()];
                let path: Vec<&str> = stream.iter().copied().chain(["waves"]).chain(name.iter().map(String::as_str)).collect();
                let mut random = seed::stream(seed, &path);
                let variant = random.gen_range(0..first);
                if let Some(frames) = waves.frames(variant, &mut random).map_err(|cause| (row, cause))? {
                    example.variants.push(Arc::new(frames));
                }
            }
            Ok(())
        };
        // The first error of the rows, not of the threads.
        let results: Vec<_> = self.examples.par_iter_mut().enumerate().map(vary).collect();
        results.into_iter().collect()
    }
}
