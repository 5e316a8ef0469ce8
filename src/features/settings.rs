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
    /// Cepstral liftering: coefficient `k` times `1 + lifter / 2 * sin(pi (k + 1) / lifter)`; 0 = none.
    pub mfcc_lifter: f32,
    /// Octave bands of spectral contrast; it has one row more.
    pub contrast_bands: usize,
    /// Upper edge of the lowest contrast band, Hz.
    pub contrast_fmin: f32,
    /// Tuning of the chroma filter bank.
    pub tuning: Tuning,
    /// The part of a frame's magnitude that lies at or under the rolloff frequency.
    pub roll_percent: f32,
    /// Lowest fundamental frequency looked for by `yin` and `pyin`, Hz.
    pub f0_min: f32,
    /// Highest fundamental frequency looked for by `yin` and `pyin`, Hz.
    pub f0_max: f32,
    /// Frame length of `yin` and `pyin`, samples; frames lie around the same samples as those of the spectrogram.
    pub f0_frame_length: usize,
    /// The first minimum of YIN's difference function under this is the period.
    pub yin_threshold: f32,
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
            mfcc_lifter: 0.0,
            roll_percent: 0.85,
            f0_min: 65.0,
            f0_max: 500.0,
            f0_frame_length: 2048,
            yin_threshold: 0.1,
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
    /// Second-order delta (Savitzky-Golay, width 9) of every MFCC: `delta2_mfcc_0..`.
    Delta2,
    /// Spectral centroid, Hz: `centroid`.
    Centroid,
    /// Spectral bandwidth (order 2), Hz: `bandwidth`.
    Bandwidth,
    /// The frequency that `roll_percent` of a frame's magnitude lies at or under, Hz: `rolloff`.
    Rolloff,
    /// Spectral flatness, 0 (a tone) to 1 (white): `flatness`.
    Flatness,
    /// Tonal centroids of the chroma (fifths, minor and major thirds): `tonnetz_0..5`, -1 to 1.
    Tonnetz,
    /// Fundamental frequency by YIN, Hz: `yin`. There is a value whether or not a frame is voiced.
    Yin,
    /// Fundamental frequency by pYIN, Hz, **0 where a frame is unvoiced** (librosa's NaN), 1 where it is voiced, and the probability that
    /// it is: `pyin_f0`, `pyin_voiced`, `pyin_probability`.
    Pyin,
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
