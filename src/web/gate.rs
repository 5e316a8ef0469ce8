//! The voice gate: is somebody speaking?
//!
//! Short-time energy against the background's, after Rabiner and Sambur, *An algorithm for determining the endpoints of isolated
//! utterances* (Bell System Technical Journal 54, 1975). The background is the quietest frame of the last two seconds, the idea of minimum
//! statistics (Martin, *Noise power spectral density estimation based on optimal smoothing and minimum statistics*, IEEE Transactions on
//! Speech and Audio Processing 9, 2001): speech has a gap in any two seconds, a fan has not. Levels are those above 200 Hz: what rumbles
//! below has so few degrees of freedom in 20 ms that its level alone goes up and down by more than speech stands out (pink noise had the
//! gate open 45 % of the time).

use std::collections::VecDeque;

/// Frames a second: 20 ms each.
const FRAMES_A_SECOND: u32 = 50;
/// The corner of the high-pass of first order that levels are taken behind, Hz.
const CORNER_HZ: f64 = 200.0;
/// Over how many frames the background is looked for.
const BACKGROUND_FRAMES: usize = 100;
/// How far over the background speech is, dB.
const OVER_BACKGROUND_DB: f64 = 9.0;
/// What is quieter is no speech, dB of full scale.
const QUIETEST_DB: f64 = -60.0;
/// What is louder is speech even where no background is known, dB of full scale.
const LOUD_DB: f64 = -20.0;
/// For how many frames the gate stays open after speech: 300 ms, the gaps between words.
const HANGOVER_FRAMES: u32 = 15;
/// The level of digital silence, dB of full scale.
pub(super) const SILENCE_DB: f64 = -100.0;

/// A voice activity gate that is fed sample after sample.
#[derive(Debug, Clone)]
pub struct Gate {
    high_pass: HighPass,
    frame_length: u32,
    filled: u32,
    energy: f64,
    levels: VecDeque<f64>,
    open_for: u32,
}

impl Gate {
    /// A closed gate for sound at `sample_rate` Hz.
    pub fn new(sample_rate: u32) -> Self {
        Self {
            high_pass: HighPass::new(CORNER_HZ, sample_rate),
            frame_length: (sample_rate / FRAMES_A_SECOND).max(1),
            filled: 0,
            energy: 0.0,
            levels: VecDeque::with_capacity(BACKGROUND_FRAMES),
            open_for: 0,
        }
    }

    /// Takes one sample in `[-1, 1]`; true while the gate is open.
    ///
    /// ```
    /// use intone::web::Gate;
    /// let mut gate = Gate::new(16_000);
    /// assert!(!(0..16_000).any(|_| gate.push(0.0)));
    /// assert!((0..16_000).any(|k| gate.push(0.1 * (k as f32 * 0.1).sin())));
    /// ```
    pub fn push(&mut self, sample: f32) -> bool {
        self.energy += self.high_pass.pass(f64::from(sample)).powi(2);
        self.filled += 1;
        if self.filled == self.frame_length {
            let level = decibels(self.energy / f64::from(self.frame_length));
            (self.filled, self.energy) = (0, 0.0);
            self.frame(level);
        }
        self.open_for > 0
    }

    fn frame(&mut self, level: f64) {
        if self.levels.len() == BACKGROUND_FRAMES {
            self.levels.pop_front();
        }
        self.levels.push_back(level);
        let background = self.levels.iter().copied().fold(f64::INFINITY, f64::min);
        let speech = level > LOUD_DB || (level > QUIETEST_DB && level > background + OVER_BACKGROUND_DB);
        self.open_for = if speech { HANGOVER_FRAMES + 1 } else { self.open_for.saturating_sub(1) };
    }
}

/// A resistor and a capacitor: `y[n] = a (y[n-1] + x[n] - x[n-1])`, 3 dB down at the corner, 6 dB an octave below.
#[derive(Debug, Clone)]
struct HighPass {
    a: f64,
    x: f64,
    y: f64,
}

impl HighPass {
    fn new(corner_hz: f64, sample_rate: u32) -> Self {
        let turn = std::f64::consts::TAU * corner_hz / f64::from(sample_rate.max(1));
        Self { a: 1.0 / (1.0 + turn), x: 0.0, y: 0.0 }
    }

    fn pass(&mut self, x: f64) -> f64 {
        self.y = self.a * (self.y + x - self.x);
        self.x = x;
        self.y
    }
}

