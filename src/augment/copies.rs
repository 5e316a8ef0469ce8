//! The copies of a clip that are made once, by declared factors.

use std::cell::LazyCell;

use super::voice::Speaker;
use super::{AugmentError, AugmentSettings, VoiceChange, speed};
use crate::audio::Clip;

/// Which copies of a clip are made, the same for each.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FixedCopies {
    /// At other speeds.
    pub speed: Vec<f32>,
    /// In other voices.
    pub voice: Vec<VoiceChange>,
}

impl FixedCopies {
    /// Those that training rows get.
    pub fn of_training(settings: &AugmentSettings) -> Self {
        Self { speed: settings.speed.clone(), voice: settings.voice.clone() }
    }

    /// Those that test rows are predicted together with.
    pub fn of_test(settings: &AugmentSettings) -> Self {
        if settings.test_copies { Self::of_training(settings) } else { Self::default() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.speed.len() + self.voice.len()
    }

    /// None.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The clip's copies, in order.
    ///
    /// # Errors
    /// A factor that cannot be used, or a resampler that fails.
    pub fn make<'a>(&'a self, clip: &'a Clip) -> impl Iterator<Item = Result<Clip, AugmentError>> + 'a {
        let speaker = LazyCell::new(|| Speaker::of(clip));
        let speeds = self.speed.iter().map(|&factor| speed(clip, factor));
        speeds.chain(self.voice.iter().map(move |&change| speaker.in_voice(change)))
    }
}
