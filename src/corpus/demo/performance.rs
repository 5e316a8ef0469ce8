//! How one utterance is spoken: speaker, emotion and chance brought together as the numbers that drive the synthesiser.

use rand_chacha::ChaCha8Rng;

use super::glottis::{Voice, gaussian};
use super::profile::{Manner, SPREAD, STEADY_PART};
use super::speaker::{Speaker, semitones};
use crate::corpus::Emotion;

/// Everything that is steady within one utterance.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Performance {
    /// Middle of the f0 contour, Hz.
    pub f0_hz: f64,
    /// Rise of f0 on a fully stressed syllable, semitones.
    pub accent_st: f64,
    /// Rise of f0 over the sentence, semitones.
    pub slope_st: f64,
    /// Movement of f0 on the last syllable, semitones.
    pub end_st: f64,
    /// Depth of the tremor, semitones.
    pub tremor_st: f64,
    /// Tempo, relative to an average neutral one.
    pub rate: f64,
    /// Pause within the sentence, ms; 0 = none.
    pub pause_ms: f64,
    /// Level of the whole, as a factor.
    pub gain: f64,
    /// How far a fully stressed syllable is louder, dB.
    pub accent_db: f64,
    /// The source.
    pub voice: Voice,
    /// Breath noise relative to voicing, as a factor.
    pub breath: f64,
    /// Formants relative to those of an average man.
    pub formant_scale: f64,
    /// Distance of formants from the neutral tract, relative to careful speech.
    pub reach: f64,
}

impl Performance {
    /// Draws the utterance's own deviations from `rng`.
    pub fn new(speaker: &Speaker, emotion: Emotion, rng: &mut ChaCha8Rng) -> Self {
        let strength = speaker.strength(emotion) + 0.15 * SPREAD * gaussian(rng);
        let own = (1.0 - STEADY_PART * STEADY_PART).sqrt();
        let chance = Manner::deviation(&std::array::from_fn(|_| own * SPREAD * gaussian(rng)));
        let manner = chance.plus(speaker.habit(emotion), 1.0).plus(Manner::of(emotion), strength);
        let pause_ms = 45.0 * (manner.pause + 0.4 * gaussian(rng)).exp();
        Self {
            f0_hz: (speaker.f0_hz * semitones(manner.f0_level)).clamp(60.0, 520.0),
            accent_st: 2.6 * manner.f0_range.exp(),
            slope_st: manner.f0_slope - 2.5,
            end_st: manner.f0_end - 1.0,
            tremor_st: manner.tremor.max(0.0),
            rate: (speaker.rate * manner.tempo.exp()).clamp(0.7, 1.5),
            // A break shorter than this is no pause: the words run on.
            pause_ms: if pause_ms < 40.0 { 0.0 } else { pause_ms.min(280.0) },
            gain: decibels((speaker.level_db + manner.level).clamp(-16.0, 14.0)),
            accent_db: (3.0 + manner.accent).max(0.0),
            voice: Voice {
                open_quotient: (speaker.open_quotient + manner.open_quotient).clamp(0.35, 0.85),
                tilt_db: (speaker.tilt_db + manner.tilt).clamp(0.0, 30.0),
                jitter: 0.007 * manner.irregularity.exp(),
                shimmer: 0.05 * manner.irregularity.exp(),
            },
            breath: decibels((speaker.breath_db + manner.breath).min(-8.0)),
            formant_scale: speaker.formant_scale * manner.formants.exp(),
            reach: (0.93 * manner.reach.exp()).clamp(0.6, 1.2),
        }
    }
}

/// The amplitude ratio of `db` decibels.
pub(super) fn decibels(db: f64) -> f64 {
    (db * std::f64::consts::LN_10 / 20.0).exp()
}
