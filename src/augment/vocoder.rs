//! The phase vocoder.

use std::sync::{Arc, LazyLock};

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

/// Samples of a frame, as librosa's default.
const FRAME: usize = 2048;
/// Samples from frame to frame.
const HOP: usize = FRAME / 4;
const BINS: usize = FRAME / 2 + 1;

pub(super) static VOCODER: LazyLock<Vocoder> = LazyLock::new(Vocoder::new);

/// Transforms both ways, planned once.
pub(super) struct Vocoder {
    window: Vec<f32>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

type Bin = Complex<f32>;

impl Vocoder {
    fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let hann = |index: usize| 0.5 - 0.5 * (std::f64::consts::TAU * index as f64 / FRAME as f64).cos();
        Self {
            window: (0..FRAME).map(|index| hann(index) as f32).collect(),
            forward: planner.plan_fft_forward(FRAME),
            inverse: planner.plan_fft_inverse(FRAME),
        }
    }

    pub fn stretch(&self, samples: &[f32], rate: f64) -> Vec<f32> {
        if samples.is_empty() {
            return Vec::new();
        }
        let frames = 1 + samples.len() / HOP;
        let spectra = self.analyse(samples, frames);
        let silence = vec![Bin::default(); BINS];
        let frame = |index: usize| spectra.get(index * BINS..(index + 1) * BINS).unwrap_or(&silence);

        let length = (samples.len() as f64 / rate).round_ties_even() as usize;
        // As many as `numpy.arange(0, frames, rate)` has.
        let steps = (frames as f64 / rate).ceil() as usize;
        let mut phases: Vec<Bin> = frame(0).iter().map(|bin| unit(*bin)).collect();
        let mut synthesis = Synthesis::new(self, steps);
        for step in 0..steps {
            let at = step as f64 * rate;
            let (before, after) = (frame(at as usize), frame(at as usize + 1));
            let part = at.fract() as f32;
            for (((out, phase), before), after) in synthesis.spectrum.iter_mut().zip(&mut phases).zip(before).zip(after) {
                let (low, high) = (norm(*before), norm(*after));
                *out = *phase * ((1.0 - part) * low + part * high);
                *phase = unit(*phase * direction(*after, high) * direction(*before, low).conj());
            }
            synthesis.add(step);
        }
        synthesis.finish(length)
    }

    /// Spectra of frames centred on every `HOP`th sample, one after the other.
    fn analyse(&self, samples: &[f32], frames: usize) -> Vec<Bin> {
        let mut spectra = vec![Bin::default(); frames * BINS];
        let mut frame = self.forward.make_input_vec();
        let mut scratch = self.forward.make_scratch_vec();
        for (index, spectrum) in spectra.chunks_exact_mut(BINS).enumerate() {
            // The clip is padded with half a frame of zeros on both sides.
            let first = (index * HOP) as i64 - (FRAME / 2) as i64;
            for (offset, (to, window)) in frame.iter_mut().zip(&self.window).enumerate() {
                let sample = usize::try_from(first + offset as i64).ok().and_then(|at| samples.get(at));
                *to = sample.map_or(0.0, |sample| sample * window);
            }
            // It only fails on buffers of another length than it made itself.
            let _ = self.forward.process_with_scratch(&mut frame, spectrum, &mut scratch);
        }
        spectra
    }
}

/// Overlap-add of frames under the window, divided by the sum of squared windows.
struct Synthesis<'v> {
    vocoder: &'v Vocoder,
    spectrum: Vec<Bin>,
    frame: Vec<f32>,
    scratch: Vec<Bin>,
    sum: Vec<f32>,
    weight: Vec<f32>,
}

impl<'v> Synthesis<'v> {
    fn new(vocoder: &'v Vocoder, frames: usize) -> Self {
        let length = frames.saturating_sub(1) * HOP + FRAME;
        Self {
            vocoder,
            spectrum: vocoder.inverse.make_input_vec(),
            frame: vocoder.inverse.make_output_vec(),
            scratch: vocoder.inverse.make_scratch_vec(),
            sum: vec![0.0; length],
            weight: vec![0.0; length],
        }
    }

    /// Adds the frame of the present spectrum.
    fn add(&mut self, frame: usize) {
        // Of a real signal these are real; the transform insists on it.
        self.spectrum[0].im = 0.0;
        self.spectrum[BINS - 1].im = 0.0;
        let _ = self.vocoder.inverse.process_with_scratch(&mut self.spectrum, &mut self.frame, &mut self.scratch);
        let span = frame * HOP..frame * HOP + FRAME;
        let window = &self.vocoder.window;
        for ((sum, weight), (value, window)) in
            self.sum[span.clone()].iter_mut().zip(&mut self.weight[span]).zip(self.frame.iter().zip(window))
        {
            *sum += value * window / FRAME as f32;
            *weight += window * window;
        }
    }

    /// The first `length` samples behind the padding.
    fn finish(self, length: usize) -> Vec<f32> {
        let value = |(sum, weight): (f32, f32)| if weight > f32::MIN_POSITIVE { sum / weight } else { sum };
        let mut samples: Vec<f32> = self.sum.into_iter().zip(self.weight).skip(FRAME / 2).take(length).map(value).collect();
        samples.resize(length, 0.0);
        samples
    }
}

/// The bin's direction; that of silence is 1, as its angle is 0.
fn unit(bin: Bin) -> Bin {
    direction(bin, norm(bin))
}

/// Without the care for overflow that `Complex::norm` takes, which is slow.
fn norm(bin: Bin) -> f32 {
    bin.norm_sqr().sqrt()
}

fn direction(bin: Bin, norm: f32) -> Bin {
    if norm > 0.0 { bin / norm } else { Bin::new(1.0, 0.0) }
}
