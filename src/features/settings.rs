//! The `[features]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is measured, and how. Defaults elsewhere follow librosa 0.11; sample rates come from `[audio]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FeatureSettings {
    /// The feature groups, in the order of their columns.
    pub sets: Vec<FeatureSet>,
    /// FFT length, samples.
    pub n_fft: usize,
    /// Window length, samples; at most `n_fft`, centred in it.
    pub win_length: usize,
    /// Samples from one frame to the next.
    pub hop_length: usize,
    /// The analysis window.
    pub window: Window,
    /// Mel bands.
    pub n_mels: usize,
    /// Lowest mel band edge, Hz.
    pub fmin: f32,
    /// Highest mel band edge, Hz; 0 = half the sample rate.
    pub fmax: f32,
    /// HTK's mel scale instead of Slaney's.
    pub htk: bool,
    /// Cepstral coefficients.
    pub n_mfcc: usize,
    /// Octave bands of spectral contrast; it has one row more.
    pub contrast_bands: usize,
    /// Upper edge of the lowest contrast band, Hz.
    pub contrast_fmin: f32,
    /// Tuning of the chroma filter bank.
    pub tuning: Tuning,
}

impl FeatureSettings {
    /// librosa 0.11's own defaults, and the sets that many papers on emotion average to 169 numbers: 20 MFCCs, 12 chroma bins, 128 mel
    /// bands, 7 rows of contrast, RMS and zero-crossing rate.
    pub fn librosa() -> Self {
        use FeatureSet::{Chroma, Contrast, Mel, Mfcc, Rms, Zcr};
        Self {
            sets: vec![Mfcc, Chroma, Mel, Contrast, Rms, Zcr],
            n_fft: 2048,
            win_length: 2048,
            hop_length: 512,
            window: Window::Hann,
            n_mels: 128,
            fmin: 0.0,
            fmax: 0.0,
            htk: false,
            n_mfcc: 20,
            contrast_bands: 6,
            contrast_fmin: 200.0,
            tuning: Tuning::Estimated(Estimate::Estimate),
        }
    }
}

/// A group of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureSet {
    /// Mel power spectrogram: `mel_0..`, power.
    Mel,
    /// Mel power spectrogram in dB re 1, floored 80 dB under the clip's maximum (`librosa.power_to_db`): `log_mel_0..`.
    LogMel,
    /// Mel-frequency cepstral coefficients: `mfcc_0..`.
    Mfcc,
    /// Chroma from the short-time Fourier transform: `chroma_0..11`, 0 to 1.
    Chroma,
    /// Spectral contrast, dB: `contrast_0..`.
    Contrast,
    /// Root mean square of each frame: `rms`.
    Rms,
    /// Zero-crossing rate, crossings a sample: `zcr`.
    Zcr,
    /// First-order delta (Savitzky-Golay, width 9) of every MFCC: `delta_mfcc_0..`.
    Delta,
}

/// The analysis window, periodic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Window {
    /// `scipy.signal.windows.hann(sym=False)`.
    Hann,
    /// `scipy.signal.windows.hamming(sym=False)`.
    Hamming,
    /// `scipy.signal.windows.blackman(sym=False)`.
    Blackman,
    /// All ones.
    Rectangular,
}

/// How the chroma filter bank is tuned.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Tuning {
    /// A fixed deviation from A4 = 440 Hz, in fractions of a chroma bin.
    Fixed(f32),
    /// Estimated from each clip: `"estimate"`.
    Estimated(Estimate),
}

/// The word `"estimate"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Estimate {
    /// As `librosa.estimate_tuning`.
    Estimate,
}
