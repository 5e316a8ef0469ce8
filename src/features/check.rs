//! Whether feature settings can be used.

use super::chroma::CHROMA;
use super::contrast::ContrastBands;
use super::pyin;
use super::settings::{FeatureSet, FeatureSettings, Tuning};
use super::tonnetz::TONNETZ;
use crate::settings::InvalidSetting;

/// Permitted FFT lengths, samples.
const N_FFT: std::ops::RangeInclusive<usize> = 16..=1 << 20;
/// Permitted numbers of mel bands.
const N_MELS: std::ops::RangeInclusive<usize> = 1..=4096;
/// Permitted hop lengths, samples.
const HOP_LENGTH: std::ops::RangeInclusive<usize> = 1..=1 << 20;

impl FeatureSettings {
    /// Checks every value against the others and the sample rate, Hz. Values that only matter to sets that are not asked for may be
    /// anything in their own range: 8 kHz audio with the default contrast bands is refused only where contrast is asked for.
    ///
    /// # Errors
    /// The first value that cannot be used, by its key, with what would be right.
    pub fn check(&self, sample_rate: u32) -> Result<(), InvalidSetting> {
        if sample_rate == 0 {
            return Err(InvalidSetting::new("audio.sample_rate", "is 0; it must be at least 1 Hz"));
        }
        self.check_sets()?;
        check_spectrum(self.n_fft, self.win_length, self.hop_length)?;
        self.check_tuning()?;
        if !N_MELS.contains(&self.n_mels) {
            return Err(outside("n_mels", self.n_mels, &N_MELS, "mel bands"));
        }
        if self.uses_mel() {
            check_mel(sample_rate, self.n_mels, self.fmin, self.fmax)?;
        }
        if self.uses_mfcc() && !(1..=self.n_mels).contains(&self.n_mfcc) {
            let message = format!("is {}; it must be 1 to `features.n_mels`, which is {}", self.n_mfcc, self.n_mels);
            return Err(InvalidSetting::new("features.n_mfcc", message));
        }
        if !(0.0..=f32::from(u16::MAX)).contains(&self.mfcc_lifter) {
            let message = format!("is {}; it must be 0 (none) to {}, such as 22.0", self.mfcc_lifter, u16::MAX);
            return Err(InvalidSetting::new("features.mfcc_lifter", message));
        }
        if self.sets.contains(&FeatureSet::Contrast) {
            self.check_contrast(sample_rate)?;
        }
        if !(self.roll_percent > 0.0 && self.roll_percent < 1.0) {
            let message = format!("is {}; it must lie between 0 and 1, such as 0.85", self.roll_percent);
            return Err(InvalidSetting::new("features.roll_percent", message));
        }
        self.check_pitch(sample_rate)
    }

    fn check_sets(&self) -> Result<(), InvalidSetting> {
        if self.sets.is_empty() {
            return Err(InvalidSetting::new("features.sets", "is empty; name at least one set, such as \"mfcc\""));
        }
        match self.sets.iter().enumerate().find(|(index, set)| self.sets[..*index].contains(set)) {
            Some((_, set)) => Err(InvalidSetting::new("features.sets", format!("has {:?} twice; name each set once", set.name()))),
            None => Ok(()),
        }
    }

    fn check_tuning(&self) -> Result<(), InvalidSetting> {
        match self.tuning {
            Tuning::Fixed(tuning) if !(-1.0..=1.0).contains(&tuning) => {
                let message = format!("is {tuning}; it must be \"estimate\" or a number from -1 to 1, in fractions of a semitone");
                Err(InvalidSetting::new("features.tuning", message))
            }
            _ => Ok(()),
        }
    }

    fn check_contrast(&self, sample_rate: u32) -> Result<(), InvalidSetting> {
        if !(1..=64).contains(&self.contrast_bands) {
            return Err(outside("contrast_bands", self.contrast_bands, &(1..=64), "octaves"));
        }
        if !(self.contrast_fmin > 0.0 && self.contrast_fmin.is_finite()) {
            let message = format!("is {}; it must be a frequency over 0 Hz, such as 200.0", self.contrast_fmin);
            return Err(InvalidSetting::new("features.contrast_fmin", message));
        }
        ContrastBands::from_settings(self, sample_rate).map(|_| ())
    }

