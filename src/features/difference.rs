//! YIN's cumulative-mean-normalised difference function, and its minima (A. de Cheveigné and H. Kawahara, *YIN, a fundamental
//! frequency estimator for speech and music*, JASA 111(4), 2002, equation 8), as librosa 0.11 takes it.

use std::sync::Arc;

use intone_fft::RealPlanner;
use realfft::{ComplexToReal, RealToComplex};
use rustfft::num_complex::Complex;

use super::frames::Framing;

/// The planned difference function of centred frames.
#[derive(Clone)]
pub(super) struct Difference {
    framing: Framing,
    first_period: usize,
    last_period: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
}

/// Working memory of a [`Difference`].
#[derive(Default)]
pub(super) struct DifferenceScratch {
    /// A frame with zeros after it; then its autocorrelation.
    frame: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    fft: Vec<Complex<f64>>,
    /// The sum of squares of the first 1, 2, ... samples of the frame.
    energy: Vec<f32>,
    values: Vec<f64>,
}

impl Difference {
    /// For periods of `f0_max` to `f0_min` Hz, longer than one sample and shorter than a frame.
    pub fn new(framing: Framing, sample_rate: f64, f0_min: f64, f0_max: f64) -> Self {
        let (first_period, last_period) = ((sample_rate / f0_max).floor() as usize, (sample_rate / f0_min).ceil() as usize);
        // Lags up to the last period must not meet the frame's other end.
        let length = fast_length(framing.frame_length + last_period);
        let mut planner = RealPlanner::<f64>::default();
        let (forward, inverse) = (planner.forward(length), planner.inverse(length));
        Self { framing, first_period, last_period, forward, inverse }
    }

    /// The shortest period, samples: that of the first value.
    pub fn first_period(&self) -> usize {
        self.first_period
    }

    /// Number of periods that are looked at.
    pub fn periods(&self) -> usize {
        self.last_period - self.first_period + 1
    }

    /// The function's value at each period, of one frame: 0 of silence.
    ///
    /// Sums of squares and of differences are in single precision and in librosa's order, so that what is left between the two is the
    /// rounding of librosa's single-precision Fourier transform.
    pub fn of_frame<'a>(&self, samples: &[f32], frame: usize, scratch: &'a mut DifferenceScratch) -> &'a [f64] {
        let (before, range) = self.framing.inside(frame, samples.len());
        scratch.frame.clear();
        scratch.frame.resize(before, 0.0);
        scratch.frame.extend(samples[range].iter().map(|&sample| f64::from(sample)));
        scratch.frame.resize(self.forward.len(), 0.0);
        let mut sum = 0.0;
        scratch.energy.clear();
        scratch.energy.extend(scratch.frame[..self.last_period].iter().map(|&sample| {
            sum += (sample as f32) * (sample as f32);
            sum
        }));
        // librosa clears the first sum before it takes the sums away: the difference at a period of 1 keeps the first sample.
        scratch.energy[0] = 0.0;
        self.autocorrelate(scratch);
        let DifferenceScratch { frame: correlation, energy, values, .. } = scratch;
        let scale = 1.0 / self.forward.len() as f64;
        let full = (correlation[0] * scale) as f32;
        let mut sum = 0.0_f32;
        values.clear();
        for (index, (&correlation, &energy)) in correlation[1..].iter().zip(energy.iter()).enumerate() {
            let period = index + 1;
            let difference = 2.0 * (full - (correlation * scale) as f32) - energy;
            sum += difference;
            if period >= self.first_period {
                let mean = f64::from(sum) / period as f64;
                values.push(f64::from(difference) / (mean + f64::MIN_POSITIVE));
            }
        }
        values
    }

    /// Turns the frame into its autocorrelation, times the length of the transform.
    fn autocorrelate(&self, scratch: &mut DifferenceScratch) {
        let DifferenceScratch { frame, spectrum, fft, .. } = scratch;
        spectrum.resize(self.forward.complex_len(), Complex::default());
        fft.resize(self.forward.get_scratch_len().max(self.inverse.get_scratch_len()), Complex::default());
        self.forward.process_with_scratch(frame, spectrum, fft).expect("buffers have the planned lengths");
        for value in spectrum.iter_mut() {
            *value = Complex::new(value.norm_sqr(), 0.0);
        }
        self.inverse.process_with_scratch(spectrum, frame, fft).expect("buffers have the planned lengths and the spectrum is real");
    }
}

impl std::fmt::Debug for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Difference").field("framing", &self.framing).finish_non_exhaustive()
    }
}

/// The least even product of powers of two and three that is not under `length`.
fn fast_length(length: usize) -> usize {
    let of_two = |odd: usize| {
        let mut product = 2 * odd;
        while product < length {
            product *= 2;
        }
        product
    };
    // 3^13 is more than the longest frame and period together.
    (0..13).map(|power| of_two(3_usize.pow(power))).min().expect("the range is not empty")
}

/// Whether there is a local minimum (`librosa.util.localmin`, and the first value where it is under the second).
pub(super) fn is_trough(values: &[f64], index: usize) -> bool {
    let lower_than_before = index == 0 || values[index] < values[index - 1];
    match values.get(index + 1) {
        Some(after) if index == 0 => values[0] < *after,
        Some(after) => lower_than_before && values[index] <= *after,
        None => lower_than_before,
    }
}

/// How far from `index` the minimum of the parabola through three values lies; 0 at both ends, and where that is more than one away.
pub(super) fn parabolic_shift(values: &[f64], index: usize) -> f64 {
    if index == 0 || index + 1 >= values.len() {
        return 0.0;
    }
    let a = values[index + 1] + values[index - 1] - 2.0 * values[index];
    let b = (values[index + 1] - values[index - 1]) / 2.0;
    if b.abs() < a.abs() { -b / a } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_enough_and_have_small_factors() {
        for length in [17, 2387, 2388, 4096, 4097, 1 << 21] {
            let mut found = fast_length(length);
            assert!(found >= length && found <= 2 * length && found.is_multiple_of(2), "{found} for {length}");
            for factor in [2, 3] {
                while found.is_multiple_of(factor) {
                    found /= factor;
                }
            }
            assert_eq!(found, 1);
        }
    }

    #[test]
    fn the_function_is_that_of_the_definition() {
        let samples: Vec<f32> = (0..900_i32).map(|n| ((n * n % 97) - 48) as f32 / 64.0).collect();
        let difference = Difference::new(Framing { frame_length: 256, hop_length: 100 }, 8000.0, 80.0, 1000.0);
        let mut scratch = DifferenceScratch::default();
        let found = difference.of_frame(&samples, 4, &mut scratch);
        assert_eq!((difference.first_period(), found.len()), (8, 93));
        // Samples 272 to 527. As in librosa, the window shrinks with the lag, only the energy lost at its start is taken away, and at a
        // lag of 1 not even that.
        let frame: Vec<f64> = samples[272..528].iter().map(|&sample| f64::from(sample)).collect();
        let correlation = |lag: usize| frame.iter().zip(&frame[lag..]).map(|(a, b)| a * b).sum::<f64>();
        let at = |lag: usize| {
            2.0 * (correlation(0) - correlation(lag)) - if lag > 1 { frame[..lag].iter().map(|x| x * x).sum::<f64>() } else { 0.0 }
        };
        for (index, &found) in found.iter().enumerate() {
            let period = index + 8;
            let mean = (1..=period).map(at).sum::<f64>() / period as f64;
            assert!((found - at(period) / mean).abs() < 1e-5, "period {period}");
        }
    }
}
