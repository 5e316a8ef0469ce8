//! The voice source: pulses of air through the glottis.
//!
//! The flow within a period is the polynomial of KLGLOTT88 (Klatt & Klatt, "Analysis, synthesis, and perception of voice quality
//! variations among female and male talkers", JASA 87, 1990, section I): `x² − x³` over the open part of the period, zero over the
//! closed one, then a one-pole low-pass that tilts the spectrum. Differences of the flow stand for its derivative at the lips.

use std::f64::consts::TAU;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Steady properties of a voice in one utterance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voice {
    /// Part of the period in which the glottis is open, 0.3 to 0.9.
    pub open_quotient: f64,
    /// How far the spectral tilt brings the level down at 3 kHz, dB.
    pub tilt_db: f64,
    /// Deviation of the period from pulse to pulse, part of the period.
    pub jitter: f64,
    /// Deviation of the strength from pulse to pulse, part of the strength.
    pub shimmer: f64,
}

/// A stream of glottal pulses.
#[derive(Debug)]
pub struct Glottis {
    voice: Voice,
    sample_rate: f64,
    phase: f64,
    period_factor: f64,
    strength: f64,
    last_flow: f64,
    low_pass: f64,
    filtered: f64,
}

impl Glottis {
    /// A glottis at the start of its period.
    pub fn new(voice: Voice, sample_rate: f64) -> Self {
        let low_pass = tilt_coefficient(voice.tilt_db, TAU * 3000.0 / sample_rate);
        Self { voice, sample_rate, phase: 0.0, period_factor: 1.0, strength: 1.0, last_flow: 0.0, low_pass, filtered: 0.0 }
    }

    /// The next sample of the flow's derivative at pitch `f0_hz`, about −1 at the closure whatever the pitch, and whether the glottis
    /// is open.
    pub fn next(&mut self, f0_hz: f64, rng: &mut ChaCha8Rng) -> (f64, bool) {
        let step = f0_hz * self.period_factor / self.sample_rate;
        self.phase += step;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            self.period_factor = 1.0 + self.voice.jitter * gaussian(rng);
            self.strength = 1.0 + self.voice.shimmer * gaussian(rng);
        }
        let open = self.phase < self.voice.open_quotient;
        let flow = if open {
            let x = self.phase / self.voice.open_quotient;
            self.strength * (x * x - x * x * x)
        } else {
            0.0
        };
        // The slope at closure is 1 / open_quotient a period.
        let derivative = (flow - self.last_flow) * self.voice.open_quotient / step;
        self.last_flow = flow;
        self.filtered += (1.0 - self.low_pass) * (derivative - self.filtered);
        (self.filtered, open)
    }
}

/// The pole `a` of `y[n] = (1 − a) x[n] + a y[n−1]` for which the level at angular frequency `omega` is `tilt_db` under that at 0.
fn tilt_coefficient(tilt_db: f64, omega: f64) -> f64 {
    let power = 10f64.powf(-tilt_db / 10.0);
    if power > 0.999 {
        return 0.0;
    }
    let b = 1.0 - power * omega.cos();
    let c = 1.0 - power;
    (b - (b * b - c * c).sqrt()) / c
}

/// A value of zero mean and unit deviation, bell-shaped (sum of twelve uniform values): plain arithmetic, the same on every machine.
pub(super) fn gaussian(rng: &mut ChaCha8Rng) -> f64 {
    (0..12).map(|_| rng.r#gen::<f64>()).sum::<f64>() - 6.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tilt_brings_3_khz_down_by_what_it_says() {
        let omega = TAU * 3000.0 / 16_000.0;
        for tilt_db in [0.5, 6.0, 18.0] {
            let a = tilt_coefficient(tilt_db, omega);
            let gain = (1.0 - a) / (1.0 - 2.0 * a * omega.cos() + a * a).sqrt();
            assert!((20.0 * gain.log10() + tilt_db).abs() < 1e-9, "{tilt_db}");
        }
        assert_eq!(tilt_coefficient(0.0, omega), 0.0);
    }

    #[test]
    fn a_second_has_as_many_pulses_as_the_pitch() {
        let voice = Voice { open_quotient: 0.6, tilt_db: 6.0, jitter: 0.0, shimmer: 0.0 };
        let mut glottis = Glottis::new(voice, 16_000.0);
        let mut rng = crate::seed::stream(1, &["test"]);
        let open: Vec<bool> = (0..16_000).map(|_| glottis.next(125.0, &mut rng).1).collect();
        assert_eq!(open.windows(2).filter(|w| w[0] && !w[1]).count(), 125);
    }
}