    fn check_pitch(&self, sample_rate: u32) -> Result<(), InvalidSetting> {
        if !N_FFT.contains(&self.f0_frame_length) {
            return Err(outside("f0_frame_length", self.f0_frame_length, &N_FFT, "samples"));
        }
        if !(self.yin_threshold > 0.0 && self.yin_threshold.is_finite()) {
            let message = format!("is {}; it must be a number over 0, such as 0.1", self.yin_threshold);
            return Err(InvalidSetting::new("features.yin_threshold", message));
        }
        if self.uses_pitch() { check_f0_range(self, sample_rate) } else { Ok(()) }
    }

    /// Whether the fundamental frequency must be looked for.
    pub(super) fn uses_pitch(&self) -> bool {
        self.sets.iter().any(|set| matches!(set, FeatureSet::Yin | FeatureSet::Pyin))
    }

    /// Whether chroma must be made.
    pub(super) fn uses_chroma(&self) -> bool {
        self.sets.iter().any(|set| matches!(set, FeatureSet::Chroma | FeatureSet::Tonnetz))
    }

    /// Whether a mel spectrum must be made.
    pub(super) fn uses_mel(&self) -> bool {
        self.uses_log_mel() || self.sets.contains(&FeatureSet::Mel)
    }

    /// Whether a mel spectrum in dB must be made.
    pub(super) fn uses_log_mel(&self) -> bool {
        self.uses_mfcc() || self.sets.contains(&FeatureSet::LogMel)
    }

    /// Whether cepstral coefficients must be made.
    pub(super) fn uses_mfcc(&self) -> bool {
        self.sets.iter().any(|set| matches!(set, FeatureSet::Mfcc | FeatureSet::Delta | FeatureSet::Delta2))
    }

    /// Columns of a set.
    pub(super) fn width(&self, set: FeatureSet) -> usize {
        match set {
            FeatureSet::Mel | FeatureSet::LogMel => self.n_mels,
            FeatureSet::Mfcc | FeatureSet::Delta | FeatureSet::Delta2 => self.n_mfcc,
            FeatureSet::Chroma => CHROMA,
            FeatureSet::Contrast => self.contrast_bands + 1,
            FeatureSet::Tonnetz => TONNETZ,
            FeatureSet::Pyin => pyin::COLUMNS.len(),
            FeatureSet::Rms | FeatureSet::Zcr | FeatureSet::Yin => 1,
            FeatureSet::Centroid | FeatureSet::Bandwidth | FeatureSet::Rolloff | FeatureSet::Flatness => 1,
        }
    }

    /// Names of all columns, in order.
    pub(super) fn column_names(&self) -> Vec<String> {
        self.sets.iter().flat_map(|&set| self.names_of(set)).collect()
    }

    fn names_of(&self, set: FeatureSet) -> Vec<String> {
        let numbered = |prefix: &str| (0..self.width(set)).map(|index| format!("{prefix}_{index}")).collect();
        match set {
            FeatureSet::Mel => numbered("mel"),
            FeatureSet::LogMel => numbered("log_mel"),
            FeatureSet::Mfcc => numbered("mfcc"),
            FeatureSet::Chroma => numbered("chroma"),
            FeatureSet::Contrast => numbered("contrast"),
            FeatureSet::Delta => numbered("delta_mfcc"),
            FeatureSet::Delta2 => numbered("delta2_mfcc"),
            FeatureSet::Tonnetz => numbered("tonnetz"),
            FeatureSet::Pyin => pyin::COLUMNS.map(str::to_owned).to_vec(),
            FeatureSet::Rms | FeatureSet::Zcr | FeatureSet::Yin => vec![set.name().to_owned()],
            FeatureSet::Centroid | FeatureSet::Bandwidth | FeatureSet::Rolloff | FeatureSet::Flatness => vec![set.name().to_owned()],
        }
    }
}

