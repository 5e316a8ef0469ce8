//! Another pitch at the same tempo.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::stage::{Stage, check_range, draw};
use super::vocoder::VOCODER;
use crate::audio::{self, Clip};
use crate::settings::InvalidSetting;

/// The semitones that [`pitch_shift`] takes.
pub const PITCH_STEPS: RangeInclusive<f64> = -24.0..=24.0;

/// The section `[augment.pitch-shift]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PitchShiftSettings {
    /// The chance that a clip's pitch is moved, 0 to 1.
    pub probability: f32,
    /// Semitones, drawn uniformly between these two.
    pub semitones: [f32; 2],
}

/// Moves the pitch of a clip by `steps` semitones at the same tempo (`librosa.effects.pitch_shift`): stretched by
/// `2^(-steps / 12)`, then resampled back to its length.
///
/// The ratio is taken to a fraction of small whole numbers, within a millionth. The clip keeps its length.
///
/// ```
/// use intone::{audio::Clip, augment};
/// let clip = Clip { samples: vec![0.1; 16_000], sample_rate: 16_000 };
/// assert_eq!(augment::pitch_shift(&clip, -3.5)?.samples.len(), 16_000);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Pitch`] for a shift outside [`PITCH_STEPS`], [`AugmentError::Audio`] where resampling fails.
pub fn pitch_shift(clip: &Clip, steps: f64) -> Result<Clip, AugmentError> {
    if !PITCH_STEPS.contains(&steps) {
        return Err(AugmentError::Pitch { steps });
    }
    let (from, to) = fraction(2.0_f64.powf(steps / 12.0));
    if from == to {
        return Ok(clip.clone());
    }
    let stretched = VOCODER.stretch(&clip.samples, f64::from(to) / f64::from(from));
    let mut samples = audio::resample_by(&stretched, from, to)?;
    samples.resize(clip.samples.len(), 0.0);
    Ok(Clip { samples, sample_rate: clip.sample_rate })
}

/// The fraction with a denominator of up to a thousand that is nearest to a ratio.
fn fraction(ratio: f64) -> (u32, u32) {
    let error = |(numerator, denominator): &(u32, u32)| (f64::from(*numerator) / f64::from(*denominator) - ratio).abs();
    let fractions = (1..=1000).map(|denominator| ((ratio * f64::from(denominator)).round() as u32, denominator));
    fractions.min_by(|a, b| error(a).total_cmp(&error(b))).unwrap_or((1, 1))
}

impl Stage for PitchShiftSettings {
    fn key(&self) -> &'static str {
        "pitch-shift"
    }

    fn probability(&self) -> f32 {
        self.probability
    }

    fn check_ranges(&self) -> Result<(), InvalidSetting> {
        check_range("pitch-shift.semitones", self.semitones, &(*PITCH_STEPS.start() as f32..=*PITCH_STEPS.end() as f32))
    }

    fn describe(&self) -> String {
        format!("pitch shift by {} to {} semitones", self.semitones[0], self.semitones[1])
    }

    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
        pitch_shift(clip, f64::from(draw(self.semitones, rng)))
    }
}
