//! A clip played faster or slower.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::stage::{Stage, check_range, draw};
use crate::audio::{self, Clip};
use crate::settings::InvalidSetting;

/// The factors that [`speed`] takes.
pub const SPEED_FACTORS: RangeInclusive<f32> = 0.5..=2.0;

/// Factors are taken to three decimals, so that the ratio of rates is one of small whole numbers.
const STEPS: f32 = 1000.0;

/// Drawn factors are taken to hundredths: few ratios, so that each thread keeps their plans.
const DRAWN_STEPS: f32 = 100.0;

/// The section `[augment.random-speed]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RandomSpeedSettings {
    /// The chance that a clip is played at another speed, 0 to 1.
    pub probability: f32,
    /// Speed factor (pitch and tempo change together), drawn uniformly between these two and taken to hundredths.
    pub factor: [f32; 2],
}

/// Plays a clip `factor` times as fast: pitch and tempo change together, as with `sox speed` (Ko et al. 2015, *Audio Augmentation
/// for Speech Recognition*: 0.9 and 1.1). A tone at `f` Hz comes out at `f * factor` Hz.
///
/// The clip is read as if its rate were `factor` times what it is, and resampled back to its rate, at the quality of
/// [`audio::resample()`]. The factor is rounded to three decimals. The result has `round(n / factor)` samples and keeps the sample rate;
/// a factor of 1 gives back the clip.
///
/// ```
/// use intone::{audio::Clip, augment};
/// let clip = Clip { samples: vec![0.1; 16_000], sample_rate: 16_000 };
/// assert_eq!(augment::speed(&clip, 1.25)?.samples.len(), 12_800);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Speed`] for a factor outside [`SPEED_FACTORS`], [`AugmentError::Audio`] where resampling fails.
pub fn speed(clip: &Clip, factor: f32) -> Result<Clip, AugmentError> {
    if !SPEED_FACTORS.contains(&factor) {
        return Err(AugmentError::Speed { factor });
    }
    let (played, wanted) = ((factor * STEPS).round() as u32, STEPS as u32);
    if played == wanted {
        return Ok(clip.clone());
    }
    let mut samples = audio::resample_by(&clip.samples, played, wanted)?;
    // The resampler rounds the length up; here the nearest is promised.
    let length = (clip.samples.len() as f64 * f64::from(wanted) / f64::from(played)).round() as usize;
    samples.truncate(length);
    Ok(Clip { samples, sample_rate: clip.sample_rate })
}

impl Stage for RandomSpeedSettings {
    fn key(&self) -> &'static str {
        "random-speed"
    }

    fn probability(&self) -> f32 {
        self.probability
    }

    fn check_ranges(&self) -> Result<(), InvalidSetting> {
        check_range("random-speed.factor", self.factor, &SPEED_FACTORS)
    }

    fn describe(&self) -> String {
        format!("speed {} to {}", self.factor[0], self.factor[1])
    }

    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
        speed(clip, (draw(self.factor, rng) * DRAWN_STEPS).round() / DRAWN_STEPS)
    }
}
