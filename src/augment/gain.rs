//! A clip recorded louder or softer.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::stage::{Stage, check_range, draw};
use crate::audio::Clip;
use crate::settings::InvalidSetting;

/// The gains that [`gain`] takes, dB.
pub const GAINS_DB: RangeInclusive<f32> = -60.0..=60.0;

/// The section `[augment.gain]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GainSettings {
    /// The chance that a clip's level is changed, 0 to 1.
    pub probability: f32,
    /// Gain, dB, drawn uniformly between these two.
    pub db: [f32; 2],
}

/// Multiplies a clip by `10^(db / 20)`; samples may leave `[-1, 1]`, and nothing is clipped. (As `Gain` of audiomentations.)
///
/// ```
/// use intone::{audio::Clip, augment};
/// let clip = Clip { samples: vec![0.1, -0.2], sample_rate: 16_000 };
/// assert_eq!(augment::gain(&clip, 20.0)?.samples, [1.0, -2.0]);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Gain`] for a gain outside [`GAINS_DB`].
pub fn gain(clip: &Clip, db: f32) -> Result<Clip, AugmentError> {
    if !GAINS_DB.contains(&db) {
        return Err(AugmentError::Gain { db });
    }
    let factor = 10.0_f64.powf(f64::from(db) / 20.0) as f32;
    Ok(Clip { samples: clip.samples.iter().map(|sample| sample * factor).collect(), sample_rate: clip.sample_rate })
}

impl Stage for GainSettings {
    fn key(&self) -> &'static str {
        "gain"
    }

    fn probability(&self) -> f32 {
        self.probability
    }

    fn check_ranges(&self) -> Result<(), InvalidSetting> {
        check_range("gain.db", self.db, &GAINS_DB)
    }

    fn describe(&self) -> String {
        format!("gain {} to {} dB", self.db[0], self.db[1])
    }

    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
        gain(clip, draw(self.db, rng))
    }
}
