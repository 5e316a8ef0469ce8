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
    /// What log-mel is in dB of, for the MFCCs made of it too.
    #[serde(default = "unit_reference")]
    pub log_mel_reference: Reference,
    /// log-mel is floored so many dB under the clip's maximum; 0 = not at all.
    #[serde(default = "librosa_top_db")]
    pub log_mel_top_db: f32,
    /// Cepstral coefficients.
    pub n_mfcc: usize,
    /// Cepstral liftering: coefficient `k` times `1 + lifter / 2 * sin(pi (k + 1) / lifter)`; 0 = none.
    pub mfcc_lifter: f32,
    /// The sets that `delta` and `delta2` are taken of, in the order of their columns; they need not be in `sets` themselves.
    #[serde(default = "mfcc_only")]
    pub delta_of: Vec<FeatureSet>,
    /// Octave bands of spectral contrast; it has one row more.
    pub contrast_bands: usize,
    /// Upper edge of the lowest contrast band, Hz.
    pub contrast_fmin: f32,
    /// Tuning of the chroma filter bank.
    pub tuning: Tuning,
    /// The part of a frame's magnitude that lies at or under the rolloff frequency.
    pub roll_percent: f32,
    /// Lowest fundamental frequency looked for by `yin`, `pyin` and the sets of voice quality, Hz.
    pub f0_min: f32,
    /// Highest fundamental frequency looked for by `yin`, `pyin` and the sets of voice quality, Hz.
    pub f0_max: f32,
    /// Frame length of `yin` and `pyin`, samples; frames lie around the same samples as those of the spectrogram.
    pub f0_frame_length: usize,
    /// The first minimum of YIN's difference function under this is the period.
    pub yin_threshold: f32,
    /// Five formants are looked for up to this frequency, Hz: 5500 for women, 5000 for men, as Praat advises.
    #[serde(default = "formant_ceiling")]
    pub formant_ceiling: f32,
}

// What settings that were written before these keys meant, such as those of an older bundle.

fn unit_reference() -> Reference {
    Reference::Fixed(1.0)
}

fn librosa_top_db() -> f32 {
    80.0
}

fn mfcc_only() -> Vec<FeatureSet> {
    vec![FeatureSet::Mfcc]
}

fn formant_ceiling() -> f32 {
    5500.0
}

impl FeatureSettings {
    /// A mel spectrogram to look at: `bands` on HTK's scale from 0 Hz to half the sample rate, windows of 32 ms, a frame every `hop_ms`.
    pub(crate) fn picture(sample_rate: u32, bands: usize, hop_ms: usize) -> Self {
        let rate = sample_rate as usize;
        let n_fft = (rate * 32 / 1000).max(16);
        Self {
            sets: vec![FeatureSet::LogMel],
            n_fft,
            win_length: n_fft,
            hop_length: (rate * hop_ms / 1000).max(1),
            n_mels: bands,
            htk: true,
            ..Self::librosa()
        }
    }

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
            log_mel_reference: unit_reference(),
            log_mel_top_db: librosa_top_db(),
            n_mfcc: 20,
            delta_of: mfcc_only(),
            contrast_bands: 6,
            contrast_fmin: 200.0,
            tuning: Tuning::Estimated(Estimate::Estimate),
            mfcc_lifter: 0.0,
            roll_percent: 0.85,
            f0_min: 65.0,
            f0_max: 500.0,
            f0_frame_length: 2048,
            yin_threshold: 0.1,
            formant_ceiling: formant_ceiling(),
        }
    }
}

/// A group of columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FeatureSet {
    /// Mel power spectrogram: `mel_0..`, power.
    Mel,
    /// Mel power spectrogram in dB re `log_mel_reference`, floored `log_mel_top_db` under the clip's maximum (`librosa.power_to_db`; by
    /// default re 1, floored at 80 dB): `log_mel_0..`.
    LogMel,
    /// Spectro-temporal modulations of the log-mel spectrogram by a Gabor filter bank (Schädler et al. 2012), dB: 50 filters (rates 0 to
    /// 24 Hz, scales 0 to 1/4 cycle a band) around every eighth of the `n_mels` bands: `gabor_0..`.
    Gabor,
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
    /// First-order delta (Savitzky-Golay, width 9) of every column of the sets in `delta_of`: `delta_mfcc_0..`.
    Delta,
    /// Second-order delta (Savitzky-Golay, width 9) of every column of the sets in `delta_of`: `delta2_mfcc_0..`.
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
    /// Fundamental frequency by autocorrelation (Boersma 1993, as Praat), Hz and semitones over 27.5 Hz; 0 where a frame is unvoiced: `f0`,
    /// `f0_semitone`. The other sets of voice quality go by its voicing.
    F0,
    /// Cycle-to-cycle variation of period and amplitude in the 60 ms around a frame (as Praat's jitter (local), shimmer (local) and
    /// shimmer (local, dB)); 0 without three cycles there: `jitter`, `shimmer`, `shimmer_db`.
    JitterShimmer,
    /// Harmonics-to-noise ratio (Boersma 1993, as Praat's Harmonicity (ac)), dB; 0 where a frame is unvoiced: `hnr`.
    Hnr,
    /// The first three formants and their bandwidths by linear prediction (Burg, as Praat), Hz; 0 where a frame is unvoiced:
    /// `formant_1..3`, `formant_bandwidth_1..3`.
    Formants,
    /// Level of the first harmonic over the second and over the strongest near each formant, dB; 0 where a frame is unvoiced: `h1_h2`,
    /// `h1_a1`, `h1_a2`, `h1_a3`.
    Harmonics,
    /// Loudness from an auditory spectrum (as eGeMAPS): `loudness`.
    Loudness,
    /// How energy is spread over frequency and changes from frame to frame (as eGeMAPS): `alpha_ratio` and `hammarberg` (dB),
    /// `slope_0_500` and `slope_500_1500` (dB/Hz), `flux`.
    SpectralBalance,
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

/// What decibels are relative to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Reference {
    /// A power.
    Fixed(f32),
    /// The largest power of each clip: `"clip-max"`.
    Clip(ClipReference),
}

/// The word `"clip-max"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClipReference {
    /// As `librosa.power_to_db(..., ref=np.max)`.
    ClipMax,
}
