//! Warping, masks and noise on feature frames, drawn anew for each row and epoch.

use ndarray::{Array2, Axis, Slice};
use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::AugmentSettings;
use super::normal::Normals;
use crate::settings::InvalidSetting;

/// The part of the bands that is moved in proportion (Jaitly & Hinton: 4800 Hz of 8000 Hz, which is 0.82 of the way in mel).
const WARP_PART: f32 = 0.82;

/// Varies the normalised feature frames of one row: a frequency warp, Gaussian noise, then SpecAugment's masks.
///
/// The warp is that of Jaitly & Hinton 2013, *Vocal Tract Length Perturbation (VTLP) improves speech recognition*, along the axis of the
/// mel bands rather than that of Hz: what was at band `b` is moved to `factor * b`, up to 0.82 of the bands (less where the factor
/// would lead past it), and the rest is stretched to fit. The factor is uniform on `1 - warp..1 + warp`.
///
/// Masks follow Park et al. 2019, *SpecAugment*, section 2: a time mask of `t` frames, `t` uniform on `0..=T`, begins at a frame
/// uniform on `0..=frames - t`; a frequency mask likewise over neighbouring columns. (The paper leaves the last position out.) Masked
/// cells are set to 0, the mean of normalised features; noise comes first, so that they stay 0. Time warping, which the paper finds to
/// matter least, is left out.
#[derive(Debug, Clone, PartialEq)]
pub struct FrameAugmenter {
    frequency_warp: f32,
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
        let &AugmentSettings { frequency_warp, time_masks, time_mask_part, frequency_masks, frequency_mask_width, feature_noise, .. } =
            settings;
        Ok(Self { frequency_warp, time_masks, time_mask_part, frequency_masks, frequency_mask_width, feature_noise })
    }

    /// Everything is off: `apply` changes nothing.
    pub fn is_identity(&self) -> bool {
        self.frequency_warp == 0.0 && self.time_masks == 0 && self.frequency_masks == 0 && self.feature_noise == 0.0
    }

    /// Varies `frames` (frames x columns) in place. The same state of `rng` gives the same result; with everything off, neither
    /// `frames` nor `rng` changes.
    pub fn apply(&self, frames: &mut Array2<f32>, rng: &mut ChaCha8Rng) {
        if self.frequency_warp > 0.0 {
            warp(frames, 1.0 + rng.gen_range(-self.frequency_warp..=self.frequency_warp));
        }
        if self.feature_noise > 0.0 {
            let mut normals = Normals::new(rng);
            frames.iter_mut().for_each(|value| *value += self.feature_noise * normals.draw());
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

/// Moves what is in column `b` to column `factor * b`, between columns by linear interpolation.
fn warp(frames: &mut Array2<f32>, factor: f32) {
    let last = frames.ncols().saturating_sub(1) as f32;
    // Where the straight line ends, before and after.
    let (from, to) = (WARP_PART * last * (1.0 / factor).min(1.0), WARP_PART * last * factor.min(1.0));
    let source = |column: usize| {
        let column = column as f32;
        if column <= to { column / factor } else { last - (last - column) * (last - from) / (last - to) }
    };
    let places: Vec<(usize, f32)> = (0..frames.ncols())
        .map(|column| {
            let place = source(column).clamp(0.0, last);
            (place as usize, place.fract())
        })
        .collect();
    let mut before = vec![0.0; frames.ncols()];
    for mut row in frames.rows_mut() {
        before.iter_mut().zip(&row).for_each(|(to, from)| *to = *from);
        for (value, &(place, part)) in row.iter_mut().zip(&places) {
            let next = before[(place + 1).min(before.len() - 1)];
            *value = (1.0 - part) * before[place] + part * next;
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
