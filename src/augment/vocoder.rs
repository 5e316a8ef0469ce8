//! The phase vocoder.
//!
//! It has a forward transform of its own: that of [`Stft`](crate::features::Stft) is in double precision, for features that are equal to
//! librosa's to the sixth digit, and gives powers of eight frames at once; here single precision is enough, and the complex bins of one
//! frame are needed at a time.

use std::sync::{Arc, LazyLock};

use intone_fft::{ComplexPlanner, RealPlanner};
use realfft::{ComplexToReal, RealToComplex};
use rustfft::Fft;
use rustfft::num_complex::Complex;

use super::kernels::{self, PADDED, Polar};

/// Samples of a frame, as librosa's default.
pub(super) const FRAME: usize = 2048;
/// Samples from frame to frame.
const HOP: usize = FRAME / 4;
/// Bins of a frame's spectrum.
pub(super) const BINS: usize = FRAME / 2 + 1;

/// A bin of a spectrum.
pub(super) type Bin = Complex<f32>;

pub(super) static VOCODER: LazyLock<Vocoder> = LazyLock::new(Vocoder::new);

/// Transforms both ways, planned once.
pub(super) struct Vocoder {
    window: Box<[f32; FRAME]>,
    forward: Arc<dyn RealToComplex<f32>>,
    single: Single,
    doubled: Doubled,
}

/// From a spectrum to a windowed frame, added to a sum.
trait Inverse {
    /// Samples that come out for one that went in.
    const FACTOR: usize;

    fn window(&self) -> &[f32];

    fn add(&self, spectrum: &mut [Bin; PADDED], work: &mut Work, sum: &mut [f32]);
}

/// Working memory of a clip.
struct Work {
    frame: Box<[f32; FRAME]>,
    packed: Box<[Bin; FRAME]>,
    scratch: Vec<Bin>,
}

/// As many samples as went in.
struct Single {
    window: Vec<f32>,
    inverse: Arc<dyn ComplexToReal<f32>>,
}

/// Twice as many, the upper half of whose band is empty.
struct Doubled {
    window: Vec<f32>,
    inverse: Arc<dyn Fft<f32>>,
    /// `exp(i pi k / FRAME)`: half a sample's turn of bin `k`.
    turns: Box<[Bin; BINS]>,
}

/// The periodic Hann window.
fn hann(length: usize) -> impl Iterator<Item = f64> {
    (0..length).map(move |index| 0.5 - 0.5 * (std::f64::consts::TAU * index as f64 / length as f64).cos())
}

/// An array too large for the stack.
pub(super) fn boxed<T: Copy, const N: usize>(value: impl FnMut(usize) -> T) -> Box<[T; N]> {
    let values: Box<[T]> = (0..N).map(value).collect();
    values.try_into().unwrap_or_else(|_| unreachable!("collected from N values"))
}

impl Vocoder {
    fn new() -> Self {
        let mut planner = RealPlanner::<f32>::default();
        let window: Vec<f32> = hann(FRAME).map(|value| value as f32).collect();
        let turn = |bin: usize| {
            let angle = std::f64::consts::PI * bin as f64 / FRAME as f64;
            Bin::new(angle.cos() as f32, angle.sin() as f32)
        };
        Self {
            window: boxed(|index| window[index]),
            forward: planner.forward(FRAME),
            single: Single { window, inverse: planner.inverse(FRAME) },
            doubled: Doubled {
                window: hann(2 * FRAME).map(|value| value as f32).collect(),
                inverse: ComplexPlanner::<f32>::default().inverse(FRAME),
                turns: boxed(turn),
            },
        }
    }

    /// Plays samples `rate` times as fast: `round(n / rate)` of them.
    pub fn stretch(&self, samples: &[f32], rate: f64) -> Vec<f32> {
        let length = (samples.len() as f64 / rate).round_ties_even() as usize;
        self.run(samples, rate, length, &boxed(|_| 1.0), &self.single)
    }

    /// The same at twice the sample rate, each bin times its gain.
    pub fn stretch_doubled(&self, samples: &[f32], rate: f64, gains: &[f32; PADDED]) -> Vec<f32> {
        let length = (samples.len() as f64 / rate).round_ties_even() as usize;
        self.run(samples, rate, 2 * length, gains, &self.doubled)
    }

    fn run<I: Inverse>(&self, samples: &[f32], rate: f64, length: usize, gains: &[f32; PADDED], inverse: &I) -> Vec<f32> {
        if samples.is_empty() {
            return Vec::new();
        }
        let mut analysis = Analysis::new(self, samples);
        // As many as `numpy.arange(0, frames, rate)` has.
        let steps = (analysis.frames as f64 / rate).ceil() as usize;
        let hop = HOP * I::FACTOR;
        let mut sum = vec![0.0; (steps + 3) * hop];
        let mut spectrum: Box<[Bin; PADDED]> = boxed(|_| Bin::default());
        let (mut phase_re, mut phase_im) = (analysis.before.re.clone(), analysis.before.im.clone());
        let mut work = Work {
            frame: boxed(|_| 0.0),
            packed: boxed(|_| Bin::default()),
            scratch: vec![Bin::default(); self.single.inverse.get_scratch_len().max(self.doubled.inverse.get_inplace_scratch_len())],
        };
        for step in 0..steps {
            let at = step as f64 * rate;
            analysis.go_to(at as usize);
            let frames = [&analysis.before, &analysis.after];
            kernels::advance(frames, at.fract() as f32, gains, [&mut phase_re, &mut phase_im], &mut spectrum);
            inverse.add(&mut spectrum, &mut work, &mut sum[step * hop..][..4 * hop]);
        }
        divide(&mut sum, inverse.window(), steps);
        // Behind the padding.
        sum.drain(..FRAME / 2 * I::FACTOR);
        sum.resize(length, 0.0);
        sum
    }
}

