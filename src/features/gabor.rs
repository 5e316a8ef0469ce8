//! Spectro-temporal modulations: a bank of two-dimensional Gabor filters over the log-mel spectrogram (Schädler, Meyer and Kollmeier,
//! *Spectro-temporal modulation subspace-spanning filter bank features for robust automatic speech recognition*, JASA 131, 2012).
//!
//! A filter answers to ripples of one rate (Hz) and one scale (cycles a mel band). Of the spectrogram `M` in dB, less its mean over the
//! clip, it has at frame `t` and band `b` the value
//!
//! ```text
//! G(t, b) = | sum_i sum_j  h(i) g(j) M(t + i, b + j) |
//! ```
//!
//! where `h` and `g` are [`Taps`] for its rate and its scale; beyond the edges `M` goes on as at the edge. A ripple that falls in frequency
//! is met by `h`, one that rises by its complex conjugate. Where rate and scale are both 0 nothing oscillates, and the value is the
//! smoothed level, with its sign. Values are taken around every eighth band, as the paper takes them only where they differ enough.

use std::f64::consts::TAU;

use super::lanes::LaneMatrix;
use super::settings::Window;
use super::simd::{Kernel, LANES, Level, Simd};

/// Rates, Hz; 0 is a smoothing.
const RATES: [f64; 6] = [0.0, 1.5, 3.0, 6.0, 12.0, 24.0];
/// Scales, cycles a band; 0 is a smoothing.
const SCALES: [f64; 5] = [0.0, 1.0 / 32.0, 1.0 / 16.0, 1.0 / 8.0, 1.0 / 4.0];
/// Filters: those that oscillate along both axes are there for both directions.
const FILTERS: usize = (SCALES.len() - 1) * (2 * RATES.len() - 1) + RATES.len();
/// Bands from one value to the next.
pub(super) const BAND_STEP: usize = 8;
/// Periods of a filter under its window: three and a half half-waves.
const PERIODS: f64 = 1.75;
/// Length of the smoothing over bands, bands.
const SMOOTH_BANDS: f64 = 9.0;
/// Length of the smoothing over time, seconds.
const SMOOTH_S: f64 = 0.05;
/// Frames a second, over which the fastest rate can be told and up to which the slowest filter stays short.
pub(super) const FRAME_RATES: (f64, f64) = (2.0 * RATES[RATES.len() - 1], 1000.0);

/// Columns over a spectrogram of `n_mels` bands.
pub(super) fn columns(n_mels: usize) -> usize {
    FILTERS * (n_mels / BAND_STEP)
}

/// One axis of a filter: a symmetric Hann window (its zeros left out) that sums to 1, times `exp(2 pi i w k)`, `k` from its middle.
#[derive(Debug, Clone)]
struct Taps {
    real: Vec<f32>,
    imaginary: Vec<f32>,
}

impl Taps {
    /// Of `frequency` cycles a step; of 0, the window alone over `smoothing` steps. The number of taps is odd: as many as there are whole
    /// steps, or one more, and at least three.
    fn new(frequency: f64, smoothing: f64) -> Self {
        let steps = if frequency > 0.0 { PERIODS / frequency } else { smoothing };
        let length = (steps as usize).max(3) | 1;
        // A periodic window begins with a zero, and is symmetric after it.
        let hann = &Window::Hann.samples(length + 1, length + 1)[1..];
        let sum: f64 = hann.iter().sum();
        let angle = |k: usize| TAU * frequency * (k as f64 - (length / 2) as f64);
        Self {
            real: (0..length).map(|k| (hann[k] / sum * angle(k).cos()) as f32).collect(),
            imaginary: (0..length).map(|k| (hann[k] / sum * angle(k).sin()) as f32).collect(),
        }
    }

    /// Steps on either side of the middle.
    fn half(&self) -> usize {
        self.real.len() / 2
    }
}

/// The filters for one number of bands and one frame rate.
#[derive(Debug, Clone)]
pub(super) struct GaborBank {
    bands: usize,
    rates: Vec<Taps>,
    scales: Vec<Taps>,
}

/// The columns, and working memory.
#[derive(Debug, Clone, Default)]
pub(super) struct GaborScratch {
    /// `(filters * bands, frames)`: by scale, rate (at each the falling before the rising) and band.
    pub matrix: LaneMatrix,
    /// The spectrogram less its mean, `bands` rows of `frames`.
    centred: Vec<f32>,
    /// A filter's answer along the bands, at one band: real and imaginary part, gone on with at both ends.
    across: [Vec<f32>; 2],
}

impl GaborBank {
    /// For `n_mels` bands and `frame_rate` frames a second, which is in [`FRAME_RATES`].
    pub fn new(n_mels: usize, frame_rate: f64) -> Self {
        Self {
            bands: n_mels,
            rates: RATES.iter().map(|rate| Taps::new(rate / frame_rate, SMOOTH_S * frame_rate)).collect(),
            scales: SCALES.iter().map(|&scale| Taps::new(scale, SMOOTH_BANDS)).collect(),
        }
    }

