//! Fourier transforms of whole clips.

use std::cell::RefCell;
use std::sync::Arc;

use intone_fft::RealPlanner;
use realfft::{ComplexToReal, RealToComplex};

thread_local! {
    /// Keeps a plan for each length that this thread has met; [`fast_length`] makes them few.
    static PLANNER: RefCell<RealPlanner<f32>> = RefCell::default();
}

/// Transforms of one length, there and back.
pub(super) struct Transforms {
    pub forward: Arc<dyn RealToComplex<f32>>,
    pub inverse: Arc<dyn ComplexToReal<f32>>,
}

/// The transforms of `length` samples; neither divides by the length.
pub(super) fn transforms(length: usize) -> Transforms {
    PLANNER.with_borrow_mut(|planner| Transforms { forward: planner.forward(length), inverse: planner.inverse(length) })
}

/// The least of 2, 4, 6, 8, 12, 16, 24, ... that is no less than `length`.
pub(super) fn fast_length(length: usize) -> usize {
    let power = length.max(2).next_power_of_two();
    let between = power / 4 * 3;
    if power >= 8 && between >= length { between } else { power }
}

/// The first `samples.len()` samples of the convolution of `samples` and `response`.
pub(super) fn convolve(samples: &[f32], response: &[f32]) -> Vec<f32> {
    // As long as the whole convolution, so that nothing of its end wraps around to its beginning.
    let length = fast_length((samples.len() + response.len()).saturating_sub(1));
    let Transforms { forward, inverse } = transforms(length);
    let mut work = forward.make_scratch_vec();
    let mut spectrum_of = |values: &[f32]| {
        let mut padded = vec![0.0; length];
        padded[..values.len()].copy_from_slice(values);
        let mut spectrum = forward.make_output_vec();
        // Transforms only fail on buffers of another length than they made themselves.
        let _ = forward.process_with_scratch(&mut padded, &mut spectrum, &mut work);
        (spectrum, padded)
    };
    let (filter, _) = spectrum_of(response);
    let (mut spectrum, mut out) = spectrum_of(samples);
    let scale = 1.0 / length as f32;
    spectrum.iter_mut().zip(&filter).for_each(|(value, filter)| *value *= filter * scale);
    // Of a real signal these are real; the transform insists on it.
    if let [first, .., last] = spectrum.as_mut_slice() {
        (first.im, last.im) = (0.0, 0.0);
    }
    let _ = inverse.process(&mut spectrum, &mut out);
    out.truncate(samples.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn convolution_is_the_sum_of_its_definition() {
        for (length, taps) in [(1, 1), (1, 7), (50, 3), (64, 65), (100, 29)] {
            let samples: Vec<f32> = (0..length).map(|n| (n as f32 * 0.7).sin()).collect();
            let response: Vec<f32> = (0..taps).map(|n| (n as f32 * 1.3).cos()).collect();
            for (n, got) in convolve(&samples, &response).into_iter().enumerate() {
                let want: f32 = (0..taps.min(n + 1)).map(|k| response[k] * samples[n - k]).sum();
                assert!((got - want).abs() < 1e-4, "{length} * {taps}, sample {n}: {got}, not {want}");
            }
        }
        assert_eq!([1, 5, 7, 24, 25, 48_001].map(fast_length), [2, 6, 8, 24, 32, 49_152]);
    }
}
