//! Fundamental frequency and voicing by pYIN: `librosa.pyin` with its defaults (M. Mauch and S. Dixon, *pYIN: a fundamental frequency
//! estimator using probabilistic threshold distributions*, ICASSP 2014).

use super::difference::{is_trough, parabolic_shift};
use super::viterbi::Decoder;

/// Names of the columns.
pub(super) const COLUMNS: [&str; 3] = ["pyin_f0", "pyin_voiced", "pyin_probability"];
/// Thresholds of YIN that are tried, at even steps up to 1.
const THRESHOLDS: usize = 100;
/// Parameter of the Boltzmann distribution over troughs: shorter periods are likelier.
const BOLTZMANN: f64 = 2.0;
/// Probability of a period where no trough is under a threshold.
const NO_TROUGH: f64 = 0.01;
/// Pitch bins an octave: a tenth of a semitone each.
const BINS_AN_OCTAVE: f64 = 120.0;
/// Fastest change of pitch, octaves a second.
const MAX_TRANSITION_RATE: f64 = 35.92;
/// Pitch bins a semitone.
const BINS_A_SEMITONE: usize = 10;

/// Pitch bins from `f0_min` to `f0_max`.
pub(super) fn pitch_bins(f0_min: f64, f0_max: f64) -> usize {
    (BINS_AN_OCTAVE * (f0_max / f0_min).log2()).floor() as usize + 1
}

/// Planned tables.
#[derive(Debug, Clone)]
pub(super) struct Pyin {
    sample_rate: f64,
    first_period: usize,
    f0_min: f64,
    bins: usize,
    /// Probability that a threshold is at most the `i`-th: the Beta(2, 18) distribution.
    thresholds: [f64; THRESHOLDS + 1],
    /// `exp(-BOLTZMANN k)`.
    decay: Vec<f64>,
    /// What the decays of `n` troughs are divided by to add up to 1, inverted.
    scale: Vec<f64>,
}

/// What one frame says about pitch.
#[derive(Debug, Clone, Default)]
pub(super) struct Observation {
    /// Probability of each voiced pitch bin.
    pub bins: Vec<f64>,
    /// The bins whose probability is not 0, each once.
    pub candidates: Vec<usize>,
    /// Probability that the frame is voiced.
    pub voiced: f64,
    troughs: Vec<Trough>,
    /// Thresholds between which the troughs under them are the same.
    levels: Vec<usize>,
}

#[cfg(test)]
impl Observation {
    /// What a frame with these probabilities says.
    pub fn new(bins: Vec<f64>, voiced: f64) -> Self {
        let candidates = (0..bins.len()).filter(|&bin| bins[bin] != 0.0).collect();
        Self { bins, candidates, voiced, ..Self::default() }
    }
}

/// A minimum of the difference function.
#[derive(Debug, Clone, Copy)]
struct Trough {
    index: usize,
    height: f64,
    /// Number of thresholds that it is not under.
    level: usize,
    probability: f64,
}

impl Pyin {
    /// For values of the difference function at `periods` periods from `first_period` samples on.
    pub fn new(sample_rate: f64, first_period: usize, periods: usize, f0_min: f64, f0_max: f64) -> Self {
        let decay: Vec<f64> = (0..periods).map(|k| (-BOLTZMANN * k as f64).exp()).collect();
        let scale = |troughs: usize| (1.0 - (-BOLTZMANN).exp()) / (1.0 - (-BOLTZMANN * troughs as f64).exp());
        Self {
            sample_rate,
            first_period,
            f0_min,
            bins: pitch_bins(f0_min, f0_max),
            thresholds: std::array::from_fn(|step| beta_2_18(step as f64 / THRESHOLDS as f64)),
            decay,
            scale: (0..=periods).map(|troughs| scale(troughs.max(1))).collect(),
        }
    }

    /// The decoder of frames `hop_length` samples apart.
    pub fn decoder(&self, hop_length: usize) -> Decoder {
        let semitones = (MAX_TRANSITION_RATE * 12.0 * hop_length as f64 / self.sample_rate).round_ties_even();
        Decoder::new(self.bins, semitones as usize * BINS_A_SEMITONE / 2)
    }

    /// Centre frequency of a pitch bin, Hz.
    pub fn frequency(&self, bin: usize) -> f64 {
        self.f0_min * (bin as f64 / BINS_AN_OCTAVE).exp2()
    }

