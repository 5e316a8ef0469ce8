//! Whether feature settings can be used.

use super::chroma::CHROMA;
use super::contrast::ContrastBands;
use super::gabor;
use super::pyin;
use super::settings::{FeatureSet, FeatureSettings, Reference, Tuning};
use super::tonnetz::TONNETZ;
use super::{balance, voice};
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
        self.check_log_mel()?;
        if !N_MELS.contains(&self.n_mels) {
            return Err(outside("n_mels", self.n_mels, &N_MELS, "mel bands"));
        }
        if self.uses_mel() {
            check_mel(sample_rate, self.n_mels, self.fmin, self.fmax)?;
        }
        if self.uses(FeatureSet::Gabor) {
            check_gabor(sample_rate, self.n_mels, self.hop_length)?;
        }
        if self.uses_mfcc() && !(1..=self.n_mels).contains(&self.n_mfcc) {
            let message = format!("is {}; it must be 1 to `features.n_mels`, which is {}", self.n_mfcc, self.n_mels);
            return Err(InvalidSetting::new("features.n_mfcc", message));
        }
        if !(0.0..=f32::from(u16::MAX)).contains(&self.mfcc_lifter) {
            let message = format!("is {}; it must be 0 (none) to {}, such as 22.0", self.mfcc_lifter, u16::MAX);
            return Err(InvalidSetting::new("features.mfcc_lifter", message));
        }
        if self.uses(FeatureSet::Contrast) {
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
            None => self.check_delta_of(),
        }
    }

    fn check_delta_of(&self) -> Result<(), InvalidSetting> {
        let wrong = |message: String| Err(InvalidSetting::new("features.delta_of", message));
        if let Some(set) = self.delta_of.iter().find(|set| set.is_delta()) {
            return wrong(format!("has {:?}; name the sets that deltas are taken of, such as \"mfcc\"", set.name()));
        }
        if let Some((_, set)) = self.delta_of.iter().enumerate().find(|(index, set)| self.delta_of[..*index].contains(set)) {
            return wrong(format!("has {:?} twice; name each set once", set.name()));
        }
        if self.uses_deltas() && self.delta_of.is_empty() {
            return wrong("is empty, but `features.sets` asks for deltas; name at least one set, such as \"mfcc\"".to_owned());
        }
        Ok(())
    }

    fn check_log_mel(&self) -> Result<(), InvalidSetting> {
        match self.log_mel_reference {
            Reference::Fixed(power) if !(power > 0.0 && power.is_finite()) => {
                let message = format!("is {power}; it must be \"clip-max\" or a power over 0, such as 1.0");
                return Err(InvalidSetting::new("features.log_mel_reference", message));
            }
            _ => {}
        }
        if !(0.0..=1000.0).contains(&self.log_mel_top_db) {
            let message = format!("is {}; it must be 0 (no floor) to 1000 dB, such as 80.0", self.log_mel_top_db);
            return Err(InvalidSetting::new("features.log_mel_top_db", message));
        }
        Ok(())
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
        if self.uses_pitch() {
            check_f0_range(self, sample_rate)?;
        }
        if self.uses_voice() {
            check_voice(self, sample_rate)?;
        }
        Ok(())
    }

    /// Whether the columns of a set must be made, for themselves or for their deltas.
    pub(super) fn uses(&self, set: FeatureSet) -> bool {
        self.sets.contains(&set) || (self.uses_deltas() && self.delta_of.contains(&set))
    }

    /// Whether deltas are asked for.
    pub(super) fn uses_deltas(&self) -> bool {
        self.sets.iter().any(|set| set.is_delta())
    }

    /// Whether the fundamental frequency must be looked for by YIN or pYIN.
    pub(super) fn uses_pitch(&self) -> bool {
        [FeatureSet::Yin, FeatureSet::Pyin].into_iter().any(|set| self.uses(set))
    }

    /// Whether voiced frames must be found for the sets of voice quality.
    pub(super) fn uses_voice(&self) -> bool {
        voice::SETS.into_iter().any(|set| self.uses(set))
    }

    /// Whether chroma must be made.
    pub(super) fn uses_chroma(&self) -> bool {
        [FeatureSet::Chroma, FeatureSet::Tonnetz].into_iter().any(|set| self.uses(set))
    }

    /// Whether a mel spectrum must be made.
    pub(super) fn uses_mel(&self) -> bool {
        self.uses_log_mel() || self.uses(FeatureSet::Mel)
    }

    /// Whether a mel spectrum in dB must be made.
    pub(super) fn uses_log_mel(&self) -> bool {
        self.uses_mfcc() || self.uses(FeatureSet::LogMel) || self.uses(FeatureSet::Gabor)
    }

    /// Whether cepstral coefficients must be made.
    pub(super) fn uses_mfcc(&self) -> bool {
        self.uses(FeatureSet::Mfcc)
    }

    /// Columns of a set.
    pub(super) fn width(&self, set: FeatureSet) -> usize {
        match set {
            FeatureSet::Mel | FeatureSet::LogMel => self.n_mels,
            FeatureSet::Gabor => gabor::columns(self.n_mels),
            FeatureSet::Mfcc => self.n_mfcc,
            FeatureSet::Delta | FeatureSet::Delta2 => self.delta_of.iter().filter(|set| !set.is_delta()).map(|&set| self.width(set)).sum(),
            FeatureSet::Chroma => CHROMA,
            FeatureSet::Contrast => self.contrast_bands + 1,
            FeatureSet::Tonnetz => TONNETZ,
            set => set.fixed_columns().len(),
        }
    }

    /// Names of all columns, in order.
    pub(super) fn column_names(&self) -> Vec<String> {
        self.sets.iter().flat_map(|&set| self.names_of(set)).collect()
    }

    /// Names of the columns of a set, in order.
    pub(super) fn names_of(&self, set: FeatureSet) -> Vec<String> {
        let numbered = |prefix: &str| (0..self.width(set)).map(|index| format!("{prefix}_{index}")).collect();
        let deltas = |prefix: &str| {
            let sets = self.delta_of.iter().filter(|set| !set.is_delta());
            sets.flat_map(|&set| self.names_of(set)).map(|name| format!("{prefix}_{name}")).collect()
        };
        match set {
            FeatureSet::Mel => numbered("mel"),
            FeatureSet::LogMel => numbered("log_mel"),
            FeatureSet::Gabor => numbered("gabor"),
            FeatureSet::Mfcc => numbered("mfcc"),
            FeatureSet::Chroma => numbered("chroma"),
            FeatureSet::Contrast => numbered("contrast"),
            FeatureSet::Tonnetz => numbered("tonnetz"),
            FeatureSet::Delta => deltas("delta"),
            FeatureSet::Delta2 => deltas("delta2"),
            set => set.fixed_columns().iter().map(|&name| name.to_owned()).collect(),
        }
    }
}