/// Mean power to dB of full scale, at least [`SILENCE_DB`].
pub(super) fn decibels(power: f64) -> f64 {
    (10.0 * power.max(1e-10).log10()).max(SILENCE_DB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Clip;
    use crate::augment::{NoiseColour, add_noise};
    use crate::corpus::Emotion;
    use crate::corpus::demo::Utterance;
    use crate::seed;

    fn open(gate: &mut Gate, samples: impl IntoIterator<Item = f32>) -> f64 {
        let passed: Vec<bool> = samples.into_iter().map(|sample| gate.push(sample)).collect();
        passed.iter().filter(|&&open| open).count() as f64 / passed.len() as f64
    }

    fn hum(level_db: f64, seconds: f64) -> impl Iterator<Item = f32> {
        let amplitude = 10_f64.powf(level_db / 20.0) * std::f64::consts::SQRT_2;
        (0..(seconds * 16_000.0) as u32).map(move |k| (amplitude * (f64::from(k) * 0.3).sin()) as f32)
    }

    #[test]
    fn silence_and_a_steady_hum_stay_outside() {
        let mut gate = Gate::new(16_000);
        assert_eq!(open(&mut gate, hum(-200.0, 3.0)), 0.0);
        let mut gate = Gate::new(16_000);
        assert_eq!(open(&mut gate, hum(-35.0, 3.0)), 0.0);
        assert_eq!(open(&mut gate, hum(-70.0, 3.0)), 0.0);
    }

    #[test]
    fn pink_and_white_noise_stay_outside_and_a_voice_over_them_is_let_in() {
        let clip = |samples| Clip { samples, sample_rate: 16_000 };
        for (colour, level_db) in [(NoiseColour::Pink, -45.0), (NoiseColour::Pink, -25.0), (NoiseColour::White, -45.0)] {
            let tone = clip(vec![10_f32.powf(level_db / 20.0); 16_000 * 60]);
            let noise = add_noise(&tone, colour, 0.0, &mut seed::stream(5, &["gate"])).unwrap().samples;
            let noise: Vec<f32> = noise.iter().zip(&tone.samples).map(|(sum, tone)| sum - tone).collect();
            let mut gate = Gate::new(16_000);
            open(&mut gate, noise[..32_000].iter().copied());
            assert_eq!(open(&mut gate, noise.iter().copied()), 0.0, "{colour:?} at {level_db} dB");

            let voice = Utterance { seed: 3, speaker: 2, emotion: Emotion::Calm, statement: 1, repetition: 1 }.synthesise();
            let level = 10.0 * (voice.samples.iter().map(|x| x * x).sum::<f32>() / voice.samples.len() as f32).log10();
            let gain = 10_f32.powf((level_db + 20.0 - level) / 20.0);
            let share = open(&mut gate, voice.samples.iter().zip(&noise).map(|(voice, noise)| voice * gain + noise));
            assert!(share > 0.6, "{colour:?} at {level_db} dB: open for {share}");
        }
    }

    #[test]
    fn a_hum_that_begins_is_let_in_only_until_it_is_known_as_background() {
        let mut gate = Gate::new(16_000);
        open(&mut gate, hum(-70.0, 2.0));
        assert!(open(&mut gate, hum(-35.0, 1.9)) > 0.98);
        open(&mut gate, hum(-35.0, 1.0));
        assert_eq!(open(&mut gate, hum(-35.0, 2.0)), 0.0);
    }

    #[test]
    fn synthetic_voices_are_let_in_at_any_usual_level() {
        for (emotion, gain) in Emotion::ALL.into_iter().zip([1.0, 0.3, 0.1, 0.05].into_iter().cycle()) {
            let mut gate = Gate::new(16_000);
            let clip = Utterance { seed: 3, speaker: 2, emotion, statement: 1, repetition: 1 }.synthesise();
            let share = open(&mut gate, clip.samples.iter().map(|sample| sample * gain));
            assert!(share > 0.7, "{emotion} x {gain}: open for {share}");
        }
    }

    #[test]
    fn the_gate_closes_after_the_hangover() {
        let mut gate = Gate::new(16_000);
        open(&mut gate, hum(-70.0, 1.0).chain(hum(-30.0, 0.5)));
        assert_eq!(open(&mut gate, hum(-70.0, 0.28)), 1.0);
        open(&mut gate, hum(-70.0, 0.06));
        assert_eq!(open(&mut gate, hum(-70.0, 1.0)), 0.0);
    }
}
