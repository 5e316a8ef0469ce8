//! Tempo and pitch apart: the phase vocoder.

use std::ops::RangeInclusive;
use std::sync::{Arc, LazyLock};

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;

use super::AugmentError;
use crate::audio::{self, Clip};

/// The rates that [`time_stretch`] takes.
pub const STRETCH_RATES: RangeInclusive<f64> = 0.25..=4.0;

/// The semitones that [`pitch_shift`] takes.
pub const PITCH_STEPS: RangeInclusive<f64> = -24.0..=24.0;

/// Plays a clip `rate` times as fast at the same pitch (Flanagan & Golden 1966; `librosa.effects.time_stretch`).
///
/// Frames of 2048 samples under a Hann window every 512 samples; magnitudes are interpolated between neighbouring frames, and the phase of
/// each bin advances as it does between them. The result has `round(n / rate)` samples.
///
/// librosa adds up phases, in single precision, where they lose up to a hundredth of a turn in some seconds; here unit vectors are
/// multiplied, which is the same advance without that loss.
///
/// # Errors
/// [`AugmentError::Rate`] for a rate outside [`STRETCH_RATES`].
pub fn time_stretch(clip: &Clip, rate: f64) -> Result<Clip, AugmentError> {
    if !STRETCH_RATES.contains(&rate) {
        return Err(AugmentError::Rate { rate });
    }
    Ok(Clip { samples: VOCODER.stretch(&clip.samples, rate), sample_rate: clip.sample_rate })
}

/// Moves the pitch of a clip by `steps` semitones at the same tempo (`librosa.effects.pitch_shift`): stretched by
/// `2^(-steps / 12)`, then resampled back to its length.
///
/// The ratio is taken to a fraction of small whole numbers, within a millionth. The clip keeps its length.
///
/// ```
/// use intone::{audio::Clip, augment};
/// let clip = Clip { samples: vec![0.1; 16_000], sample_rate: 16_000 };
/// assert_eq!(augment::pitch_shift(&clip, -3.5)?.samples.len(), 16_000);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Pitch`] for a shift outside [`PITCH_STEPS`], [`AugmentError::Audio`] where resampling fails.
pub fn pitch_shift(clip: &Clip, steps: f64) -> Result<Clip, AugmentError> {
    if !PITCH_STEPS.contains(&steps) {
        return Err(AugmentError::Pitch { steps });
    }
    let (from, to) = fraction(2.0_f64.powf(steps / 12.0));
    if from == to {
        return Ok(clip.clone());
    }
    let stretched = VOCODER.stretch(&clip.samples, f64::from(to) / f64::from(from));
    let mut samples = audio::resample_by(&stretched, from, to)?;
    samples.resize(clip.samples.len(), 0.0);
    Ok(Clip { samples, sample_rate: clip.sample_rate })
}

/// The fraction with a denominator of up to a thousand that is nearest to a ratio.
fn fraction(ratio: f64) -> (u32, u32) {
    let error = |(numerator, denominator): &(u32, u32)| (f64::from(*numerator) / f64::from(*denominator) - ratio).abs();
    let fractions = (1..=1000).map(|denominator| ((ratio * f64::from(denominator)).round() as u32, denominator));
    fractions.min_by(|a, b| error(a).total_cmp(&error(b))).unwrap_or((1, 1))
}

/// Samples of a frame, as librosa's default.
const FRAME: usize = 2048;
/// Samples from frame to frame.
const HOP: usize = FRAME / 4;
const BINS: usize = FRAME / 2 + 1;

static VOCODER: LazyLock<Vocoder> = LazyLock::new(Vocoder::new);

/// Transforms both ways, planned once.
struct Vocoder {
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

    fn stretch(&self, samples: &[f32], rate: f64) -> Vec<f32> {
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
