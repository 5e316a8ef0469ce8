//! Another tempo at the same pitch.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::stage::{Stage, check_range, draw};
use super::vocoder::VOCODER;
use crate::audio::Clip;
use crate::settings::InvalidSetting;

/// The rates that [`time_stretch`] takes.
pub const STRETCH_RATES: RangeInclusive<f64> = 0.25..=4.0;

/// The section `[augment.time-stretch]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TimeStretchSettings {
    /// The chance that a clip's tempo is changed, 0 to 1.
    pub probability: f32,
    /// How many times as fast, at the same pitch, drawn uniformly between these two.
    pub rate: [f32; 2],
}

/// Plays a clip `rate` times as fast at the same pitch (Flanagan & Golden 1966; `librosa.effects.time_stretch`).
///
/// Frames of 2048 samples under a Hann window every 512 samples; magnitudes are interpolated between neighbouring frames, and the phase of
/// each bin advances as it does between them. The result has `round(n / rate)` samples.
///
/// librosa adds up phases, in single precision, where they lose up to a hundredth of a turn in some seconds; here unit vectors are
/// multiplied, which is the same advance without that loss.
///
/// # Errors
/// [`AugmentError::Rate`] for a rate outside [`STRETCH_RATES`].
pub fn time_stretch(clip: &Clip, rate: f64) -> Result<Clip, AugmentError> {
    if !STRETCH_RATES.contains(&rate) {
        return Err(AugmentError::Rate { rate });
    }
    Ok(Clip { samples: VOCODER.stretch(&clip.samples, rate), sample_rate: clip.sample_rate })
}

impl Stage for TimeStretchSettings {
    fn key(&self) -> &'static str {
        "time-stretch"
    }

    fn probability(&self) -> f32 {
        self.probability
    }

    fn check_ranges(&self) -> Result<(), InvalidSetting> {
        check_range("time-stretch.rate", self.rate, &(*STRETCH_RATES.start() as f32..=*STRETCH_RATES.end() as f32))
    }

    fn describe(&self) -> String {
        format!("time stretch {} to {}", self.rate[0], self.rate[1])
    }

    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
        time_stretch(clip, f64::from(draw(self.rate, rng)))
    }
}
