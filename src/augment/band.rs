//! The band of a telephone or a poor microphone.

use std::f64::consts::PI;
use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::stage::{Stage, check_range, draw};
use crate::audio::Clip;
use crate::settings::InvalidSetting;

/// The band edges that the settings take, Hz.
pub const BAND_EDGES_HZ: RangeInclusive<f32> = 0.0..=192_000.0;

/// The section `[augment.band-limit]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BandLimitSettings {
    /// The chance that a clip's band is limited, 0 to 1.
    pub probability: f32,
    /// Lower edge, Hz, drawn uniformly between these two; 0 = none.
    pub low_hz: [f32; 2],
    /// Upper edge, Hz, drawn uniformly between these two; from half the sample rate on there is none.
    pub high_hz: [f32; 2],
}

/// A second-order section with `a0 = 1`.
struct Section {
    b: [f64; 3],
    a: [f64; 2],
}

/// Poles of each filter's sections: `1 / Q = 2 cos(angle)`, of the fourth order.
const ANGLES: [f64; 2] = [PI / 8.0, 3.0 * PI / 8.0];

/// Keeps the band from `low_hz` to `high_hz`: a Butterworth high-pass at the lower edge and a low-pass at the upper one, each of the fourth
/// order (Butterworth 1930): 3 dB down at its edge, 24 dB an octave beyond. A telephone's band is 300 to 3400 Hz (ITU-T G.712).
///
/// The filters are `scipy.signal.butter(4, edge, fs=sample_rate)`: the bilinear transform, warped to meet the edge; they run forward only,
/// from rest. (`HighPassFilter` and `LowPassFilter` of audiomentations with a roll-off of 24 dB, but for the state that they begin in.) A
/// lower edge of 0 and an upper one from half the sample rate on leave that side as it is.
///
/// ```
/// use intone::{audio::Clip, augment};
/// let hum = Clip { samples: (0..16_000).map(|n| (n as f32 * 0.02).sin()).collect(), sample_rate: 16_000 }; // 51 Hz
/// let telephone = augment::band_limit(&hum, 300.0, 3400.0)?;
/// assert!(telephone.samples[8000..].iter().all(|sample| sample.abs() < 2e-3));
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Band`] for edges that leave no band: a lower one below 0, not below the upper one, or not below half the sample rate.
pub fn band_limit(clip: &Clip, low_hz: f32, high_hz: f32) -> Result<Clip, AugmentError> {
    let half = clip.sample_rate as f32 / 2.0;
    if !(low_hz >= 0.0 && low_hz < high_hz && low_hz < half) {
        return Err(AugmentError::Band { low_hz, high_hz, sample_rate: clip.sample_rate });
    }
    let warped = |edge: f32| (PI * f64::from(edge) / f64::from(clip.sample_rate)).tan();
    let mut samples = clip.samples.clone();
    if low_hz > 0.0 {
        filter(&mut samples, &ANGLES.map(|angle| high_pass(warped(low_hz), angle)));
    }
    if high_hz < half {
        filter(&mut samples, &ANGLES.map(|angle| low_pass(warped(high_hz), angle)));
    }
    Ok(Clip { samples, sample_rate: clip.sample_rate })
}

fn low_pass(edge: f64, angle: f64) -> Section {
    let (norm, a) = poles(edge, angle);
    let gain = edge * edge * norm;
    Section { b: [gain, 2.0 * gain, gain], a }
}

fn high_pass(edge: f64, angle: f64) -> Section {
    let (norm, a) = poles(edge, angle);
    Section { b: [norm, -2.0 * norm, norm], a }
}

/// What the numerator is divided by, and the denominator.
fn poles(edge: f64, angle: f64) -> (f64, [f64; 2]) {
    let (square, damping) = (edge * edge, 2.0 * angle.cos() * edge);
    let norm = 1.0 / (1.0 + damping + square);
    (norm, [2.0 * (square - 1.0) * norm, (1.0 - damping + square) * norm])
}

/// Runs sections one after the other, sample by sample so that they overlap in the processor (transposed direct form II).
fn filter(samples: &mut [f32], sections: &[Section; 2]) {
    let mut state = [[0.0_f64; 2]; 2];
    for sample in samples {
        let mut value = f64::from(*sample);
        for (Section { b, a }, state) in sections.iter().zip(&mut state) {
            let out = b[0] * value + state[0];
            *state = [b[1] * value - a[0] * out + state[1], b[2] * value - a[1] * out];
            value = out;
        }
        *sample = value as f32;
    }
}

impl Stage for BandLimitSettings {
    fn key(&self) -> &'static str {
        "band-limit"
    }

    fn probability(&self) -> f32 {
        self.probability
    }

    fn check_ranges(&self) -> Result<(), InvalidSetting> {
        check_range("band-limit.low_hz", self.low_hz, &BAND_EDGES_HZ)?;
        check_range("band-limit.high_hz", self.high_hz, &BAND_EDGES_HZ)?;
        let (low, high) = (self.low_hz[1], self.high_hz[0]);
        if low >= high {
            return Err(InvalidSetting::new("augment.band-limit.low_hz", format!("reaches {low}, but `high_hz` begins at {high}")));
        }
        Ok(())
    }

    fn describe(&self) -> String {
        let ([low_from, low_to], [high_from, high_to]) = (self.low_hz, self.high_hz);
        format!("band edges of {low_from} to {low_to} Hz and {high_from} to {high_to} Hz")
    }

    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
        let (low_hz, high_hz) = (draw(self.low_hz, rng), draw(self.high_hz, rng));
        band_limit(clip, low_hz, high_hz)
    }
}
