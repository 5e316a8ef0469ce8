//! The short-time Fourier transform: `librosa.stft(..., center=True, pad_mode="constant")` and its power, eight frames at a time.

use std::sync::Arc;

use intone_fft::RealPlanner;
use ndarray::Array2;
use realfft::RealToComplex;
use rustfft::num_complex::Complex;

use super::batch_fft::{BatchFft, BatchPower, BatchScratch};
use super::check::check_spectrum;
use super::error::FeatureError;
use super::frames::{Framing, check_samples};
use super::lanes::LaneMatrix;
use super::settings::{FeatureSettings, Window};
use super::simd::{LANES, Lanes, Level};
use crate::settings::InvalidSetting;

/// A planned short-time Fourier transform.
///
/// Frames are centred: frame `t` is around sample `t * hop_length`, and the clip is padded with `n_fft / 2` zeros on both sides, so
/// that `n` samples give `1 + n / hop_length` frames for an even `n_fft`. Windowing and transform are in double precision, results
/// in single precision, as in librosa.
///
/// ```
/// use intone::features::{Stft, Window};
///
/// let stft = Stft::new(512, 512, 128, Window::Hann)?;
/// let tone: Vec<f32> = (0..4000).map(|n| (n as f32 * 0.1).sin()).collect();
/// let spectrum = stft.transform(&tone)?;
/// assert_eq!(spectrum.dim(), (257, 1 + 4000 / 128));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Stft {
    framing: Framing,
    window: Vec<f64>,
    fft: Arc<dyn RealToComplex<f64>>,
    batch: Option<BatchFft>,
    level: Level,
}

/// Working memory of an [`Stft`].
#[derive(Default)]
pub(super) struct StftScratch {
    /// Frames that reach over the ends of the clip, padded: a frame a lane.
    padded: Vec<f32>,
    batch: BatchScratch,
    single: SingleScratch,
}

#[derive(Default)]
struct SingleScratch {
    frame: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    fft: Vec<Complex<f64>>,
}

impl Stft {
    /// Plans transforms of `n_fft` samples under a window of `win_length` samples, centred in them, every `hop_length` samples.
    ///
    /// # Errors
    /// The first length that cannot be used, by its key in the `[features]` section.
    pub fn new(n_fft: usize, win_length: usize, hop_length: usize, window: Window) -> Result<Self, InvalidSetting> {
        check_spectrum(n_fft, win_length, hop_length)?;
        let window = window.samples(win_length, n_fft);
        Ok(Self {
            framing: Framing { frame_length: n_fft, hop_length },
            fft: RealPlanner::<f64>::default().forward(n_fft),
            batch: BatchFft::new(&window),
            window,
            level: Level::detect(),
        })
    }

    pub(super) fn from_settings(settings: &FeatureSettings) -> Result<Self, InvalidSetting> {
        Self::new(settings.n_fft, settings.win_length, settings.hop_length, settings.window)
    }

    /// Frequency bins: `n_fft / 2 + 1`.
    pub fn bins(&self) -> usize {
        self.framing.frame_length / 2 + 1
    }

    /// Frames of a clip of `samples` samples; 0 for an empty one.
    pub fn frames(&self, samples: usize) -> usize {
        if samples == 0 { 0 } else { self.framing.count(samples) }
    }

    /// The sum of the squares of the window: what a frame of unit noise has in every bin.
    pub(super) fn window_power(&self) -> f64 {
        self.window.iter().map(|value| value * value).sum()
    }

    pub(super) fn framing(&self) -> Framing {
        self.framing
    }

    /// The complex spectrogram, `(bins, frames)`.
    ///
    /// # Errors
    /// Samples that are missing, not finite, or too large.
    pub fn transform(&self, samples: &[f32]) -> Result<Array2<Complex<f32>>, FeatureError> {
        check_samples(samples)?;
        let mut scratch = StftScratch::default();
        let mut spectrogram = Array2::zeros((self.bins(), self.frames(samples.len())));
        for (frame, mut column) in spectrogram.columns_mut().into_iter().enumerate() {
            self.fill_padded(samples, frame, 0, &mut scratch.padded);
            let spectrum = self.transform_one(&scratch.padded, &mut scratch.single);
            for (to, from) in column.iter_mut().zip(spectrum) {
                *to = Complex::new(from.re as f32, from.im as f32);
            }
        }
        Ok(spectrogram)
    }

    /// The power spectrogram, `(bins, frames)`: squared magnitudes.
    ///
    /// # Errors
    /// Samples that are missing, not finite, or too large.
    pub fn power(&self, samples: &[f32]) -> Result<Array2<f32>, FeatureError> {
        check_samples(samples)?;
        let mut scratch = StftScratch::default();
        let mut power = LaneMatrix::default();
        power.reshape(self.bins(), self.frames(samples.len()));
        for block in 0..power.blocks() {
            self.power_block(samples, block, &mut scratch, power.block_mut(block));
        }
        Ok(power.to_array())
    }

