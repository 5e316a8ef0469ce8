//! What needs private items: instruction sets against each other, and the kernels against plain definitions.

use ndarray::Array2;

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

/// What [`Decoder`] is short for: librosa's dense product, state after state.
fn dense_path(observations: &[Observation], bins: usize, reach: usize) -> Vec<State> {
    let log = |probability: f64| (probability + f64::MIN_POSITIVE).ln();
    let triangle = |from: usize, to: usize| (reach + 1).saturating_sub(from.abs_diff(to)) as f64;
    let row: Vec<f64> = (0..bins).map(|from| (0..bins).map(|to| triangle(from, to)).sum()).collect();
    let transition = |from: usize, to: usize| {
        let change = if (from < bins) == (to < bins) { 0.99 } else { 0.01 };
        log(change * triangle(from % bins, to % bins) / row[from % bins])
    };
    let likelihood = |observation: &Observation, state: usize| {
        log(if state < bins { observation.bins[state] } else { (1.0 - observation.voiced) / bins as f64 })
    };
    let start = |state| likelihood(&observations[0], state) + log(1.0 / (2 * bins) as f64);
    let mut values: Vec<f64> = (0..2 * bins).map(start).collect();
    let mut pointers = Vec::new();
    for observation in &observations[1..] {
        let best = |to: usize| {
            let mut best = 0;
            for from in 1..2 * bins {
                if values[from] + transition(from, to) > values[best] + transition(best, to) {
                    best = from;
                }
            }
            best
        };
        let from: Vec<usize> = (0..2 * bins).map(best).collect();
        values = from.iter().enumerate().map(|(to, &from)| values[from] + transition(from, to) + likelihood(observation, to)).collect();
        pointers.push(from);
    }
    let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut path = vec![values.iter().position(|&value| value == highest).unwrap()];
    for from in pointers.iter().rev() {
        path.push(from[path[path.len() - 1]]);
    }
    path.iter().rev().map(|&state| State { bin: state % bins, voiced: state < bins }).collect()
}

#[test]
fn the_banded_search_equals_the_dense_one() {
    let (bins, mut lattice) = (41, Lattice::default());
    for (case, reach) in [0, 1, 3, 5, 8, 40, 90, 5, 3, 5].into_iter().enumerate() {
        // Few candidates a frame, some frames without any, and some that are surely voiced: there impossible steps must be taken.
        let random = noise(40 * 8, case as u64 + 3);
        let observations: Vec<Observation> = random
            .chunks(8)
            .map(|random| {
                let mut observation = Observation { bins: vec![0.0; bins], ..Observation::default() };
                for pair in random[1..].chunks_exact(2).take(((random[0] + 1.0) * 2.0) as usize) {
                    let bin = ((pair[0] + 1.0) / 2.0 * bins as f32) as usize % bins;
                    observation.bins[bin] = f64::from(pair[1].abs()) / 3.0;
                }
                let sum: f64 = observation.bins.iter().sum();
                if random[7] > 0.0 && sum > 0.0 {
                    observation.bins.iter_mut().for_each(|bin| *bin /= sum);
                    observation.voiced = 1.0;
                } else {
                    observation.voiced = sum.min(0.95);
                }
                observation.candidates = (0..bins).filter(|&bin| observation.bins[bin] > 0.0).collect();
                observation
            })
            .collect();
        let expected = dense_path(&observations, bins, reach);
        let decoder = Decoder::new(bins, reach);
        decoder.start(&mut lattice);
        for observation in &observations {
            decoder.push(observation, &mut lattice);
        }
        let found: Vec<State> = decoder.finish(&mut lattice).collect();
        for (frame, (found, expected)) in found.iter().zip(&expected).enumerate() {
            // Unvoiced bins may be equally good ways from one voiced bin to another.
            assert_eq!(
                (found.voiced, found.voiced.then_some(found.bin)),
                (expected.voiced, expected.voiced.then_some(expected.bin)),
                "case {case}, reach {reach}, frame {frame}"
            );
        }
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().any(|state| state.voiced) && found.iter().any(|state| !state.voiced), "case {case} is one-sided");
    }
}
