//! The mel filter bank: `librosa.filters.mel(..., norm="slaney")`, and the mel scales it stands on.

use ndarray::{Array2, ArrayView2};

use super::check::check_mel;
use super::error::FeatureError;
use super::lanes::LaneMatrix;
use super::settings::FeatureSettings;
use super::simd::{Kernel, Lanes, Level, Simd};
use super::stft::bin_frequencies;
use crate::settings::InvalidSetting;

/// End of the linear part of Slaney's scale, Hz.
const LINEAR_UP_TO: f64 = 1000.0;
/// Hz a mel in the linear part.
const LINEAR_STEP: f64 = 200.0 / 3.0;

/// Step of Slaney's scale above 1 kHz: 27 mels a factor of 6.4.
fn log_step() -> f64 {
    6.4_f64.ln() / 27.0
}

/// Frequency in Hz to mel: HTK's `2595 log10(1 + f / 700)`, or Slaney's scale (Auditory Toolbox), linear below 1 kHz and logarithmic
/// above. `librosa.hz_to_mel`.
pub fn hz_to_mel(hz: f64, htk: bool) -> f64 {
    if htk {
        2595.0 * (1.0 + hz / 700.0).log10()
    } else if hz >= LINEAR_UP_TO {
        LINEAR_UP_TO / LINEAR_STEP + (hz / LINEAR_UP_TO).ln() / log_step()
    } else {
        hz / LINEAR_STEP
    }
}

/// Mel to frequency in Hz, the inverse of [`hz_to_mel`]. `librosa.mel_to_hz`.
pub fn mel_to_hz(mel: f64, htk: bool) -> f64 {
    let linear = LINEAR_UP_TO / LINEAR_STEP;
    if htk {
        700.0 * (10.0_f64.powf(mel / 2595.0) - 1.0)
    } else if mel >= linear {
        LINEAR_UP_TO * (log_step() * (mel - linear)).exp()
    } else {
        LINEAR_STEP * mel
    }
}

/// `count` frequencies from `fmin` to `fmax`, Hz, evenly spaced in mel. `librosa.mel_frequencies`.
pub fn mel_frequencies(count: usize, fmin: f64, fmax: f64, htk: bool) -> Vec<f64> {
    let (low, high) = (hz_to_mel(fmin, htk), hz_to_mel(fmax, htk));
    let step = (high - low) / count.saturating_sub(1).max(1) as f64;
    (0..count).map(|i| mel_to_hz(if i > 0 && i + 1 == count { high } else { low + i as f64 * step }, htk)).collect()
}

/// Triangular bands, evenly spaced in mel and of equal area (`norm="slaney"`).
///
/// Only the bins under each triangle are kept: a bank of 128 bands over 1025 bins has about 2000 weights, not 131 200.
///
/// ```
/// use intone::features::MelBank;
///
/// let bank = MelBank::new(22_050, 2048, 128, 0.0, 11_025.0, false)?;
/// assert_eq!(bank.weights().dim(), (128, 1025));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct MelBank {
    bins: usize,
    bands: Vec<Band>,
    weights: Vec<f32>,
    level: Level,
}

/// Where the weights of a band lie.
#[derive(Debug, Clone, Copy)]
struct Band {
    first_bin: usize,
    first_weight: usize,
    count: usize,
}

impl MelBank {
    /// A bank of `n_mels` bands from `fmin` to `fmax`, Hz (0 = half the sample rate), for power spectra of `n_fft / 2 + 1` bins.
    ///
    /// # Errors
    /// The first value that cannot be used, by its key in the `[features]` section.
    pub fn new(sample_rate: u32, n_fft: usize, n_mels: usize, fmin: f32, fmax: f32, htk: bool) -> Result<Self, InvalidSetting> {
        check_mel(sample_rate, n_mels, fmin, fmax)?;
        let frequencies = bin_frequencies(sample_rate, n_fft);
        let fmax = if fmax == 0.0 { f64::from(sample_rate) / 2.0 } else { f64::from(fmax) };
        let edges = mel_frequencies(n_mels + 2, f64::from(fmin), fmax, htk);
        let mut bank = Self { bins: frequencies.len(), bands: Vec::with_capacity(n_mels), weights: Vec::new(), level: Level::detect() };
        for edge in edges.windows(3) {
            let band: Vec<f32> = frequencies.iter().map(|&frequency| triangle(edge, frequency)).collect();
            let first_bin = band.iter().position(|&weight| weight > 0.0).unwrap_or(0);
            let end = band.iter().rposition(|&weight| weight > 0.0).map_or(first_bin, |last| last + 1);
            bank.bands.push(Band { first_bin, first_weight: bank.weights.len(), count: end - first_bin });
            bank.weights.extend_from_slice(&band[first_bin..end]);
        }
        Ok(bank)
    }

