//! What needs private items: instruction sets against each other, and the kernels against plain definitions.

use ndarray::Array2;

use super::gabor::{GaborBank, GaborScratch};
use super::lanes::LaneMatrix;
use super::pyin::Observation;
use super::quantile::{Extremes, extremes};
use super::settings::Window;
use super::simd::{LANES, Lanes, Level};
use super::stft::{Stft, StftScratch};
use super::viterbi::{Decoder, Lattice, State};

/// Noise in -1..1 from a small linear congruential generator.
fn noise(count: usize, mut state: u64) -> Vec<f32> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

fn power(stft: &Stft, samples: &[f32]) -> Array2<f32> {
    let mut matrix = LaneMatrix::default();
    let mut scratch = StftScratch::default();
    matrix.reshape(stft.bins(), stft.frames(samples.len()));
    for block in 0..matrix.blocks() {
        stft.power_block(samples, block, &mut scratch, matrix.block_mut(block));
    }
    matrix.to_array()
}

#[test]
fn the_batched_transform_equals_the_plain_one_for_every_length_and_instruction_set() {
    for exponent in 7..=13 {
        let n_fft = 1 << exponent;
        let samples = noise(3 * n_fft + 17, exponent as u64);
        for level in Level::all() {
            let stft = Stft::new(n_fft, n_fft, n_fft / 4, Window::Hann).unwrap().with_level(level);
            let expected = stft.transform(&samples).unwrap().mapv(|value| value.norm_sqr());
            let found = power(&stft, &samples);
            let largest = expected.iter().copied().fold(0.0, f32::max);
            for (index, &expected) in expected.indexed_iter() {
                let error = (found[index] - expected).abs();
                assert!(error <= 1e-6 * expected + 1e-12 * largest, "{level:?} {n_fft} {index:?}: {} for {expected}", found[index]);
            }
        }
    }
}

#[test]
fn extremes_equal_those_of_a_sorted_band() {
    for averaged in [1, 2, 3, 4, 5, 8, 9, 13, 16, 17, 40] {
        for count in [averaged, averaged + 1, 47, 48, 333] {
            if count < averaged {
                continue;
            }
            let rows: Vec<Lanes> =
                noise(count * LANES, count as u64).chunks(LANES).map(|row| Lanes(std::array::from_fn(|lane| row[lane].abs()))).collect();
            let band = Extremes { bins: 0..count, averaged };
            for level in Level::all() {
                let (mut peak, mut valley) = (Lanes::default(), Lanes::default());
                extremes(level, &band, &rows, &mut Vec::new(), &mut peak, &mut valley);
                for lane in 0..LANES {
                    let mut column: Vec<f64> = rows.iter().map(|row| f64::from(row.0[lane]).sqrt()).collect();
                    column.sort_by(f64::total_cmp);
                    let low = column[..averaged].iter().sum::<f64>() / averaged as f64;
                    let high = column[count - averaged..].iter().sum::<f64>() / averaged as f64;
                    assert!((f64::from(valley.0[lane]) - low).abs() < 1e-6, "{level:?} {averaged} of {count}: valley");
                    assert!((f64::from(peak.0[lane]) - high).abs() < 1e-6, "{level:?} {averaged} of {count}: peak");
                }
            }
        }
    }
}

#[test]
fn modulations_are_the_same_to_the_bit_with_every_instruction_set() {
    let bank = GaborBank::new(16, 100.0);
    for frames in [1, 7, 8, 9, 16, 17, 301] {
        let log_mel = Array2::from_shape_vec((16, frames), noise(16 * frames, frames as u64)).unwrap();
        let log_mel = LaneMatrix::from_array(log_mel.view());
        let of = |level| {
            let mut scratch = GaborScratch::default();
            bank.apply(level, &log_mel, &mut scratch);
            scratch.matrix.to_array()
        };
        let found = Level::all().into_iter().map(of).collect::<Vec<_>>();
        assert_eq!(found[0].dim(), (100, frames));
        assert!(found[0].iter().all(|value| value.is_finite()));
        assert!(found.iter().all(|other| other == found[0]), "{frames} frames");
    }
}

/// librosa's model of pYIN, probability by probability: states are the voiced bins and then the unvoiced.
struct DenseModel<'a> {
    observations: &'a [Observation],
    bins: usize,
    reach: usize,
}

