//! What can go wrong with a variation.

use super::{
    DIRECT_RATIOS_DB, GAINS_DB, PITCH_STEPS, REVERBERATION_TIMES_S, SHIFT_PARTS, SNRS_DB, SPEED_FACTORS, STRETCH_RATES, VOICE_FACTORS,
};
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
    /// A factor outside [`VOICE_FACTORS`].
    #[error("factor {factor} of pitch or formants is not within {} to {}", VOICE_FACTORS.start(), VOICE_FACTORS.end())]
    Voice {
        /// The factor.
        factor: f32,
    },
    /// A gain outside [`GAINS_DB`].
    #[error("gain of {db} dB is not within {} to {} dB", GAINS_DB.start(), GAINS_DB.end())]
    Gain {
        /// The gain, dB.
        db: f32,
    },
    /// A signal-to-noise ratio outside [`SNRS_DB`].
    #[error("signal-to-noise ratio of {db} dB is not within {} to {} dB", SNRS_DB.start(), SNRS_DB.end())]
    Snr {
        /// The ratio, dB.
        db: f32,
    },
    /// A shift outside [`SHIFT_PARTS`].
    #[error("time shift of {part} is not within {} to {}, a part of the clip", SHIFT_PARTS.start(), SHIFT_PARTS.end())]
    Shift {
        /// The part.
        part: f32,
    },
    /// A reverberation time outside [`REVERBERATION_TIMES_S`].
    #[error("RT60 of {seconds} s is not within {} to {} s", REVERBERATION_TIMES_S.start(), REVERBERATION_TIMES_S.end())]
    ReverberationTime {
        /// The time, seconds.
        seconds: f32,
    },
    /// A direct-to-reverberant ratio outside [`DIRECT_RATIOS_DB`].
    #[error("direct-to-reverberant ratio of {db} dB is not within {} to {} dB", DIRECT_RATIOS_DB.start(), DIRECT_RATIOS_DB.end())]
    DirectRatio {
        /// The ratio, dB.
        db: f32,
    },
    /// Edges between which there is no band.
    #[error(
        "a band from {low_hz} to {high_hz} Hz is none at {sample_rate} Hz: the lower edge must be 0 or more, under the upper one and \
         under half the sample rate"
    )]
    Band {
        /// Lower edge, Hz.
        low_hz: f32,
        /// Upper edge, Hz.
        high_hz: f32,
        /// The clip's sample rate, Hz.
        sample_rate: u32,
    },
    /// The resampler failed.
    #[error(transparent)]
    Audio(#[from] AudioError),
}