    /// Fills the matrix from a spectrogram in dB.
    pub fn apply(&self, level: Level, log_mel: &LaneMatrix, scratch: &mut GaborScratch) {
        let GaborScratch { matrix, centred, across } = scratch;
        matrix.reshape(columns(self.bands), log_mel.frames());
        centre(log_mel, centred);
        let pad = self.rates.iter().map(Taps::half).max().unwrap_or(0);
        let values = self.bands / BAND_STEP;
        let mut first = 0;
        for (scale, g) in self.scales.iter().enumerate() {
            let rows = if scale == 0 { self.rates.len() } else { 2 * self.rates.len() - 1 };
            for value in 0..values {
                let band = BAND_STEP / 2 + value * BAND_STEP;
                self.over_bands(&g.real, band, centred, pad, &mut across[0]);
                self.over_bands(&g.imaginary, band, centred, pad, &mut across[1]);
                let mut row = first + value;
                for (rate, h) in self.rates.iter().enumerate() {
                    let answer = match (scale, rate) {
                        (0, 0) => Answer::Level,
                        (0, _) | (_, 0) => Answer::Modulus,
                        _ => Answer::Directions { rising: row + values },
                    };
                    level.run(OverTime { h, across, first: pad - h.half(), answer, row, matrix });
                    row += if let Answer::Directions { .. } = answer { 2 * values } else { values };
                }
            }
            first += rows * values;
        }
    }

    /// The sum over the bands around `band`, weighted by `taps`, in every frame of whole [`TILE`]s, and `pad` times more what it is at
    /// either end.
    fn over_bands(&self, taps: &[f32], band: usize, centred: &[f32], pad: usize, out: &mut Vec<f32>) {
        let frames = centred.len() / self.bands;
        out.clear();
        out.resize(frames.next_multiple_of(TILE) + 2 * pad, 0.0);
        for (tap, &weight) in taps.iter().enumerate() {
            let at = (band + tap).saturating_sub(taps.len() / 2).min(self.bands - 1);
            add_scaled(weight, &centred[at * frames..(at + 1) * frames], &mut out[pad..pad + frames]);
        }
        let (start, end) = (out[pad], out[pad + frames - 1]);
        out[..pad].fill(start);
        out[pad + frames..].fill(end);
    }
}

/// What is told of a filter's sums over time.
#[derive(Debug, Clone, Copy)]
enum Answer {
    /// Of what doesn't oscillate: the smoothed level.
    Level,
    /// Of what oscillates along one axis.
    Modulus,
    /// Of what oscillates along both: that of the falling ripple, and of the rising one, in a row of its own.
    Directions { rising: usize },
}

/// Frames whose sums are taken at once, so that they stay in registers.
const TILE: usize = 2 * LANES;

/// The sums of [`TILE`] frames.
type Tile = [f32; TILE];

/// One filter over the frames, at one band.
struct OverTime<'a> {
    h: &'a Taps,
    /// Along the bands it has been applied already.
    across: &'a [Vec<f32>; 2],
    /// What the first tap of the first frame meets.
    first: usize,
    answer: Answer,
    /// The row of the answer.
    row: usize,
    matrix: &'a mut LaneMatrix,
}

impl Kernel for OverTime<'_> {
    type Output = ();

    /// Plain arrays, which the compiler turns into the widest registers that there are; every sum is taken in the order of the taps,
    /// and rounds the same with all of them.
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        for tile in 0..self.matrix.blocks().div_ceil(2) {
            let sums = self.sums(tile * TILE);
            match self.answer {
                Answer::Level => write(self.matrix, self.row, tile, &sums[0]),
                Answer::Modulus => write(self.matrix, self.row, tile, &modulus(1.0, &sums)),
                Answer::Directions { rising } => {
                    write(self.matrix, self.row, tile, &modulus(1.0, &sums));
                    write(self.matrix, rising, tile, &modulus(-1.0, &sums));
                }
            }
        }
    }
}

impl OverTime<'_> {
    /// The sums of the frames from `frame` on of the real and the imaginary taps, each over the real row, then each over the imaginary.
    #[inline(always)]
    fn sums(&self, frame: usize) -> [Tile; 4] {
        let mut sums = [[0.0; TILE]; 4];
        let [real, imaginary] = self.across.each_ref().map(|row| row[self.first + frame..].array_windows::<TILE>());
        for (((&h_real, &h_imaginary), real), imaginary) in self.h.real.iter().zip(&self.h.imaginary).zip(real).zip(imaginary) {
            for i in 0..TILE {
                sums[0][i] += h_real * real[i];
                sums[1][i] += h_imaginary * real[i];
                sums[2][i] += h_real * imaginary[i];
                sums[3][i] += h_imaginary * imaginary[i];
            }
        }
        sums
    }
}

/// `|h g|`, or `|h* g|` of the conjugate of `h` where the sign is negative.
#[inline(always)]
fn modulus(sign: f32, [real_real, imaginary_real, real_imaginary, imaginary_imaginary]: &[Tile; 4]) -> Tile {
    std::array::from_fn(|i| {
        let real = real_real[i] - sign * imaginary_imaginary[i];
        let imaginary = real_imaginary[i] + sign * imaginary_real[i];
        (real * real + imaginary * imaginary).sqrt()
    })
}

/// Writes a tile into the blocks that it covers.
#[inline(always)]
fn write(matrix: &mut LaneMatrix, row: usize, tile: usize, values: &Tile) {
    for (half, values) in values.as_chunks::<LANES>().0.iter().enumerate() {
        let block = 2 * tile + half;
        if block < matrix.blocks() {
            matrix.block_mut(block)[row].0 = *values;
        }
    }
}

/// The spectrogram less its mean over bands and frames, row after row.
fn centre(log_mel: &LaneMatrix, centred: &mut Vec<f32>) {
    let mut means = vec![0.0; log_mel.rows()];
    log_mel.row_means(&mut means);
    let mean = (means.iter().sum::<f64>() / means.len() as f64) as f32;
    centred.clear();
    for row in 0..log_mel.rows() {
        centred.extend((0..log_mel.frames()).map(|frame| log_mel.get(row, frame) - mean));
    }
}

fn add_scaled(weight: f32, values: &[f32], sums: &mut [f32]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += weight * value;
    }
}
