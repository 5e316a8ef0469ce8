//! The `[audio]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::settings::InvalidSetting;

/// How a decoded clip is brought to the form that features are taken from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub struct AudioSettings {
    /// Samples a second after resampling, Hz.
    pub sample_rate: u32,
    /// Silence at both ends that is more than this many dB under the loudest frame is cut away (as `librosa.effects.trim`); 0 leaves it.
    pub trim_db: f32,
    /// Longer clips are cropped to this many seconds, around their middle; 0 leaves every clip as long as it is.
    pub duration_s: f32,
    /// What becomes of clips shorter than `duration_s`.
    pub pad: Pad,
    /// Recordings longer than this many seconds are refused while they are decoded, which bounds memory; 0 lets in what fits.
    #[serde(default)]
    pub max_duration_s: f32,
}

/// Where zeros are put when a clip is shorter than `audio.duration_s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pad {
    /// Nowhere: the clip stays short; sequence models mask what is missing.
    None,
    /// Zeros after the clip.
    End,
    /// Zeros before and after the clip, evenly.
    Both,
}

impl AudioSettings {
    /// Checks every value.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        if !(2_000..=384_000).contains(&self.sample_rate) {
            return Err(InvalidSetting::new("audio.sample_rate", format!("is {}; it must be 2000 to 384000 Hz", self.sample_rate)));
        }
        if !(self.trim_db >= 0.0 && self.trim_db.is_finite()) {
            return Err(InvalidSetting::new(
                "audio.trim_db",
                format!("is {}; it must be 0 (leave as it is) or a level in dB, such as 40.0", self.trim_db),
            ));
        }
        if !(self.duration_s >= 0.0 && self.duration_s <= 3600.0) {
            return Err(InvalidSetting::new(
                "audio.duration_s",
                format!("is {}; it must be 0 (as long as it is) to 3600 s", self.duration_s),
            ));
        }
        if !(self.max_duration_s >= 0.0 && self.max_duration_s.is_finite()) {
            return Err(InvalidSetting::new(
                "audio.max_duration_s",
                format!("is {}; it must be 0 (what fits into memory) or seconds, such as 3600.0", self.max_duration_s),
            ));
        }
        Ok(())
    }

    /// The longest recording that is let in, seconds; infinite where there is no limit.
    pub fn longest_s(&self) -> f64 {
        if self.max_duration_s > 0.0 { f64::from(self.max_duration_s) } else { f64::INFINITY }
    }
}
