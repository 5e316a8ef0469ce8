//! Masks and noise on feature frames, drawn anew for each row and epoch.

use ndarray::{Array2, Axis, Slice};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::AugmentSettings;
use crate::settings::InvalidSetting;

/// Varies the normalised feature frames of one row: Gaussian noise, then SpecAugment's masks.
///
/// Masks follow Park et al. 2019, *SpecAugment*, section 2: a time mask of `t` frames, `t` uniform on `0..=T`, begins at a frame
/// uniform on `0..=frames - t`; a frequency mask likewise over neighbouring columns. (The paper leaves the last position out.) Masked
/// cells are set to 0, the mean of normalised features; noise comes first, so that they stay 0. Time warping, which the paper finds to
/// matter least, is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameAugmenter {
    time_masks: usize,
    time_mask_part: f32,
    frequency_masks: usize,
    frequency_mask_width: usize,
    feature_noise: f32,
}

impl FrameAugmenter {
    /// An augmenter after checked settings.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn new(settings: &AugmentSettings) -> Result<Self, InvalidSetting> {
        settings.check()?;
        let &AugmentSettings { time_masks, time_mask_part, frequency_masks, frequency_mask_width, feature_noise, .. } = settings;
        Ok(Self { time_masks, time_mask_part, frequency_masks, frequency_mask_width, feature_noise })
    }

    /// Everything is off: `apply` changes nothing.
    pub fn is_identity(&self) -> bool {
        self.time_masks == 0 && self.frequency_masks == 0 && self.feature_noise == 0.0
    }

    /// Varies `frames` (frames x columns) in place. The same state of `rng` gives the same result; with everything off, neither
    /// `frames` nor `rng` changes.
    pub fn apply(&self, frames: &mut Array2<f32>, rng: &mut ChaCha8Rng) {
        if self.feature_noise > 0.0 {
            for value in frames.iter_mut() {
                *value += self.feature_noise * standard_normal(rng);
            }
        }
        // An f32 product of a part up to 1 can round past the whole only beyond 2^24 frames; `mask` bounds it anyway.
        let longest = (self.time_mask_part * frames.nrows() as f32) as usize;
        for _ in 0..self.time_masks {
            mask(frames, Axis(0), longest, rng);
        }
        for _ in 0..self.frequency_masks {
            mask(frames, Axis(1), self.frequency_mask_width, rng);
        }
    }
}

/// Sets a stretch of 0 to `widest` neighbours along `axis` to 0.
fn mask(frames: &mut Array2<f32>, axis: Axis, widest: usize, rng: &mut ChaCha8Rng) {
    let length = frames.len_of(axis);
    let width = rng.gen_range(0..=widest.min(length));
    let start = rng.gen_range(0..=length - width);
    frames.slice_axis_mut(axis, Slice::from(start..start + width)).fill(0.0);
}

/// A draw from the standard normal distribution (Box & Muller 1958, one of the pair).
fn standard_normal(rng: &mut ChaCha8Rng) -> f32 {
    // 1 - [0, 1) keeps the logarithm finite.
    let radius = (-2.0 * (1.0 - rng.r#gen::<f64>()).ln()).sqrt();
    (radius * (std::f64::consts::TAU * rng.r#gen::<f64>()).cos()) as f32
}
