//! What can go wrong with a variation.

use super::{PITCH_STEPS, SPEED_FACTORS, STRETCH_RATES};
use crate::audio::AudioError;

/// Why a clip could not be varied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AugmentError {
    /// A factor outside [`SPEED_FACTORS`].
    #[error("speed factor {factor} is not within {} to {}", SPEED_FACTORS.start(), SPEED_FACTORS.end())]
    Speed {
        /// The factor.
        factor: f32,
    },
    /// A rate outside [`STRETCH_RATES`].
    #[error("stretch rate {rate} is not within {} to {}", STRETCH_RATES.start(), STRETCH_RATES.end())]
    Rate {
        /// The rate.
        rate: f64,
    },
    /// A shift outside [`PITCH_STEPS`].
    #[error("pitch shift of {steps} semitones is not within {} to {}", PITCH_STEPS.start(), PITCH_STEPS.end())]
    Pitch {
        /// The semitones.
        steps: f64,
    },
    /// The resampler failed.
    #[error(transparent)]
    Audio(#[from] AudioError),
}
