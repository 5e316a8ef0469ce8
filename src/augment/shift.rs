//! A clip that begins earlier or later.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::stage::{Stage, check_range, draw};
use crate::audio::Clip;
use crate::settings::InvalidSetting;

/// The shifts that [`time_shift`] takes, as parts of the clip.
pub const SHIFT_PARTS: RangeInclusive<f32> = -1.0..=1.0;

/// The section `[augment.time-shift]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeShiftSettings {
    /// The chance that a clip is shifted, 0 to 1.
    pub probability: f32,
    /// Shift as a part of the clip, drawn uniformly between these two; above 0 it begins later.
    pub part: [f32; 2],
}

/// Moves a clip by `part` of its length: above 0 it begins later and loses its end, below 0 the other way round. The clip keeps its length;
/// where it has moved away from is silence, which `audio.trim_db` takes off again unless noise lies over it.
///
/// What leaves at one end does not come back at the other (`Shift(rollover=False, fade_duration=0)` of audiomentations): a word's end
/// before its beginning is no speech. The shift is rounded to whole samples.
///
/// ```
/// use intone::{audio::Clip, augment};
/// let clip = Clip { samples: vec![1.0, 2.0, 3.0, 4.0], sample_rate: 16_000 };
/// assert_eq!(augment::time_shift(&clip, 0.25)?.samples, [0.0, 1.0, 2.0, 3.0]);
/// assert_eq!(augment::time_shift(&clip, -0.5)?.samples, [3.0, 4.0, 0.0, 0.0]);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Shift`] for a part outside [`SHIFT_PARTS`].
pub fn time_shift(clip: &Clip, part: f32) -> Result<Clip, AugmentError> {
    if !SHIFT_PARTS.contains(&part) {
        return Err(AugmentError::Shift { part });
    }
    let length = clip.samples.len();
    let places = ((f64::from(part.abs()) * length as f64).round() as usize).min(length);
    let mut samples = vec![0.0; length];
    if part >= 0.0 {
        samples[places..].copy_from_slice(&clip.samples[..length - places]);
    } else {
        samples[..length - places].copy_from_slice(&clip.samples[places..]);
    }
    Ok(Clip { samples, sample_rate: clip.sample_rate })
}

impl Stage for TimeShiftSettings {
    fn key(&self) -> &'static str {
        "time-shift"
    }

    fn probability(&self) -> f32 {
        self.probability
    }

    fn check_ranges(&self) -> Result<(), InvalidSetting> {
        check_range("time-shift.part", self.part, &SHIFT_PARTS)
    }

    fn describe(&self) -> String {
        format!("time shift by {} to {} of the clip", self.part[0], self.part[1])
    }

    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
        time_shift(clip, draw(self.part, rng))
    }
}
