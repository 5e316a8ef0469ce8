//! Chroma: `librosa.filters.chroma` with its defaults, and `librosa.feature.chroma_stft` over it.

use ndarray::{Array2, ArrayView2};

use super::error::FeatureError;
use super::lanes::LaneMatrix;
use super::simd::{Kernel, LANES, Lanes, Level, Simd};

/// Pitch classes.
pub(super) const CHROMA: usize = 12;
/// Centre of the octave weighting, in octaves over 27.5 Hz.
const CENTRE_OCTAVE: f64 = 5.0;
/// Width of the octave weighting, octaves.
const OCTAVE_WIDTH: f64 = 2.0;

/// The filter bank that folds a power spectrum into twelve pitch classes, C first.
///
/// Every bin goes to each class with a Gaussian weight of its distance in semitones; columns have unit length and are weighted
/// towards the fifth octave (D. P. W. Ellis, *Chroma feature analysis and synthesis*, 2007).
#[derive(Debug, Clone)]
pub struct ChromaBank {
    /// Weights of each bin.
    weights: Vec<[f32; CHROMA]>,
    level: Level,
}

impl ChromaBank {
    /// The bank for spectra of `n_fft / 2 + 1` bins, tuned `tuning` fractions of a semitone from A4 = 440 Hz.
    pub fn new(sample_rate: u32, n_fft: usize, tuning: f64) -> Self {
        let semitones = semitones_of_bins(sample_rate, n_fft, tuning);
        let weights = (0..=n_fft / 2).map(|bin| column(semitones[bin], semitones.get(bin + 1).copied())).collect();
        Self { weights, level: Level::detect() }
    }

    /// All weights, `(12, bins)`.
    pub fn weights(&self) -> Array2<f32> {
        Array2::from_shape_fn((CHROMA, self.weights.len()), |(class, bin)| self.weights[bin][class])
    }

    /// Chroma, `(12, frames)`, of a power spectrogram, `(bins, frames)`: each frame divided by its maximum; silent frames stay 0.
    ///
    /// # Errors
    /// A spectrogram of another number of bins.
    pub fn apply(&self, power: ArrayView2<'_, f32>) -> Result<Array2<f32>, FeatureError> {
        if power.nrows() != self.weights.len() {
            return Err(FeatureError::Shape { found: power.nrows(), expected: self.weights.len() });
        }
        let power = LaneMatrix::from_array(power);
        let mut chroma = LaneMatrix::default();
        chroma.reshape(CHROMA, power.frames());
        for block in 0..power.blocks() {
            self.apply_block(power.block(block), chroma.block_mut(block));
        }
        Ok(chroma.to_array())
    }

    /// Chroma of eight frames.
    pub(super) fn apply_block(&self, power: &[Lanes], chroma: &mut [Lanes]) {
        self.level.run(Apply { weights: &self.weights, power, chroma });
    }
}

/// Position of each bin of a whole spectrum in semitones over 27.5 Hz; bin 0 is put one and a half octaves under bin 1.
fn semitones_of_bins(sample_rate: u32, n_fft: usize, tuning: f64) -> Vec<f64> {
    let reference = 440.0 * (tuning / CHROMA as f64).exp2() / 16.0;
    let step = f64::from(sample_rate) / n_fft as f64;
    let semitone = |bin: usize| CHROMA as f64 * (bin as f64 * step / reference).log2();
    let mut semitones: Vec<f64> = (0..n_fft).map(|bin| semitone(bin.max(1))).collect();
    semitones[0] -= 1.5 * CHROMA as f64;
    semitones
}

/// The weights of one bin, from its position and that of the next.
fn column(position: f64, next: Option<f64>) -> [f32; CHROMA] {
    let classes = CHROMA as f64;
    let width = next.map_or(1.0, |next| (next - position).max(1.0));
    let bumps: [f64; CHROMA] = std::array::from_fn(|class| {
        let half = (classes / 2.0).round();
        let distance = (position - class as f64 + half + 10.0 * classes).rem_euclid(classes) - half;
        (-0.5 * (2.0 * distance / width).powi(2)).exp()
    });
    let length = bumps.iter().map(|bump| bump * bump).sum::<f64>().sqrt();
    let length = if length < f64::MIN_POSITIVE { 1.0 } else { length };
    let octave = (-0.5 * ((position / classes - CENTRE_OCTAVE) / OCTAVE_WIDTH).powi(2)).exp();
    // Positions count from A; three classes on, they count from C.
    std::array::from_fn(|class| (bumps[(class + 3) % CHROMA] / length * octave) as f32)
}

struct Apply<'a> {
    weights: &'a [[f32; CHROMA]],
    power: &'a [Lanes],
    chroma: &'a mut [Lanes],
}

impl Kernel for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let mut sums = [simd.splat(0.0); CHROMA];
        for (power, weights) in self.power.iter().zip(self.weights) {
            let power = simd.load(power);
            for class in 0..CHROMA {
                sums[class] = simd.mul_add(power, simd.splat(weights[class]), sums[class]);
            }
        }
        let mut maximum = sums[0];
        for sum in &sums[1..] {
            maximum = simd.max(maximum, *sum);
        }
        let mut peak = Lanes::default();
        simd.store(maximum, &mut peak);
        for (sum, out) in sums.iter().zip(self.chroma) {
            simd.store(*sum, out);
            for lane in 0..LANES {
                out.0[lane] /= if peak.0[lane] < f32::MIN_POSITIVE { 1.0 } else { peak.0[lane] };
            }
        }
    }
}
