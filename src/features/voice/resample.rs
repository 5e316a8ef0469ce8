//! The clip at the sample rate that formants are looked for at, as Praat resamples: all that is over half the new rate is cut off in the
//! spectrum of the whole clip, and the rest interpolated from 50 samples on each side.

use intone_fft::RealPlanner;
use rustfft::num_complex::Complex;

use super::sinc;

/// Zeros before and after the clip, against what turns around its ends.
const MARGIN: usize = 1000;
/// Samples on each side that are interpolated from.
const DEPTH: usize = 50;

/// Makes `2 * ceiling` samples a second.
#[derive(Clone)]
pub(super) struct Resampler {
    /// New samples over old ones; at most 1.
    factor: f64,
}

/// Working memory, and the result.
#[derive(Default)]
pub(super) struct ResamplerScratch {
    planner: RealPlanner<f64>,
    padded: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    fft: Vec<Complex<f64>>,
    pub samples: Vec<f64>,
    /// The place of the first, in old samples.
    pub first: f64,
}

impl Resampler {
    pub fn new(sample_rate: f64, new_rate: f64) -> Self {
        Self { factor: new_rate / sample_rate }
    }

    /// New samples over old ones.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// Resamples a clip.
    pub fn resample(&self, samples: &[f32], scratch: &mut ResamplerScratch) {
        let wide = samples.iter().map(|&sample| f64::from(sample));
        scratch.samples.clear();
        scratch.first = 0.0;
        if (self.factor - 1.0).abs() < 1e-12 {
            scratch.samples.extend(wide);
            return;
        }
        let count = (samples.len() as f64 * self.factor).round() as usize;
        let n_fft = (samples.len() + 2 * MARGIN).next_power_of_two();
        scratch.padded.clear();
        scratch.padded.resize(n_fft, 0.0);
        scratch.padded[MARGIN..].iter_mut().zip(wide).for_each(|(padded, sample)| *padded = sample);
        self.cut_off(scratch);
        let low = &scratch.padded[MARGIN..][..samples.len()];
        // Both spans have the same middle.
        scratch.first = 0.5 * (samples.len() as f64 - count.saturating_sub(1) as f64 / self.factor) - 0.5;
        let place = |sample: usize| scratch.first + sample as f64 / self.factor;
        scratch.samples.extend((0..count).map(|sample| sinc::interpolate(low, place(sample), DEPTH)));
    }

    /// Leaves what is under half the new rate.
    fn cut_off(&self, scratch: &mut ResamplerScratch) {
        let ResamplerScratch { planner, padded, spectrum, fft, .. } = scratch;
        let (forward, inverse) = (planner.forward(padded.len()), planner.inverse(padded.len()));
        spectrum.resize(padded.len() / 2 + 1, Complex::default());
        fft.resize(forward.get_scratch_len().max(inverse.get_scratch_len()), Complex::default());
        forward.process_with_scratch(padded, spectrum, fft).expect("buffers have the planned lengths");
        // Real parts are cut from an odd place on and imaginary ones from an even: Praat keeps them side by side.
        let cut = (self.factor * padded.len() as f64) as usize;
        let last = spectrum.len() - 1;
        for (bin, value) in spectrum.iter_mut().enumerate() {
            let keep = |place: usize| f64::from(u8::from(place < cut && bin < last));
            *value = Complex::new(value.re * keep(2 * bin + 1), if bin == 0 { 0.0 } else { value.im * keep(2 * bin + 2) });
        }
        let scale = 1.0 / padded.len() as f64;
        inverse
            .process_with_scratch(spectrum, padded, fft)
            .expect("the ends of the spectrum are real, and buffers have the planned lengths");
        padded.iter_mut().for_each(|value| *value *= scale);
    }
}
