//! How much the period and the amplitude of the voice vary from cycle to cycle: jitter and shimmer, as Praat's "local" measures.
//!
//! Of the pulses within 60 ms around a frame: jitter (local) is the mean absolute difference of neighbouring periods over the mean period;
//! shimmer (local) the same of the amplitudes of periods, and in dB the mean absolute `20 log10` of their ratios. An amplitude is the
//! root mean square around the pulse under a Hann window of 0.2 periods to both sides. Periods count from 0.1 to 20 ms, neighbours that
//! differ by more than a factor of 1.3 (amplitudes: 1.6) do not. Without enough of them, there is no value: 0.

/// Names of the columns.
pub(in crate::features) const COLUMNS: [&str; 3] = ["jitter", "shimmer", "shimmer_db"];
/// Seconds to both sides of a frame.
const HALF_WINDOW_S: f64 = 0.03;
/// Seconds.
const PERIODS: std::ops::RangeInclusive<f64> = 0.0001..=0.02;
const PERIOD_FACTOR: f64 = 1.3;
const AMPLITUDE_FACTOR: f64 = 1.6;
/// Part of a period that an amplitude is taken from, on each side.
const WIDTH: f64 = 0.2;

/// The pulses of a clip.
#[derive(Debug, Clone, Default)]
pub(super) struct Cycles {
    /// In samples, in order.
    pub times: Vec<f64>,
    /// Of each pulse between two others that make two like periods; else 0.
    amplitudes: Vec<f64>,
}

fn factor(a: f64, b: f64) -> f64 {
    a.max(b) / a.min(b)
}

impl Cycles {
    /// Measures the amplitudes of the pulses.
    pub fn measure(&mut self, samples: &[f32], sample_rate: f64) {
        self.amplitudes.clear();
        self.amplitudes.resize(self.times.len(), 0.0);
        for pulse in 1..self.times.len().saturating_sub(1) {
            let [before, after] = self.periods(pulse);
            if are_like(before, after, sample_rate) {
                self.amplitudes[pulse] = amplitude(samples, self.times[pulse], WIDTH * before, WIDTH * after);
            }
        }
    }

    /// The periods before and after a pulse, in samples.
    fn periods(&self, pulse: usize) -> [f64; 2] {
        [self.times[pulse] - self.times[pulse - 1], self.times[pulse + 1] - self.times[pulse]]
    }

    /// Jitter, shimmer and shimmer in dB around a time, in samples.
    pub fn around(&self, time: f64, sample_rate: f64) -> [f32; COLUMNS.len()] {
        let half = HALF_WINDOW_S * sample_rate;
        let first = self.times.partition_point(|&pulse| pulse < time - half);
        let end = self.times.partition_point(|&pulse| pulse <= time + half);
        let jitter = self.jitter(first, end, sample_rate).unwrap_or(0.0);
        let [shimmer, decibels] = self.shimmer(first, end, sample_rate).unwrap_or([0.0; 2]);
        [jitter as f32, shimmer as f32, decibels as f32]
    }

    fn jitter(&self, first: usize, end: usize, sample_rate: f64) -> Option<f64> {
        let (mut sum, mut pairs) = (0.0, 0_usize);
        for pulse in first + 1..end.saturating_sub(1) {
            let [before, after] = self.periods(pulse);
            if are_like(before, after, sample_rate) {
                sum += (before - after).abs();
                pairs += 1;
            }
        }
        Some(sum / positive(pairs)? / self.mean_period(first, end, sample_rate)?)
    }

    /// Of the intervals between pulses `first..end` that are periods: not unlike both the one before and the one after.
    fn mean_period(&self, first: usize, end: usize, sample_rate: f64) -> Option<f64> {
        let interval = |pulse: usize| self.times[pulse + 1] - self.times[pulse];
        let is_period = |pulse: usize| {
            let own = interval(pulse);
            let unlike = |other: f64| other > 0.0 && factor(own, other) > PERIOD_FACTOR;
            let before = pulse.checked_sub(1).map(interval);
            let after = (pulse + 2 < self.times.len()).then(|| interval(pulse + 1));
            PERIODS.contains(&(own / sample_rate)) && !(before.is_some_and(unlike) && after.is_some_and(unlike))
        };
        let (mut sum, mut count) = (0.0, 0_usize);
        for pulse in (first..end.saturating_sub(1)).filter(|&pulse| is_period(pulse)) {
            sum += interval(pulse);
            count += 1;
        }
        Some(sum / positive(count)?)
    }

    fn shimmer(&self, first: usize, end: usize, sample_rate: f64) -> Option<[f64; 2]> {
        let (mut differences, mut decibels, mut pairs) = (0.0, 0.0, 0_usize);
        // Praat's mean amplitude leaves the last one out.
        let (mut sum, mut count) = (0.0, 0_usize);
        let mut last: Option<(f64, f64)> = None;
        for pulse in (first + 1..end.saturating_sub(1)).filter(|&pulse| self.amplitudes[pulse] > 0.0) {
            let (time, own) = (self.times[pulse], self.amplitudes[pulse]);
            if let Some((before, other)) = last {
                sum += other;
                count += 1;
                if PERIODS.contains(&((time - before) / sample_rate)) && factor(own, other) <= AMPLITUDE_FACTOR {
                    differences += (own - other).abs();
                    decibels += 20.0 * (own / other).log10().abs();
                    pairs += 1;
                }
            }
            last = Some((time, own));
        }
        let pairs = positive(pairs)?;
        Some([differences / pairs / (sum / positive(count)?), decibels / pairs])
    }
}

fn positive(count: usize) -> Option<f64> {
    (count > 0).then_some(count as f64)
}

/// Whether two neighbouring intervals, in samples, are periods of one voice.
fn are_like(before: f64, after: f64, sample_rate: f64) -> bool {
    PERIODS.contains(&(before / sample_rate)) && PERIODS.contains(&(after / sample_rate)) && factor(before, after) <= PERIOD_FACTOR
}

/// The root mean square around a time under a Hann window; 0 of fewer than three samples.
fn amplitude(samples: &[f32], time: f64, left: f64, right: f64) -> f64 {
    let first = (time - left).ceil().max(0.0) as usize;
    let end = ((time + right).floor().max(-1.0) + 1.0).min(samples.len() as f64) as usize;
    if end < first + 3 {
        return 0.0;
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for (sample, &value) in samples.iter().enumerate().take(end).skip(first) {
        let away = sample as f64 - time;
        let phase = away / if away < 0.0 { left } else { right };
        let window = 0.5 + 0.5 * (std::f64::consts::PI * phase).cos();
        sum += (f64::from(value) * window).powi(2);
        weights += window * window;
    }
    if weights > 0.0 { (sum / weights).sqrt() } else { 0.0 }
}
