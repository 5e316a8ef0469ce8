//! Who speaks: what is steady in a voice from one utterance to the next.

use rand::Rng;

use super::glottis::gaussian;
use super::profile::{Manner, PARAMETERS, SPREAD, STEADY_PART};
use crate::corpus::Emotion;
use crate::seed;

/// Sex of a speaker, which sets pitch and vocal-tract length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    /// Low pitch, long vocal tract.
    Male,
    /// High pitch, short vocal tract.
    Female,
}

impl Sex {
    /// `male` or `female`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }

    /// As in RAVDESS, odd numbers are men.
    pub fn of_number(number: usize) -> Self {
        if number % 2 == 1 { Self::Male } else { Self::Female }
    }
}

/// A synthetic speaker.
#[derive(Debug, Clone, PartialEq)]
pub struct Speaker {
    /// Sex.
    pub sex: Sex,
    /// Formants relative to those of an average man: the inverse of vocal-tract length.
    pub formant_scale: f64,
    /// Habitual pitch, Hz.
    pub f0_hz: f64,
    /// Habitual tempo, relative to the average.
    pub rate: f64,
    /// Habitual level, relative to the average, dB.
    pub level_db: f64,
    /// Habitual spectral tilt at 3 kHz, dB.
    pub tilt_db: f64,
    /// Habitual open quotient of the glottis.
    pub open_quotient: f64,
    /// Habitual strength of breath in the voice, relative to voicing, dB.
    pub breath_db: f64,
    habits: Vec<(f64, [f64; PARAMETERS])>,
}

impl Speaker {
    /// Speaker `number` (from 1) of the corpus with this seed.
    pub fn new(seed: u64, number: usize) -> Self {
        let rng = &mut seed::stream(seed, &["demo", "speaker", &number.to_string()]);
        let sex = Sex::of_number(number);
        // Peterson & Barney's women have formants about 17 % above those of men, and a pitch of 223 Hz against 132 Hz.
        let (scale, f0_hz, tilt_db, open_quotient, breath_db) = match sex {
            Sex::Male => (1.00, 118.0, 9.0, 0.55, -27.0),
            Sex::Female => (1.16, 205.0, 11.0, 0.62, -24.0),
        };
        Self {
            sex,
            formant_scale: scale * (1.0 + 0.035 * (2.0 * rng.r#gen::<f64>() - 1.0) + 0.012 * gaussian(rng)),
            f0_hz: f0_hz * semitones(1.3 * gaussian(rng)),
            rate: 1.0 + 0.05 * gaussian(rng),
            level_db: 1.5 * gaussian(rng),
            tilt_db: tilt_db + 1.2 * gaussian(rng),
            open_quotient: open_quotient + 0.02 * gaussian(rng),
            breath_db: breath_db + 1.5 * gaussian(rng),
            habits: Emotion::ALL
                .iter()
                .map(|_| {
                    let strength = 1.0 + 0.15 * SPREAD * gaussian(rng);
                    (strength, std::array::from_fn(|_| STEADY_PART * SPREAD * gaussian(rng)))
                })
                .collect(),
        }
    }

    /// How strongly this speaker expresses `emotion`, 1 on average.
    pub fn strength(&self, emotion: Emotion) -> f64 {
        self.habits[emotion.index()].0
    }

    /// How this speaker's way of expressing `emotion` differs from everybody's.
    pub fn habit(&self, emotion: Emotion) -> Manner {
        Manner::deviation(&self.habits[emotion.index()].1)
    }
}

/// The ratio of frequencies that are `n` semitones apart.
pub(super) fn semitones(n: f64) -> f64 {
    (n * std::f64::consts::LN_2 / 12.0).exp()
}
