//! Levels of harmonics: of the first over the second, and over the strongest near each formant.
//!
//! H1-H2 and H1-A3 are those of GeMAPS (Eyben et al. 2016, after Hanson 1997, *Glottal characteristics of female speakers*); H1-A1 and
//! H1-A2 are the negatives of its formant amplitudes relative to f0. Levels are the highest of the frame's spectrum under the window
//! that f0 is found with (three of the longest periods), within a quarter of f0 around each multiple; a harmonic is near a formant when
//! within 20 % of it.

use rustfft::num_complex::Complex;

use super::formants::{FORMANTS, Formant};

/// Names of the columns.
pub(in crate::features) const COLUMNS: [&str; 1 + FORMANTS] = ["h1_h2", "h1_a1", "h1_a2", "h1_a3"];
/// Part of a formant's frequency.
const NEAR: f64 = 0.2;

/// The power spectrum of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spectrum<'a> {
    /// In the real parts.
    pub power: &'a [Complex<f64>],
    /// Hz from bin to bin.
    pub step: f64,
}

impl Spectrum<'_> {
    /// The columns; 0 where a level cannot be told.
    pub fn levels(self, f0: f64, formants: &[Formant; FORMANTS]) -> [f32; COLUMNS.len()] {
        let first = self.harmonic(f0, 1.0);
        let over = |other: f64| if first > 0.0 && other > 0.0 { (10.0 * (first / other).log10()) as f32 } else { 0.0 };
        let mut levels = [over(self.harmonic(f0, 2.0)); COLUMNS.len()];
        for (level, formant) in levels[1..].iter_mut().zip(formants) {
            *level = over(self.near(f0, formant.frequency));
        }
        levels
    }

    /// The strongest harmonic near a frequency, or else the nearest; 0 of no frequency.
    fn near(self, f0: f64, frequency: f64) -> f64 {
        if frequency == 0.0 {
            return 0.0;
        }
        let nearest = (frequency / f0).round().max(1.0);
        let (lowest, highest) = (((1.0 - NEAR) * frequency / f0).ceil().max(1.0), ((1.0 + NEAR) * frequency / f0).floor());
        let mut strongest = self.harmonic(f0, nearest);
        let mut number = lowest;
        while number <= highest {
            strongest = strongest.max(self.harmonic(f0, number));
            number += 1.0;
        }
        strongest
    }

    /// The power of a harmonic; 0 over half the sample rate.
    fn harmonic(self, f0: f64, number: f64) -> f64 {
        let bin = |frequency: f64| frequency / self.step;
        let from = (bin((number - 0.25) * f0).ceil() as usize).min(self.power.len());
        let to = (bin((number + 0.25) * f0).floor() as usize + 1).clamp(from, self.power.len());
        self.power[from..to].iter().fold(0.0, |highest, value| highest.max(value.re))
    }
}
