//! What needs private items: instruction sets against each other, and the kernels against plain definitions.

use ndarray::Array2;

use super::lanes::LaneMatrix;
use super::quantile::{Extremes, extremes};
use super::settings::Window;
use super::simd::{LANES, Lanes, Level};
use super::stft::{Stft, StftScratch};

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