    pub(super) fn from_settings(settings: &FeatureSettings, sample_rate: u32) -> Result<Self, InvalidSetting> {
        Self::new(sample_rate, settings.n_fft, settings.n_mels, settings.fmin, settings.fmax, settings.htk)
    }

    /// Number of bands.
    pub fn bands(&self) -> usize {
        self.bands.len()
    }

    /// Bands too narrow to hold a bin: their power is always 0. librosa warns of them.
    pub fn empty_bands(&self) -> usize {
        self.bands.iter().filter(|band| band.count == 0).count()
    }

    /// All weights, `(bands, bins)`.
    pub fn weights(&self) -> Array2<f32> {
        let mut dense = Array2::zeros((self.bands(), self.bins));
        for (row, band) in self.bands.iter().enumerate() {
            for (offset, &weight) in self.weights_of(band).iter().enumerate() {
                dense[[row, band.first_bin + offset]] = weight;
            }
        }
        dense
    }

    /// Mel power, `(bands, frames)`, of a power spectrogram, `(bins, frames)`.
    ///
    /// # Errors
    /// A spectrogram of another number of bins.
    pub fn apply(&self, power: ArrayView2<'_, f32>) -> Result<Array2<f32>, FeatureError> {
        if power.nrows() != self.bins {
            return Err(FeatureError::Shape { found: power.nrows(), expected: self.bins });
        }
        let power = LaneMatrix::from_array(power);
        let mut mel = LaneMatrix::default();
        mel.reshape(self.bands(), power.frames());
        for block in 0..power.blocks() {
            self.apply_block(power.block(block), mel.block_mut(block));
        }
        Ok(mel.to_array())
    }

    /// Mel power of eight frames.
    pub(super) fn apply_block(&self, power: &[Lanes], mel: &mut [Lanes]) {
        self.level.run(Apply { bank: self, power, mel });
    }

    #[inline(always)]
    fn weights_of(&self, band: &Band) -> &[f32] {
        &self.weights[band.first_weight..][..band.count]
    }
}

/// The weight of a frequency under the triangle over three edges, in the steps and roundings of librosa.
fn triangle(edges: &[f64], frequency: f64) -> f32 {
    let rising = (frequency - edges[0]) / (edges[1] - edges[0]);
    let falling = (edges[2] - frequency) / (edges[2] - edges[1]);
    let weight = rising.min(falling).max(0.0) as f32;
    (f64::from(weight) * (2.0 / (edges[2] - edges[0]))) as f32
}

struct Apply<'a> {
    bank: &'a MelBank,
    power: &'a [Lanes],
    mel: &'a mut [Lanes],
}

impl Kernel for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for (band, out) in self.bank.bands.iter().zip(self.mel) {
            let weights = self.bank.weights_of(band);
            let power = &self.power[band.first_bin..][..band.count];
            // Two sums, so that one addition does not wait for the other.
            let mut sums = [simd.splat(0.0); 2];
            let (pairs, rest) = power.as_chunks::<2>();
            let (weight_pairs, weight_rest) = weights.as_chunks::<2>();
            for (power, weights) in pairs.iter().zip(weight_pairs) {
                for half in 0..2 {
                    sums[half] = simd.mul_add(simd.load(&power[half]), simd.splat(weights[half]), sums[half]);
                }
            }
            for (power, &weight) in rest.iter().zip(weight_rest) {
                sums[0] = simd.mul_add(simd.load(power), simd.splat(weight), sums[0]);
            }
            simd.store(simd.add(sums[0], sums[1]), out);
        }
    }
}
