//! Spectral contrast: peaks less valleys of octave bands, `librosa.feature.spectral_contrast` (Jiang et al., 2002).

use super::quantile::{Extremes, extremes};
use super::settings::FeatureSettings;
use super::simd::{Lanes, Level};
use super::stft::bin_frequencies;
use crate::settings::InvalidSetting;

/// The part of a band's bins that its peak and its valley are averaged over.
const QUANTILE: f64 = 0.02;

/// The bands of spectral contrast over spectra of `n_fft / 2 + 1` bins.
///
/// Band 0 reaches from 0 to `contrast_fmin` Hz, each further one over the next octave, the last up to half the sample rate. As in
/// librosa, a band has also the bin below it, all but the last leave out their highest bin, and the number of bins that peak and valley
/// are means of is counted before that bin is left out.
#[derive(Debug, Clone)]
pub(super) struct ContrastBands {
    bands: Vec<Extremes>,
    level: Level,
}

impl ContrastBands {
    pub fn from_settings(settings: &FeatureSettings, sample_rate: u32) -> Result<Self, InvalidSetting> {
        let fmin = f64::from(settings.contrast_fmin);
        let octaves = settings.contrast_bands;
        let nyquist = f64::from(sample_rate) / 2.0;
        let edges: Vec<f64> = std::iter::once(0.0).chain((0..=octaves).map(|octave| fmin * (octave as f64).exp2())).collect();
        if edges[..=octaves].iter().any(|&edge| edge >= nyquist) {
            let possible = (0..octaves).take_while(|&octave| fmin * (octave as f64).exp2() < nyquist).count();
            let message = format!(
                "is {octaves}; the last band would begin at {:.0} Hz, but half the sample rate is {nyquist:.0} Hz; it must be at most {possible}, \
                 or `features.contrast_fmin` lower",
                edges[octaves]
            );
            return Err(InvalidSetting::new("features.contrast_bands", message));
        }
        let frequencies = bin_frequencies(sample_rate, settings.n_fft);
        let bands = (0..=octaves)
            .map(|band| {
                band_of(&frequencies, edges[band], edges[band + 1], band, octaves).ok_or_else(|| {
                    let message = format!(
                        "is {}; contrast band {band} ({:.0} to {:.0} Hz) then holds no frequency bin: use a longer FFT or another \
                         `features.contrast_fmin`",
                        settings.n_fft,
                        edges[band],
                        edges[band + 1]
                    );
                    InvalidSetting::new("features.n_fft", message)
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { bands, level: Level::detect() })
    }

    /// Rows: one more than octaves.
    pub fn rows(&self) -> usize {
        self.bands.len()
    }

    /// Mean magnitudes of the strongest and the weakest bins of each band, of eight frames of a power spectrum.
    pub fn apply_block(&self, power: &[Lanes], column: &mut Vec<f32>, peaks: &mut [Lanes], valleys: &mut [Lanes]) {
        for (band, (peak, valley)) in self.bands.iter().zip(peaks.iter_mut().zip(valleys)) {
            extremes(self.level, band, power, column, peak, valley);
        }
    }
}

/// The bins of one band, and how many of them are averaged; `None` where none are left.
fn band_of(frequencies: &[f64], low: f64, high: f64, band: usize, last: usize) -> Option<Extremes> {
    let first = frequencies.iter().position(|&frequency| frequency >= low && frequency <= high)?;
    let end = frequencies.iter().rposition(|&frequency| frequency >= low && frequency <= high)? + 1;
    let first = if band > 0 { first.checked_sub(1)? } else { first };
    let end = if band == last { frequencies.len() } else { end };
    let averaged = (QUANTILE * (end - first) as f64).round_ties_even().max(1.0) as usize;
    let end = if band == last { end } else { end - 1 };
    (end > first).then(|| Extremes { bins: first..end, averaged: averaged.min(end - first) })
}
