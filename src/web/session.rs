//! A live session without its socket: samples in, windows to judge out; and the smoothing of what is said of them.

use std::collections::VecDeque;
use std::time::Instant;

use super::gate::{Gate, decibels};

/// Seconds of sound that a prediction is of.
pub const WINDOW_S: f64 = 3.0;
/// Milliseconds of sound from one prediction to the next.
pub const HOP_MS: u32 = 250;
/// Seconds of sound under which nothing is judged.
pub const MIN_S: f64 = 0.5;
/// Time constant of the smoothing, seconds.
pub const SMOOTHING_S: f64 = 0.75;

/// A hop whose answer is due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Due {
    /// Where the window ends, samples since the session began or was cleared.
    pub end: u64,
    /// When its last sample arrived.
    pub arrived: Instant,
    /// Whether somebody spoke in the hop.
    pub speech: bool,
    /// Root mean square of the hop, dB of full scale.
    pub level_db: f64,
    /// Hops before it that were due and got no answer.
    pub skipped: u32,
}

/// The sound of a session: a rolling window, cut into hops. Memory is bounded by the window, whatever is pushed.
#[derive(Debug, Clone)]
pub struct Session {
    sample_rate: u32,
    gate: Gate,
    recent: VecDeque<f32>,
    total: u64,
    hops: u64,
    speech: bool,
    energy: f64,
    in_hop: u32,
    due: Option<Due>,
}

impl Session {
    /// An empty session of sound at `sample_rate` Hz.
    pub fn new(sample_rate: u32) -> Self {
        let room = Self::samples(sample_rate, WINDOW_S) + Self::samples(sample_rate, f64::from(HOP_MS) / 1000.0) + 1;
        Self {
            sample_rate,
            gate: Gate::new(sample_rate),
            recent: VecDeque::with_capacity(room),
            total: 0,
            hops: 0,
            speech: false,
            energy: 0.0,
            in_hop: 0,
            due: None,
        }
    }

    /// Takes samples of little-endian 16-bit integers that arrived at `at`; an odd last byte is left out. Returns how many there were.
    pub fn push(&mut self, bytes: &[u8], at: Instant) -> u64 {
        let mut count = 0;
        for &sample in bytes.as_chunks::<2>().0 {
            // Scaled as the WAV decoder does, so that a window and the same clip as a file are equal to the bit.
            self.push_sample(f32::from(i16::from_le_bytes(sample)) / 32768.0, at);
            count += 1;
        }
        count
    }

    fn push_sample(&mut self, sample: f32, at: Instant) {
        if self.recent.len() == self.room() {
            self.recent.pop_front();
        }
        self.recent.push_back(sample);
        self.total += 1;
        self.in_hop += 1;
        self.energy += f64::from(sample) * f64::from(sample);
        self.speech |= self.gate.push(sample);
        if self.total >= self.hop_end() {
            self.end_hop(at);
        }
    }

    fn end_hop(&mut self, at: Instant) {
        let skipped = self.due.map_or(0, |due| due.skipped + 1);
        let level_db = decibels(self.energy / f64::from(self.in_hop.max(1)));
        self.due = Some(Due { end: self.total, arrived: at, speech: self.speech, level_db, skipped });
        self.hops += 1;
        (self.speech, self.energy, self.in_hop) = (false, 0.0, 0);
    }

    /// The newest hop whose answer is due, if any.
    pub fn due(&self) -> Option<Due> {
        self.due
    }

    /// Takes it: it is answered, or about to be.
    pub fn take_due(&mut self) -> Option<Due> {
        self.due.take()
    }

    /// The window that ends where `due` does: the last [`WINDOW_S`] of sound, or all there is. `due` must be the newest.
    pub fn window(&self, due: &Due) -> Vec<f32> {
        let after = usize::try_from(self.total.saturating_sub(due.end)).unwrap_or(usize::MAX);
        let end = self.recent.len().saturating_sub(after);
        let start = end.saturating_sub(Self::samples(self.sample_rate, WINDOW_S));
        self.recent.range(start..end).copied().collect()
    }

    /// Whether there is enough sound before `due` to judge.
    pub fn judgeable(&self, due: &Due) -> bool {
        due.end >= Self::samples(self.sample_rate, MIN_S) as u64
    }

    /// Seconds from the beginning to a sample.
    pub fn seconds(&self, sample: u64) -> f64 {
        sample as f64 / f64::from(self.sample_rate)
    }

    /// Forgets all sound.
    pub fn clear(&mut self) {
        *self = Self::new(self.sample_rate);
    }

    /// How many samples are kept: a window, and what may have arrived after the last hop ended.
    fn room(&self) -> usize {
        Self::samples(self.sample_rate, WINDOW_S) + Self::samples(self.sample_rate, f64::from(HOP_MS) / 1000.0) + 1
    }

    /// Where the running hop ends; from the start of the session, so that rates which a hop doesn't divide don't drift.
    fn hop_end(&self) -> u64 {
        (self.hops + 1) * u64::from(self.sample_rate) * u64::from(HOP_MS) / 1000
    }