/// Divides an overlap-add of `steps` frames by the sum of their squared windows, and by what the transforms leave undivided.
fn divide(sum: &mut [f32], window: &[f32], steps: usize) {
    let hop = window.len() / 4;
    let factors = |first: usize, last: usize| -> Vec<f32> {
        let weight = |index: usize| (first..=last).map(|quarter| window[quarter * hop + index].powi(2)).sum::<f32>();
        let divisor = |weight: f32| if weight > f32::MIN_POSITIVE { weight * FRAME as f32 } else { FRAME as f32 };
        (0..hop).map(|index| divisor(weight(index)).recip()).collect()
    };
    let inner = factors(0, 3);
    for (block, sum) in sum.chunks_exact_mut(hop).enumerate() {
        // Frame `block - quarter` covers the block with that quarter of its window.
        let (first, last) = ((block + 1).saturating_sub(steps), block.min(3));
        if (first, last) == (0, 3) { kernels::scale(sum, &inner) } else { kernels::scale(sum, &factors(first, last)) }
    }
}

/// Spectra of frames centred on every `HOP`th sample, two neighbours at a time.
struct Analysis<'v> {
    vocoder: &'v Vocoder,
    /// The clip between half a frame of zeros on both sides.
    padded: Vec<f32>,
    frames: usize,
    /// The frame that is `before`.
    index: usize,
    before: Polar,
    after: Polar,
    frame: Box<[f32; FRAME]>,
    spectrum: Box<[Bin; PADDED]>,
    scratch: Vec<Bin>,
}

impl<'v> Analysis<'v> {
    fn new(vocoder: &'v Vocoder, samples: &[f32]) -> Self {
        let mut padded = vec![0.0; samples.len() + FRAME];
        padded[FRAME / 2..][..samples.len()].copy_from_slice(samples);
        let silence = || Polar { norm: boxed(|_| 0.0), re: boxed(|_| 1.0), im: boxed(|_| 0.0) };
        let mut analysis = Self {
            vocoder,
            padded,
            frames: 1 + samples.len() / HOP,
            index: 0,
            before: silence(),
            after: silence(),
            frame: boxed(|_| 0.0),
            spectrum: boxed(|_| Bin::default()),
            scratch: vocoder.forward.make_scratch_vec(),
        };
        analysis.read(0);
        std::mem::swap(&mut analysis.before, &mut analysis.after);
        analysis.read(1);
        analysis
    }

    /// Moves on until frame `index` is `before`.
    fn go_to(&mut self, index: usize) {
        while self.index < index {
            self.index += 1;
            std::mem::swap(&mut self.before, &mut self.after);
            self.read(self.index + 1);
        }
    }

    /// Takes the spectrum of frame `index` apart into `after`; past the last all is silent.
    fn read(&mut self, index: usize) {
        let samples = self.padded.get(index * HOP..).and_then(|rest| rest.first_chunk()).filter(|_| index < self.frames);
        match samples {
            Some(samples) => {
                kernels::apply_window(samples, &self.vocoder.window, &mut self.frame);
                // It only fails on buffers of another length than it asked for.
                let _ = self.vocoder.forward.process_with_scratch(&mut *self.frame, &mut self.spectrum[..BINS], &mut self.scratch);
            }
            None => self.spectrum.fill(Bin::default()),
        }
        kernels::take_apart(&self.spectrum, &mut self.after);
    }
}

impl Inverse for Single {
    const FACTOR: usize = 1;

    fn window(&self) -> &[f32] {
        &self.window
    }

    fn add(&self, spectrum: &mut [Bin; PADDED], work: &mut Work, sum: &mut [f32]) {
        // Of a real signal these are real; the transform insists on it.
        (spectrum[0].im, spectrum[BINS - 1].im) = (0.0, 0.0);
        let scratch = &mut work.scratch[..self.inverse.get_scratch_len()];
        let _ = self.inverse.process_with_scratch(&mut spectrum[..BINS], &mut *work.frame, scratch);
        kernels::overlap_add(&*work.frame, &self.window, sum);
    }
}

impl Inverse for Doubled {
    const FACTOR: usize = 2;

    fn window(&self) -> &[f32] {
        &self.window
    }

    fn add(&self, spectrum: &mut [Bin; PADDED], work: &mut Work, sum: &mut [f32]) {
        // Half a sample's turn of the last bin has no meaning: it is at half the sample rate.
        (spectrum[0].im, spectrum[BINS - 1]) = (0.0, Bin::default());
        kernels::pack_doubled(spectrum, &self.turns, &mut work.packed);
        let scratch = &mut work.scratch[..self.inverse.get_inplace_scratch_len()];
        self.inverse.process_with_scratch(&mut *work.packed, scratch);
        kernels::overlap_add_pairs(&*work.packed, &self.window, sum);
    }
}
