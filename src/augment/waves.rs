//! All stages of waveform augmentation, one after the other.

use std::borrow::Cow;

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::{AugmentError, AugmentSettings};
use crate::audio::Clip;
use crate::settings::InvalidSetting;

/// Varies waveforms at random: each stage with its chance, by an amount from its range, in this order:
///
/// 1. the voice: speed, time stretch, pitch shift,
/// 2. where it begins: time shift,
/// 3. the room: reverberation,
/// 4. the microphone: noise,
/// 5. the line: band limit,
/// 6. the level: gain.
///
/// That is the way a sound takes into a recording: noise does not reverberate, and it lies over the silence that a shift leaves. A clip is
/// not clipped to `[-1, 1]`. Only speed and time stretch change its length.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveAugmenter {
    settings: AugmentSettings,
}

impl WaveAugmenter {
    /// An augmenter after checked settings.
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn new(settings: &AugmentSettings) -> Result<Self, InvalidSetting> {
        settings.check()?;
        Ok(Self { settings: settings.clone() })
    }

    /// Every chance is 0: `apply` changes nothing.
    pub fn is_identity(&self) -> bool {
        !self.settings.varies_waves()
    }

    /// Varies a clip; borrowed where no stage had its chance. The same state of `rng` gives the same result, and stages without a chance do
    /// not draw from it.
    ///
    /// # Errors
    /// [`AugmentError`]: a band that the clip's sample rate has no room for, or a resampler that fails.
    pub fn apply<'c>(&self, clip: &'c Clip, rng: &mut ChaCha8Rng) -> Result<Cow<'c, Clip>, AugmentError> {
        let mut varied = Cow::Borrowed(clip);
        for stage in self.settings.stages() {
            let probability = stage.probability();
            if probability > 0.0 && rng.r#gen::<f32>() < probability {
                varied = Cow::Owned(stage.apply(&varied, rng)?);
            }
        }
        Ok(varied)
    }
}
