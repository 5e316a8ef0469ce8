//! Whether feature settings can be used.

use super::chroma::CHROMA;
use super::contrast::ContrastBands;
use super::settings::{FeatureSet, FeatureSettings, Tuning};
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
        if self.sets.contains(&FeatureSet::Contrast) {
            self.check_contrast(sample_rate)?;
        }
        Ok(())
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

    /// Whether a mel spectrum must be made.
    pub(super) fn uses_mel(&self) -> bool {
        self.uses_log_mel() || self.sets.contains(&FeatureSet::Mel)
    }

    /// Whether a mel spectrum in dB must be made.
    pub(super) fn uses_log_mel(&self) -> bool {
        self.uses_mfcc() || self.sets.contains(&FeatureSet::LogMel)
    }

    fn uses_mfcc(&self) -> bool {
        self.sets.iter().any(|set| matches!(set, FeatureSet::Mfcc | FeatureSet::Delta))
    }

    /// Columns of a set.
    pub(super) fn width(&self, set: FeatureSet) -> usize {
        match set {
            FeatureSet::Mel | FeatureSet::LogMel => self.n_mels,
            FeatureSet::Mfcc | FeatureSet::Delta => self.n_mfcc,
            FeatureSet::Chroma => CHROMA,
            FeatureSet::Contrast => self.contrast_bands + 1,
            FeatureSet::Rms | FeatureSet::Zcr => 1,
        }
    }

    /// Names of all columns, in order.
    pub(super) fn column_names(&self) -> Vec<String> {
        let numbered = |set: FeatureSet, prefix: &'static str| (0..self.width(set)).map(move |index| format!("{prefix}_{index}"));
        self.sets
            .iter()
            .flat_map(|&set| match set {
                FeatureSet::Mel => numbered(set, "mel").collect(),
                FeatureSet::LogMel => numbered(set, "log_mel").collect(),
                FeatureSet::Mfcc => numbered(set, "mfcc").collect(),
                FeatureSet::Chroma => numbered(set, "chroma").collect(),
                FeatureSet::Contrast => numbered(set, "contrast").collect(),
                FeatureSet::Rms => vec!["rms".to_owned()],
                FeatureSet::Zcr => vec!["zcr".to_owned()],
                FeatureSet::Delta => numbered(set, "delta_mfcc").collect::<Vec<_>>(),
            })
            .collect()
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
