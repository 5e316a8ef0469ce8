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
    /// Their products with the taps over time.
    products: Products,
}

/// What both directions of a filter are sums and differences of.
#[derive(Debug, Clone, Default)]
struct Products {
    real_real: Vec<f32>,
    real_imaginary: Vec<f32>,
    imaginary_real: Vec<f32>,
    imaginary_imaginary: Vec<f32>,
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
    pub fn apply(&self, log_mel: &LaneMatrix, scratch: &mut GaborScratch) {
        let frames = log_mel.frames();
        let GaborScratch { matrix, centred, across, products } = scratch;
        matrix.reshape(columns(self.bands), frames);
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
                    products.take(h, across, pad, frames);
                    match (scale, rate) {
                        (0, 0) => products.level(row, matrix),
                        (0, _) | (_, 0) => products.falling(row, matrix),
                        _ => {
                            products.falling(row, matrix);
                            row += values;
                            products.rising(row, matrix);
                        }
                    }
                    row += values;
                }
            }
            first += rows * values;
        }
    }

    /// The sum over the bands around `band`, weighted by `taps`, in every frame, and `pad` times more what it is at either end.
    fn over_bands(&self, taps: &[f32], band: usize, centred: &[f32], pad: usize, out: &mut Vec<f32>) {
        let frames = centred.len() / self.bands;
        out.clear();
        out.resize(frames + 2 * pad, 0.0);
        for (tap, &weight) in taps.iter().enumerate() {
            let at = (band + tap).saturating_sub(taps.len() / 2).min(self.bands - 1);
            add_scaled(weight, &centred[at * frames..(at + 1) * frames], &mut out[pad..pad + frames]);
        }
        let (start, end) = (out[pad], out[pad + frames - 1]);
        out[..pad].fill(start);
        out[pad + frames..].fill(end);
    }
}

impl Products {
    fn take(&mut self, h: &Taps, across: &[Vec<f32>; 2], pad: usize, frames: usize) {
        let first = pad - h.half();
        let over_time = |taps: &[f32], row: &[f32], out: &mut Vec<f32>| {
            out.clear();
            out.resize(frames, 0.0);
            for (tap, &weight) in taps.iter().enumerate() {
                add_scaled(weight, &row[first + tap..first + tap + frames], out);
            }
        };
        over_time(&h.real, &across[0], &mut self.real_real);
        over_time(&h.imaginary, &across[0], &mut self.real_imaginary);
        over_time(&h.real, &across[1], &mut self.imaginary_real);
        over_time(&h.imaginary, &across[1], &mut self.imaginary_imaginary);
    }

    /// The answer to nothing that oscillates: the smoothed level.
    fn level(&self, row: usize, matrix: &mut LaneMatrix) {
        for (frame, &level) in self.real_real.iter().enumerate() {
            matrix.set(row, frame, level);
        }
    }

    /// `|h g|`.
    fn falling(&self, row: usize, matrix: &mut LaneMatrix) {
        self.modulus(1.0, row, matrix);
    }

    /// `|h* g|`, of the conjugate of `h`.
    fn rising(&self, row: usize, matrix: &mut LaneMatrix) {
        self.modulus(-1.0, row, matrix);
    }

    fn modulus(&self, sign: f32, row: usize, matrix: &mut LaneMatrix) {
        for frame in 0..self.real_real.len() {
            let real = self.real_real[frame] - sign * self.imaginary_imaginary[frame];
            let imaginary = self.imaginary_real[frame] + sign * self.real_imaginary[frame];
            matrix.set(row, frame, (real * real + imaginary * imaginary).sqrt());
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