impl FeatureSet {
    /// The name in the experiment file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mel => "mel",
            Self::LogMel => "log-mel",
            Self::Mfcc => "mfcc",
            Self::Chroma => "chroma",
            Self::Contrast => "contrast",
            Self::Rms => "rms",
            Self::Zcr => "zcr",
            Self::Delta => "delta",
            Self::Delta2 => "delta2",
            Self::Centroid => "centroid",
            Self::Bandwidth => "bandwidth",
            Self::Rolloff => "rolloff",
            Self::Flatness => "flatness",
            Self::Tonnetz => "tonnetz",
            Self::Yin => "yin",
            Self::Pyin => "pyin",
        }
    }
}

fn outside(key: &str, value: usize, range: &std::ops::RangeInclusive<usize>, unit: &str) -> InvalidSetting {
    InvalidSetting::new(format!("features.{key}"), format!("is {value}; it must be {} to {} {unit}", range.start(), range.end()))
}

/// Checks the lengths of a short-time Fourier transform.
pub(super) fn check_spectrum(n_fft: usize, win_length: usize, hop_length: usize) -> Result<(), InvalidSetting> {
    if !N_FFT.contains(&n_fft) {
        return Err(outside("n_fft", n_fft, &N_FFT, "samples"));
    }
    if !(1..=n_fft).contains(&win_length) {
        let message = format!("is {win_length}; it must be 1 to `features.n_fft`, which is {n_fft}");
        return Err(InvalidSetting::new("features.win_length", message));
    }
    if !HOP_LENGTH.contains(&hop_length) {
        return Err(outside("hop_length", hop_length, &HOP_LENGTH, "samples"));
    }
    Ok(())
}

/// Checks the range of a mel filter bank.
pub(super) fn check_mel(sample_rate: u32, n_mels: usize, fmin: f32, fmax: f32) -> Result<(), InvalidSetting> {
    let nyquist = f64::from(sample_rate) / 2.0;
    if !N_MELS.contains(&n_mels) {
        return Err(outside("n_mels", n_mels, &N_MELS, "mel bands"));
    }
    if !(0.0..=nyquist).contains(&f64::from(fmax)) {
        let message = format!("is {fmax}; it must be 0 (half the sample rate) to {nyquist} Hz, half of `audio.sample_rate`");
        return Err(InvalidSetting::new("features.fmax", message));
    }
    let top = if fmax == 0.0 { nyquist } else { f64::from(fmax) };
    if !(fmin >= 0.0 && f64::from(fmin) < top) {
        let message = format!("is {fmin}; it must be 0 or more and less than the highest band edge, {top} Hz");
        return Err(InvalidSetting::new("features.fmin", message));
    }
    Ok(())
}

/// Checks the range of fundamental frequencies: at least one period of the lowest must fit into a frame (librosa's condition).
fn check_f0_range(settings: &FeatureSettings, sample_rate: u32) -> Result<(), InvalidSetting> {
    let (low, high) = (f64::from(settings.f0_min), f64::from(settings.f0_max));
    let rate = f64::from(sample_rate);
    if !(high > 0.0 && high <= rate / 2.0) {
        let message = format!("is {high}; it must be over 0 and at most {} Hz, half of `audio.sample_rate`", rate / 2.0);
        return Err(InvalidSetting::new("features.f0_max", message));
    }
    if !(low > 0.0 && low < high) {
        let message = format!("is {low}; it must be over 0 and less than `features.f0_max`, which is {high} Hz");
        return Err(InvalidSetting::new("features.f0_min", message));
    }
    let length = settings.f0_frame_length;
    if rate / low >= length as f64 - 1.0 {
        let message = format!(
            "is {low}; a period of it must fit into `features.f0_frame_length`, which is {length}: at {sample_rate} Hz it must be over {:.3} Hz, \
             or the frame at least {} samples",
            rate / (length as f64 - 1.0),
            (rate / low).floor() + 2.0
        );
        return Err(InvalidSetting::new("features.f0_min", message));
    }
    if settings.sets.contains(&FeatureSet::Pyin) && pyin::pitch_bins(low, high) < 2 {
        let message = format!("is {high}; pYIN needs a range of at least a tenth of a semitone over `features.f0_min`, which is {low} Hz");
        return Err(InvalidSetting::new("features.f0_max", message));
    }
    Ok(())
}
