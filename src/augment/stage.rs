//! What all stages of waveform augmentation have in common.

use std::ops::RangeInclusive;

use rand::Rng as _;
use rand_chacha::ChaCha8Rng;

use super::AugmentError;
use crate::audio::Clip;
use crate::settings::InvalidSetting;

/// A stage with its chance and its range, as a section `[augment.KEY]` declares it.
pub(super) trait Stage {
    /// The section's name.
    fn key(&self) -> &'static str;

    /// The chance that a clip passes through it, 0 to 1.
    fn probability(&self) -> f32;

    /// Checks the values beside the probability.
    fn check_ranges(&self) -> Result<(), InvalidSetting>;

    /// What it does and its range, in words.
    fn describe(&self) -> String;

    /// Varies a clip by an amount drawn from the range.
    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError>;
}

/// Checks every value of a stage.
pub(super) fn check(stage: &dyn Stage) -> Result<(), InvalidSetting> {
    let probability = stage.probability();
    if !(0.0..=1.0).contains(&probability) {
        let key = format!("augment.{}.probability", stage.key());
        return Err(InvalidSetting::new(key, format!("is {probability}; it must be 0 (never) to 1 (always)")));
    }
    stage.check_ranges()
}

/// Refuses a range that is not `[low, high]` within what the stage takes.
pub(super) fn check_range(key: &str, [low, high]: [f32; 2], allowed: &RangeInclusive<f32>) -> Result<(), InvalidSetting> {
    if allowed.contains(&low) && allowed.contains(&high) && low <= high {
        return Ok(());
    }
    let (least, most) = (allowed.start(), allowed.end());
    let message = format!("is [{low}, {high}]; it must be [low, high], neither under {least} nor over {most}");
    Err(InvalidSetting::new(format!("augment.{key}"), message))
}

/// A uniform draw from `[low, high]`.
pub(super) fn draw([low, high]: [f32; 2], rng: &mut ChaCha8Rng) -> f32 {
    low + (high - low) * rng.r#gen::<f32>()
}

/// Root mean square; 0 of nothing.
pub(super) fn rms(samples: &[f32]) -> f64 {
    let energy: f64 = samples.iter().map(|&value| f64::from(value) * f64::from(value)).sum();
    if samples.is_empty() { 0.0 } else { (energy / samples.len() as f64).sqrt() }
}