impl FeatureSet {
    /// The name in the experiment file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mel => "mel",
            Self::LogMel => "log-mel",
            Self::Gabor => "gabor",
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
            Self::F0 => "f0",
            Self::JitterShimmer => "jitter-shimmer",
            Self::Hnr => "hnr",
            Self::Formants => "formants",
            Self::Harmonics => "harmonics",
            Self::Loudness => "loudness",
            Self::SpectralBalance => "spectral-balance",
        }
    }

    /// Whether its columns are derived from those of other sets.
    pub(super) fn is_delta(self) -> bool {
        matches!(self, Self::Delta | Self::Delta2)
    }

    /// Whether 0 in its columns means that a frame has no value: what only a voiced frame has. Such frames are left out of means and
    /// functionals.
    pub(super) fn has_gaps(self) -> bool {
        voice::SETS.contains(&self)
    }

    /// Names of the columns, for sets whose number of columns no setting changes; else none.
    fn fixed_columns(self) -> &'static [&'static str] {
        match self {
            Self::Mel | Self::LogMel | Self::Gabor | Self::Mfcc | Self::Chroma | Self::Contrast | Self::Tonnetz => &[],
            Self::Delta | Self::Delta2 => &[],
            Self::Rms => &["rms"],
            Self::Zcr => &["zcr"],
            Self::Centroid => &["centroid"],
            Self::Bandwidth => &["bandwidth"],
            Self::Rolloff => &["rolloff"],
            Self::Flatness => &["flatness"],
            Self::Yin => &["yin"],
            Self::Pyin => &pyin::COLUMNS,
            Self::F0 => &voice::F0_COLUMNS,
            Self::JitterShimmer => &voice::PERTURBATION_COLUMNS,
            Self::Hnr => &["hnr"],
            Self::Formants => &voice::FORMANT_COLUMNS,
            Self::Harmonics => &voice::HARMONIC_COLUMNS,
            Self::Loudness => &["loudness"],
            Self::SpectralBalance => &balance::COLUMNS,
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

/// Checks that a Gabor filter bank has bands to filter, and frames close enough for its fastest rate.
fn check_gabor(sample_rate: u32, n_mels: usize, hop_length: usize) -> Result<(), InvalidSetting> {
    if n_mels < gabor::BAND_STEP {
        let message = format!("is {n_mels}; for \"gabor\" it must be at least {}, such as 64", gabor::BAND_STEP);
        return Err(InvalidSetting::new("features.n_mels", message));
    }
    let (least, most) = gabor::FRAME_RATES;
    let frame_rate = f64::from(sample_rate) / hop_length as f64;
    if !(frame_rate > least && frame_rate <= most) {
        let message = format!(
            "is {hop_length}, which makes {frame_rate:.1} frames a second; for \"gabor\" there must be over {least} and at most {most}, such as \
             100: {} samples at {sample_rate} Hz",
            sample_rate.div_ceil(100)
        );
        return Err(InvalidSetting::new("features.hop_length", message));
    }
    Ok(())
}

/// Checks what the sets of voice quality need: several samples in a period, and formants under half the sample rate.
fn check_voice(settings: &FeatureSettings, sample_rate: u32) -> Result<(), InvalidSetting> {
    check_f0_order(settings, sample_rate)?;
    let (low, rate) = (f64::from(settings.f0_min), f64::from(sample_rate));
    // The longest windows are nine of the longest period: with its length, memory and time stay bounded.
    let (least, most) = (20_f64.max(rate / 65_536.0), rate / 8.0);
    if !(least..=most).contains(&low) {
        let message = format!("is {low}; for voice quality it must be {least} to {most} Hz, an eighth of `audio.sample_rate`");
        return Err(InvalidSetting::new("features.f0_min", message));
    }
    let ceiling = f64::from(settings.formant_ceiling);
    if settings.uses(FeatureSet::Formants) || settings.uses(FeatureSet::Harmonics) {
        let most = rate / 2.0;
        if !(ceiling >= 1000.0 && ceiling <= most) {
            let message = format!("is {ceiling}; it must be 1000 to {most} Hz, half of `audio.sample_rate`");
            return Err(InvalidSetting::new("features.formant_ceiling", message));
        }
    }
    Ok(())
}

/// Checks that there is a range of fundamental frequencies under half the sample rate.
fn check_f0_order(settings: &FeatureSettings, sample_rate: u32) -> Result<(), InvalidSetting> {
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
    Ok(())
}

/// Checks the range of fundamental frequencies of YIN and pYIN: at least one period of the lowest must fit into a frame (librosa's
/// condition).
fn check_f0_range(settings: &FeatureSettings, sample_rate: u32) -> Result<(), InvalidSetting> {
    check_f0_order(settings, sample_rate)?;
    let (low, high) = (f64::from(settings.f0_min), f64::from(settings.f0_max));
    let rate = f64::from(sample_rate);
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
    if settings.uses(FeatureSet::Pyin) && pyin::pitch_bins(low, high) < 2 {
        let message = format!("is {high}; pYIN needs a range of at least a tenth of a semitone over `features.f0_min`, which is {low} Hz");
        return Err(InvalidSetting::new("features.f0_max", message));
    }
    Ok(())
}
