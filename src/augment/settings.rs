//! The `[augment]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::stage::{self, Stage};
use super::{
    BandLimitSettings, FixedCopies, GainSettings, NoiseSettings, PitchShiftSettings, RandomSpeedSettings, ReverberationSettings,
    SPEED_FACTORS, TimeShiftSettings, TimeStretchSettings, VoiceChange,
};
use crate::settings::InvalidSetting;

/// The most that columns can be stretched or squeezed by.
const MOST_WARP: f32 = 0.5;

/// What training rows are varied by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AugmentSettings {
    /// Speed factors (resampling: pitch and tempo change together) of which each training clip gets a copy; an epoch draws one of the
    /// copies or the clip itself. Empty = none.
    pub speed: Vec<f32>,
    /// Other voices (pitch and formants changed apart) of which each training clip gets a copy, as of `speed`. Empty = none.
    pub voice: Vec<VoiceChange>,
    /// Test clips too are predicted together with their copies: the mean of the probabilities (test-time augmentation).
    pub test_copies: bool,
    /// Frequency warp (vocal tract length perturbation, Jaitly & Hinton 2013): the columns of a row are stretched by a factor of up to
    /// this much from 1, another for each row and epoch; 0 = none.
    pub frequency_warp: f32,
    /// SpecAugment (Park et al. 2019): how many time masks a row and epoch.
    pub time_masks: usize,
    /// Longest time mask, as a part of the row's frames, 0 to 1.
    pub time_mask_part: f32,
    /// SpecAugment: how many masks over neighbouring columns.
    pub frequency_masks: usize,
    /// Widest frequency mask, columns.
    pub frequency_mask_width: usize,
    /// Deviation of Gaussian noise added to normalised features; 0 = none.
    pub feature_noise: f32,
    /// Mixup (Zhang et al. 2018): alpha of the Beta distribution; 0 = none.
    pub mixup: f32,
    /// How many copies each training clip gets, varied as the sections below say and measured once; an epoch draws one of them, of the
    /// copies at other speeds, or the clip itself. 0 = networks vary each clip anew each epoch, and models that are fitted once (SVM,
    /// logistic regression, random forest, nearest neighbours) get one copy.
    pub copies: usize,
    /// Playback speed: pitch and tempo together.
    #[serde(rename = "random-speed")]
    pub random_speed: RandomSpeedSettings,
    /// Tempo at the same pitch.
    #[serde(rename = "time-stretch")]
    pub time_stretch: TimeStretchSettings,
    /// Pitch at the same tempo.
    #[serde(rename = "pitch-shift")]
    pub pitch_shift: PitchShiftSettings,
    /// Where in the clip speech begins.
    #[serde(rename = "time-shift")]
    pub time_shift: TimeShiftSettings,
    /// A room around the speaker.
    pub reverberation: ReverberationSettings,
    /// Background noise.
    pub noise: NoiseSettings,
    /// A telephone's or a poor microphone's band.
    #[serde(rename = "band-limit")]
    pub band_limit: BandLimitSettings,
    /// The level of the recording.
    pub gain: GainSettings,
}

/// The most copies that a clip can get.
const MOST_COPIES: usize = 100;

impl AugmentSettings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        if let Some(factor) = self.speed.iter().find(|factor| !SPEED_FACTORS.contains(factor)) {
            let (low, high) = (SPEED_FACTORS.start(), SPEED_FACTORS.end());
            return Err(InvalidSetting::new("augment.speed", format!("has {factor}; speed factors must be {low} to {high}")));
        }
        if !(0.0..=1.0).contains(&self.time_mask_part) {
            let part = self.time_mask_part;
            return Err(InvalidSetting::new("augment.time_mask_part", format!("is {part}; it must be 0 to 1, a part of the frames")));
        }
        if !(0.0..=MOST_WARP).contains(&self.frequency_warp) {
            let warp = self.frequency_warp;
            return Err(InvalidSetting::new("augment.frequency_warp", format!("is {warp}; it must be from 0 (none) to {MOST_WARP}")));
        }
        self.voice.iter().try_for_each(VoiceChange::check)?;
        if self.test_copies && FixedCopies::of_training(self).is_empty() {
            return Err(InvalidSetting::new(
                "augment.test_copies",
                "is true, but neither `augment.speed` nor `augment.voice` names copies",
            ));
        }
        for (key, value) in [("augment.feature_noise", self.feature_noise), ("augment.mixup", self.mixup)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(InvalidSetting::new(key, format!("is {value}; it must be 0 (none) or more")));
            }
        }
        if self.copies > MOST_COPIES {
            return Err(InvalidSetting::new("augment.copies", format!("is {}; it must be 0 to {MOST_COPIES}", self.copies)));
        }
        self.stages().into_iter().try_for_each(stage::check)
    }

    /// Whether waveforms are varied: any stage with a chance above 0.
    pub fn varies_waves(&self) -> bool {
        self.stages().iter().any(|stage| stage.probability() > 0.0)
    }

    /// How many varied copies of each training clip are measured once, for a model that is trained by epochs or fitted once.
    pub fn fixed_copies(&self, by_epochs: bool) -> usize {
        match (self.varies_waves(), self.copies) {
            (false, _) => 0,
            (true, 0) => usize::from(!by_epochs),
            (true, copies) => copies,
        }
    }

    /// Each waveform stage that has a chance, with its range and its chance, in words and in order.
    pub fn wave_stages(&self) -> Vec<String> {
        let stages = self.stages().into_iter().filter(|stage| stage.probability() > 0.0);
        stages.map(|stage| format!("{} (probability {})", stage.describe(), stage.probability())).collect()
    }

    /// The stages of waveform augmentation in the order that a sound meets them: the voice, its place in the recording, the room, the noise
    /// at the microphone, the line, the level.
    pub(super) fn stages(&self) -> [&dyn Stage; 8] {
        [
            &self.random_speed,
            &self.time_stretch,
            &self.pitch_shift,
            &self.time_shift,
            &self.reverberation,
            &self.noise,
            &self.band_limit,
            &self.gain,
        ]
    }
}
