//! Another pitch at the same tempo.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::interpolate::{Kernel, TAPS};
use super::kernels;
use super::stage::{Stage, check_range, draw};
use super::vocoder::{BINS, VOCODER, boxed};
use crate::audio::Clip;
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
/// The phase vocoder puts out twice as many samples as it takes in, so that a kernel of twelve taps can resample them by any ratio. Its bins
/// are attenuated, as soxr's filter does, from 0.913 of the band that is left on, and nothing is left from its end on. The clip keeps its
/// length.
///
/// ```
/// use intone::{audio::Clip, augment};
/// let clip = Clip { samples: vec![0.1; 16_000], sample_rate: 16_000 };
/// assert_eq!(augment::pitch_shift(&clip, -3.5)?.samples.len(), 16_000);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Pitch`] for a shift outside [`PITCH_STEPS`].
pub fn pitch_shift(clip: &Clip, steps: f64) -> Result<Clip, AugmentError> {
    if !PITCH_STEPS.contains(&steps) {
        return Err(AugmentError::Pitch { steps });
    }
    if steps == 0.0 {
        return Ok(clip.clone());
    }
    let ratio = 2.0_f64.powf(steps / 12.0);
    let gains = boxed(|bin| gain_of(bin, ratio));
    let mut stretched = VOCODER.stretch_doubled(&clip.samples, ratio.recip(), &gains);
    // Silence around, where the kernel reaches over the ends.
    stretched.splice(..0, [0.0; TAPS / 2 - 1]);
    stretched.extend([0.0; TAPS]);
    let mut samples = vec![0.0; clip.samples.len()];
    kernels::interpolate(&stretched, 2.0 * ratio, &KERNEL, &mut samples);
    Ok(Clip { samples, sample_rate: clip.sample_rate })
}

static KERNEL: LazyLock<Kernel> = LazyLock::new(Kernel::new);

/// Where soxr's high-quality filter begins to fall, as a part of the band.
const PASS_BAND: f64 = 0.913;

/// 1 in the band that is left at `ratio`, half a cosine down to 0 at its end.
fn gain_of(bin: usize, ratio: f64) -> f32 {
    let end = (BINS - 1) as f64 * ratio.recip().min(1.0);
    let fallen = (bin as f64 / end - PASS_BAND) / (1.0 - PASS_BAND);
    (0.5 + 0.5 * (std::f64::consts::PI * fallen.clamp(0.0, 1.0)).cos()) as f32
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