    fn samples(sample_rate: u32, seconds: f64) -> usize {
        (f64::from(sample_rate) * seconds).round() as usize
    }
}

/// The exponential mean of probabilities over time: of two predictions `t` seconds apart, the older weighs `exp(-t / SMOOTHING_S)`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Smoother {
    state: Option<(f64, Vec<f64>)>,
}

impl Smoother {
    /// Takes the probabilities of the window that ends at `time_s`, and returns the mean, which sums to 1 as they do. What was said more than
    /// [`WINDOW_S`] before is forgotten: the windows have nothing in common.
    pub fn push(&mut self, time_s: f64, probabilities: &[f64]) -> &[f64] {
        let mean = match self.state.take() {
            Some((before, mut mean)) if time_s - before <= WINDOW_S && mean.len() == probabilities.len() => {
                let keep = (-(time_s - before).max(0.0) / SMOOTHING_S).exp();
                for (mean, &new) in mean.iter_mut().zip(probabilities) {
                    *mean = keep * *mean + (1.0 - keep) * new;
                }
                mean
            }
            _ => probabilities.to_vec(),
        };
        &self.state.insert((time_s, mean)).1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(samples: impl IntoIterator<Item = i16>) -> Vec<u8> {
        samples.into_iter().flat_map(i16::to_le_bytes).collect()
    }

    #[test]
    fn a_hop_is_due_every_quarter_second_and_its_window_is_the_last_three() {
        let mut session = Session::new(8_000);
        let at = Instant::now();
        for second in 0..20_i16 {
            for quarter in 0..4_i16 {
                assert_eq!(session.push(&bytes((0..2_000).map(|_| second * 4 + quarter)), at), 2_000);
                let due = session.take_due().unwrap();
                assert_eq!(session.seconds(due.end), f64::from(second) + f64::from(quarter + 1) / 4.0);
                assert_eq!(due.skipped, 0);
                let window = session.window(&due);
                assert_eq!(window.len(), 24_000.min(due.end as usize));
                assert_eq!(window.last().unwrap() * 32768.0, f32::from(second * 4 + quarter));
                assert_eq!(window[0] * 32768.0, f32::from((second * 4 + quarter - 11).max(0)));
                assert_eq!(session.judgeable(&due), due.end >= 4_000);
            }
        }
    }

    #[test]
    fn a_hop_that_is_late_is_merged_into_the_next() {
        let mut session = Session::new(16_000);
        session.push(&bytes((0..16_500).map(|_| 1)), Instant::now());
        let due = session.take_due().unwrap();
        assert_eq!((due.end, due.skipped), (16_000, 3));
        assert_eq!(session.window(&due).len(), 16_000);
        assert!(session.take_due().is_none());
    }

    #[test]
    fn clearing_begins_anew() {
        let mut session = Session::new(16_000);
        session.push(&bytes((0..20_000).map(|_| 9_000)), Instant::now());
        session.clear();
        assert!(session.due().is_none());
        session.push(&bytes((0..4_000).map(|_| 0)), Instant::now());
        let due = session.due().unwrap();
        assert_eq!((due.end, due.speech, due.level_db), (4_000, false, -100.0));
    }

    proptest! {
        /// How sound is cut into messages changes nothing.
        #[test]
        fn messages_of_any_length_give_the_same_windows(
            rate in prop::sample::select(vec![8_000_u32, 11_025, 16_000, 22_050, 44_100]),
            cuts in prop::collection::vec(1_usize..3_000, 1..60),
        ) {
            let at = Instant::now();
            let total: usize = cuts.iter().sum();
            let sound: Vec<i16> = (0..total).map(|k| ((k * 7919) % 65_536) as i16).collect();
            let mut session = Session::new(rate);
            let mut from = 0;
            for cut in cuts {
                session.push(&bytes(sound[from..from + cut].iter().copied()), at);
                from += cut;
                if let Some(due) = session.take_due() {
                    let end = due.end as usize;
                    let start = end.saturating_sub(3 * rate as usize);
                    let expected: Vec<f32> = sound[start..end].iter().map(|&sample| f32::from(sample) / 32768.0).collect();
                    prop_assert_eq!(session.window(&due), expected);
                }
            }
            prop_assert!(session.recent.len() <= session.room());
        }

        #[test]
        fn smoothed_probabilities_sum_to_one(values in prop::collection::vec(0.0_f64..1.0, 1..40), step in 0.01_f64..2.0) {
            let mut smoother = Smoother::default();
            for (k, value) in values.into_iter().enumerate() {
                let mean = smoother.push(k as f64 * step, &[value, 1.0 - value]);
                prop_assert!((mean.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn smoothing_has_its_time_constant_and_forgets_after_a_window() {
        let mut smoother = Smoother::default();
        assert_eq!(smoother.push(0.0, &[1.0, 0.0]), [1.0, 0.0]);
        let mean = smoother.push(SMOOTHING_S, &[0.0, 1.0]).to_vec();
        assert!((mean[0] - (-1.0_f64).exp()).abs() < 1e-12);
        assert_eq!(smoother.push(SMOOTHING_S + 3.1, &[0.25, 0.75]), [0.25, 0.75]);
    }
}
