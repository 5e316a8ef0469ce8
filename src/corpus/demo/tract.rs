//! The vocal tract: resonators in cascade for the voice, a band of noise beside them for fricatives and bursts.
//!
//! Resonators and their use are those of Klatt, "Software for a cascade/parallel formant synthesizer", JASA 67 (1980), section I.

use std::f64::consts::{PI, TAU};

/// A resonance with unit gain at 0 Hz: `y[n] = a x[n] + b y[n−1] + c y[n−2]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Resonator {
    a: f64,
    b: f64,
    c: f64,
    y1: f64,
    y2: f64,
}

impl Resonator {
    /// Moves the resonance to `frequency`, with a 3 dB width of `bandwidth` (Hz), and keeps what rings in it.
    pub fn tune(&mut self, frequency: f64, bandwidth: f64, sample_rate: f64) {
        self.c = -(-TAU * bandwidth / sample_rate).exp();
        self.b = 2.0 * (-PI * bandwidth / sample_rate).exp() * (TAU * frequency / sample_rate).cos();
        self.a = 1.0 - self.b - self.c;
    }

    /// The next sample.
    pub fn next(&mut self, x: f64) -> f64 {
        let y = self.a * x + self.b * self.y1 + self.c * self.y2;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

/// A band-pass with unit gain at its centre.
#[derive(Debug, Clone, Copy, Default)]
pub struct Band {
    gain: f64,
    b: f64,
    c: f64,
    x1: f64,
    x2: f64,
    y1: f64,
    y2: f64,
}

impl Band {
    /// Moves the band to `centre`, `width` Hz wide.
    pub fn tune(&mut self, centre: f64, width: f64, sample_rate: f64) {
        let radius = (-PI * width / sample_rate).exp();
        self.c = -radius * radius;
        self.b = 2.0 * radius * (TAU * centre / sample_rate).cos();
        self.gain = (1.0 - radius * radius) / 2.0;
    }

    /// The next sample.
    pub fn next(&mut self, x: f64) -> f64 {
        let y = self.gain * (x - self.x2) + self.b * self.y1 + self.c * self.y2;
        self.x2 = self.x1;
        self.x1 = x;
        self.y2 = self.y1;
        self.y1 = y;
        y
    }
}

/// Formants above the third, of a man of average size, Hz: they carry the speaker, not the vowel.
const HIGHER: [f64; 4] = [3500.0, 4500.0, 5500.0, 6500.0];
const BANDWIDTHS: [f64; 3] = [70.0, 100.0, 140.0];
const HIGHER_BANDWIDTHS: [f64; 4] = [220.0, 300.0, 400.0, 500.0];

/// Seven formants in cascade.
#[derive(Debug)]
pub struct Tract {
    formants: [Resonator; 7],
    sample_rate: f64,
}

impl Tract {
    /// A tract whose upper formants are those of an average man times `scale`.
    pub fn new(scale: f64, sample_rate: f64) -> Self {
        let mut formants = [Resonator::default(); 7];
        let highest = sample_rate / 2.0 - 250.0;
        for (resonator, (frequency, bandwidth)) in formants[3..].iter_mut().zip(HIGHER.into_iter().zip(HIGHER_BANDWIDTHS)) {
            resonator.tune((frequency * scale).min(highest), bandwidth, sample_rate);
        }
        Self { formants, sample_rate }
    }

    /// Moves the lower formants (Hz), with bandwidths widened by `damping`.
    pub fn tune(&mut self, formants: [f64; 3], damping: f64) {
        for (resonator, (frequency, bandwidth)) in self.formants.iter_mut().zip(formants.into_iter().zip(BANDWIDTHS)) {
            resonator.tune(frequency, bandwidth * damping, self.sample_rate);
        }
    }

    /// The next sample at the lips.
    pub fn next(&mut self, source: f64) -> f64 {
        self.formants.iter_mut().fold(source, |x, resonator| resonator.next(x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain at `frequency`, from the steady response to a sinusoid.
    fn gain(mut filter: impl FnMut(f64) -> f64, frequency: f64) -> f64 {
        let out: Vec<f64> = (0..16_000).map(|n| filter((TAU * frequency * f64::from(n) / 16_000.0).sin())).collect();
        (2.0 * out[8_000..].iter().map(|y| y * y).sum::<f64>() / 8_000.0).sqrt()
    }

    #[test]
    fn a_resonator_passes_low_frequencies_unchanged_and_is_loudest_at_its_formant() {
        let at = |frequency| {
            let mut resonator = Resonator::default();
            resonator.tune(1_000.0, 80.0, 16_000.0);
            gain(|x| resonator.next(x), frequency)
        };
        assert!((at(5.0) - 1.0).abs() < 0.01);
        assert!(at(1_000.0) > 5.0 && at(1_000.0) > at(900.0) && at(1_000.0) > at(1_100.0));
        // Three dB down at half the bandwidth from the centre.
        assert!((20.0 * (at(1_000.0) / at(1_040.0)).log10() - 3.0).abs() < 0.3);
    }

    #[test]
    fn a_band_has_unit_gain_at_its_centre_and_none_at_zero() {
        let at = |frequency| {
            let mut band = Band::default();
            band.tune(4_000.0, 1_000.0, 16_000.0);
            gain(|x| band.next(x), frequency)
        };
        assert!((at(4_000.0) - 1.0).abs() < 0.02);
        assert!(at(10.0) < 0.01);
    }
}