    /// Power of the eight frames of a block, `bins` rows. Frames past the last are silent. Samples have been checked.
    pub(super) fn power_block(&self, samples: &[f32], block: usize, scratch: &mut StftScratch, power: &mut [Lanes]) {
        let n_fft = self.framing.frame_length;
        let count = self.framing.count(samples.len());
        let direct: [Option<&[f32]>; LANES] = std::array::from_fn(|lane| {
            let frame = block * LANES + lane;
            if frame < count {
                let range = self.framing.inside(frame, samples.len()).1;
                if range.len() == n_fft {
                    return Some(&samples[range]);
                }
            }
            None
        });
        if direct.iter().any(Option::is_none) {
            scratch.padded.resize(LANES * n_fft, 0.0);
            for lane in (0..LANES).filter(|&lane| direct[lane].is_none()) {
                let frame = block * LANES + lane;
                if frame < count {
                    self.fill_padded(samples, frame, lane, &mut scratch.padded);
                } else {
                    scratch.padded[lane * n_fft..][..n_fft].fill(0.0);
                }
            }
        }
        let padded = &scratch.padded;
        let frames = std::array::from_fn(|lane| direct[lane].unwrap_or_else(|| &padded[lane * n_fft..][..n_fft]));
        match &self.batch {
            Some(fft) => self.level.run(BatchPower { fft, frames, scratch: &mut scratch.batch, power }),
            None => self.power_one_by_one(frames, &mut scratch.single, power),
        }
    }

    /// Any other length: a frame at a time through realfft.
    fn power_one_by_one(&self, frames: [&[f32]; LANES], scratch: &mut SingleScratch, power: &mut [Lanes]) {
        for (lane, frame) in frames.into_iter().enumerate() {
            let spectrum = self.transform_one(frame, scratch);
            for (row, value) in power.iter_mut().zip(spectrum) {
                row.0[lane] = value.norm_sqr() as f32;
            }
        }
    }

    fn transform_one<'a>(&self, frame: &[f32], scratch: &'a mut SingleScratch) -> &'a [Complex<f64>] {
        let SingleScratch { frame: windowed, spectrum, fft } = scratch;
        windowed.clear();
        windowed.extend(frame.iter().zip(&self.window).map(|(&sample, &window)| f64::from(sample) * window));
        spectrum.resize(self.bins(), Complex::default());
        fft.resize(self.fft.get_scratch_len(), Complex::default());
        self.fft.process_with_scratch(windowed, spectrum, fft).expect("buffers have the planned lengths");
        spectrum
    }

    /// Writes a frame with its zeros to a lane of `padded`.
    fn fill_padded(&self, samples: &[f32], frame: usize, lane: usize, padded: &mut Vec<f32>) {
        let n_fft = self.framing.frame_length;
        padded.resize(padded.len().max((lane + 1) * n_fft), 0.0);
        let (before, range) = self.framing.inside(frame, samples.len());
        let padded = &mut padded[lane * n_fft..][..n_fft];
        padded.fill(0.0);
        padded[before..before + range.len()].copy_from_slice(&samples[range]);
    }

    /// Runs with one instruction set, whatever else the processor has.
    #[cfg(test)]
    pub(super) fn with_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }
}

impl std::fmt::Debug for Stft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stft").field("framing", &self.framing).finish_non_exhaustive()
    }
}

/// The complex short-time Fourier transform of a clip under a Hann window of `n_fft` samples, `(n_fft / 2 + 1, frames)`: the call
/// `librosa.stft(y, n_fft=n_fft, hop_length=hop_length)`. [`Stft`] keeps the plan and has the other settings.
///
/// # Errors
/// A length that cannot be used, or samples that cannot be worked on.
pub fn stft(samples: &[f32], n_fft: usize, hop_length: usize) -> Result<Array2<Complex<f32>>, StftError> {
    Ok(Stft::new(n_fft, n_fft, hop_length, Window::Hann)?.transform(samples)?)
}

/// Why [`stft`] has no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum StftError {
    /// A length that cannot be used.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// Samples that cannot be worked on.
    #[error(transparent)]
    Samples(#[from] FeatureError),
}

/// Centre frequency of each bin, Hz, rounded as `numpy.fft.rfftfreq` rounds: bins on the edge of a band depend on it.
pub(super) fn bin_frequencies(sample_rate: u32, n_fft: usize) -> Vec<f64> {
    let step = 1.0 / (n_fft as f64 * (1.0 / f64::from(sample_rate)));
    (0..=n_fft / 2).map(|bin| bin as f64 * step).collect()
}