    /// Takes a frame's values of the difference function.
    pub fn observe(&self, difference: &[f64], observation: &mut Observation) {
        let Observation { bins, candidates, troughs, levels, .. } = observation;
        for &bin in candidates.iter() {
            bins[bin] = 0.0;
        }
        bins.resize(self.bins, 0.0);
        candidates.clear();
        find_troughs(difference, troughs);
        self.weigh(troughs, levels);
        for trough in troughs.iter().filter(|trough| trough.probability != 0.0) {
            let bin = self.bin_of(difference, trough.index);
            // Of two periods in one bin librosa keeps the longer, and it drops what lies over the last bin.
            if bin < self.bins {
                if bins[bin] == 0.0 {
                    candidates.push(bin);
                }
                bins[bin] = trough.probability;
            }
        }
        candidates.sort_unstable();
        observation.voiced = candidates.iter().fold(0.0, |sum, &bin| sum + bins[bin]).min(1.0);
    }

    fn bin_of(&self, difference: &[f64], index: usize) -> usize {
        let period = (self.first_period + index) as f64 + parabolic_shift(difference, index);
        let bin = BINS_AN_OCTAVE * (self.sample_rate / period / self.f0_min).log2();
        bin.round_ties_even().clamp(0.0, self.bins as f64) as usize
    }

    /// The probability of each trough over the distribution of thresholds: under each threshold the troughs have a Boltzmann distribution
    /// in the order of their periods, and where there is none, the lowest has a little.
    fn weigh(&self, troughs: &mut [Trough], levels: &mut Vec<usize>) {
        levels.clear();
        levels.extend(troughs.iter().map(|trough| trough.level));
        levels.push(THRESHOLDS);
        levels.sort_unstable();
        levels.dedup();
        for step in levels.windows(2) {
            let mass = self.thresholds[step[1]] - self.thresholds[step[0]];
            let under = troughs.iter().filter(|trough| trough.level <= step[0]).count();
            let mass = mass * self.scale[under];
            let under = troughs.iter_mut().filter(|trough| trough.level <= step[0]);
            for (trough, decay) in under.zip(&self.decay) {
                trough.probability += mass * decay;
            }
        }
        let lowest = troughs.iter_mut().reduce(|lowest, trough| if trough.height < lowest.height { trough } else { lowest });
        if let Some(lowest) = lowest {
            lowest.probability += NO_TROUGH * self.thresholds[lowest.level];
        }
    }
}

fn find_troughs(difference: &[f64], troughs: &mut Vec<Trough>) {
    troughs.clear();
    let found = (0..difference.len()).filter(|&index| is_trough(difference, index));
    troughs.extend(found.map(|index| {
        let height = difference[index];
        Trough { index, height, level: level_of(height), probability: 0.0 }
    }));
}

/// Number of thresholds (0.01 to 1) that `height` is not under.
fn level_of(height: f64) -> usize {
    let threshold = |step: usize| if step == THRESHOLDS { 1.0 } else { step as f64 * (1.0 / THRESHOLDS as f64) };
    let mut level = (height * THRESHOLDS as f64).clamp(0.0, THRESHOLDS as f64) as usize;
    while level > 0 && height < threshold(level) {
        level -= 1;
    }
    while level < THRESHOLDS && height >= threshold(level + 1) {
        level += 1;
    }
    level
}

/// The distribution function of Beta(2, 18): the probability that of 19 uniform numbers at least two are under `x`.
fn beta_2_18(x: f64) -> f64 {
    1.0 - (1.0 - x).powi(19) - 19.0 * x * (1.0 - x).powi(18)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_have_the_probabilities_of_scipy() {
        // scipy.stats.beta.cdf([0, 0.01, 0.1, 0.5, 1], 2, 18)
        let expected = [0.0, 0.015_273_761_488_896_611, 0.579_735_021_168_402_6, 0.999_961_853_027_343_8, 1.0];
        for (x, expected) in [0.0, 0.01, 0.1, 0.5, 1.0].into_iter().zip(expected) {
            assert!((beta_2_18(x) - expected).abs() < 1e-13, "{x}: {}", beta_2_18(x));
        }
    }

    #[test]
    fn a_height_on_a_threshold_is_not_under_it() {
        for (height, level) in [(-0.5, 0), (0.0, 0), (0.01, 1), (0.019_9, 1), (0.07, 7), (0.99, 99), (1.0, 100), (7.0, 100)] {
            assert_eq!(level_of(height), level, "{height}");
        }
        for step in 0..THRESHOLDS {
            assert_eq!(level_of(step as f64 * 0.01), step);
        }
    }
}