impl DenseModel<'_> {
    fn log(probability: f64) -> f64 {
        (probability + f64::MIN_POSITIVE).ln()
    }

    fn start(&self) -> f64 {
        Self::log(1.0 / (2 * self.bins) as f64)
    }

    fn likelihood(&self, frame: usize, state: usize) -> f64 {
        let observation = &self.observations[frame];
        Self::log(if state < self.bins { observation.bins[state] } else { (1.0 - observation.voiced) / self.bins as f64 })
    }

    /// Logarithms of the transitions, `[from][to]`.
    fn transitions(&self) -> Vec<Vec<f64>> {
        let (bins, states) = (self.bins, 2 * self.bins);
        let triangle = |from: usize, to: usize| (self.reach + 1).saturating_sub((from % bins).abs_diff(to % bins)) as f64;
        let sum = |from: usize| (0..bins).map(|to| triangle(from, to)).sum::<f64>();
        let change = |from: usize, to: usize| if (from < bins) == (to < bins) { 0.99 } else { 0.01 };
        let row = |from: usize| (0..states).map(|to| Self::log(change(from, to) * triangle(from, to) / sum(from))).collect();
        (0..states).map(row).collect()
    }

    /// The likelihood of the best path: the product over all pairs of states.
    fn best(&self) -> f64 {
        let (states, transitions) = (2 * self.bins, self.transitions());
        let mut values: Vec<f64> = (0..states).map(|state| self.start() + self.likelihood(0, state)).collect();
        for frame in 1..self.observations.len() {
            let best = |to: usize| (0..states).map(|from| values[from] + transitions[from][to]).fold(f64::NEG_INFINITY, f64::max);
            values = (0..states).map(|to| best(to) + self.likelihood(frame, to)).collect();
        }
        values.into_iter().fold(f64::NEG_INFINITY, f64::max)
    }

    /// The likelihood of a path.
    fn of(&self, path: &[State]) -> f64 {
        let states: Vec<usize> = path.iter().map(|state| if state.voiced { state.bin } else { self.bins + state.bin }).collect();
        let transitions = self.transitions();
        let likelihoods: f64 = states.iter().enumerate().map(|(frame, &state)| self.likelihood(frame, state)).sum();
        self.start() + likelihoods + states.windows(2).map(|pair| transitions[pair[0]][pair[1]]).sum::<f64>()
    }
}

#[test]
fn the_banded_search_finds_a_best_path_of_the_dense_model() {
    let (bins, mut lattice) = (41, Lattice::default());
    for (case, reach) in [0, 1, 3, 5, 8, 40, 90, 5, 3, 5].into_iter().enumerate() {
        // Few candidates a frame, some frames without any, and some that are surely voiced: there impossible steps must be taken.
        let random = noise(40 * 8, case as u64 + 3);
        let observations: Vec<Observation> = random
            .chunks(8)
            .map(|random| {
                let mut probabilities = vec![0.0; bins];
                for pair in random[1..].chunks_exact(2).take(((random[0] + 1.0) * 2.0) as usize) {
                    let bin = ((pair[0] + 1.0) / 2.0 * bins as f32) as usize % bins;
                    probabilities[bin] = f64::from(pair[1].abs()) / 3.0;
                }
                let sum: f64 = probabilities.iter().sum();
                if random[7] > 0.0 && sum > 0.0 {
                    Observation::new(probabilities.iter().map(|probability| probability / sum).collect(), 1.0)
                } else {
                    Observation::new(probabilities, sum.min(0.95))
                }
            })
            .collect();
        let decoder = Decoder::new(bins, reach);
        decoder.start(&mut lattice);
        for observation in &observations {
            decoder.push(observation, &mut lattice);
        }
        let found: Vec<State> = decoder.finish(&mut lattice).collect();
        assert_eq!(found.len(), observations.len());
        // Several paths may be equally good, and rounding then chooses; likelihoods do not depend on it.
        let model = DenseModel { observations: &observations, bins, reach };
        let (best, likelihood) = (model.best(), model.of(&found));
        assert!((best - likelihood).abs() < 1e-9, "case {case}, reach {reach}: {likelihood} where {best} can be had");
        assert!(found.iter().any(|state| state.voiced) && found.iter().any(|state| !state.voiced), "case {case} is one-sided");
    }
}
