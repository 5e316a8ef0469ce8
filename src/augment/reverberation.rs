//! A room around the speaker.

use std::ops::RangeInclusive;

use rand_chacha::ChaCha8Rng;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::AugmentError;
use super::normal::Normals;
use super::stage::{Stage, check_range, draw, rms};
use super::transform::convolve;
use crate::audio::Clip;
use crate::settings::InvalidSetting;

/// The reverberation times that [`room_response`] takes, seconds.
pub const REVERBERATION_TIMES_S: RangeInclusive<f32> = 0.05..=10.0;

/// The direct-to-reverberant ratios that [`room_response`] takes, dB.
pub const DIRECT_RATIOS_DB: RangeInclusive<f32> = -30.0..=60.0;

/// The section `[augment.reverberation]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ReverberationSettings {
    /// The chance that a clip is put into a room, 0 to 1.
    pub probability: f32,
    /// RT60, the time in which the room's sound decays by 60 dB, seconds, drawn uniformly between these two.
    pub rt60_s: [f32; 2],
    /// Direct-to-reverberant energy ratio, dB, drawn uniformly between these two: lower is farther from the microphone.
    pub direct_db: [f32; 2],
}

/// A synthetic impulse response of a room: the direct sound, 1, at sample 0, and after it Gaussian noise that decays exponentially, by 60 dB
/// in `rt60_s`, where it ends.
///
/// This is the statistical model of late reverberation (Moorer 1979, *About this reverberation business*, Computer Music Journal 3(2);
/// Polack 1988, *La transmission de l'énergie sonore dans les salles*). It has no single early reflections, as an image-source model of a
/// given room has (Allen & Berkley 1979), which audiomentations' `RoomSimulator` takes. The energy of the direct sound over that of the rest
/// is `direct_db`.
///
/// # Errors
/// [`AugmentError::ReverberationTime`] and [`AugmentError::DirectRatio`] outside [`REVERBERATION_TIMES_S`] and [`DIRECT_RATIOS_DB`].
pub fn room_response(sample_rate: u32, rt60_s: f32, direct_db: f32, rng: &mut ChaCha8Rng) -> Result<Vec<f32>, AugmentError> {
    response_within(usize::MAX, sample_rate, rt60_s, direct_db, rng)
}

/// As [`room_response`], cut to its first `most` samples: what a shorter clip can hear of it.
fn response_within(most: usize, sample_rate: u32, rt60_s: f32, direct_db: f32, rng: &mut ChaCha8Rng) -> Result<Vec<f32>, AugmentError> {
    if !REVERBERATION_TIMES_S.contains(&rt60_s) {
        return Err(AugmentError::ReverberationTime { seconds: rt60_s });
    }
    if !DIRECT_RATIOS_DB.contains(&direct_db) {
        return Err(AugmentError::DirectRatio { db: direct_db });
    }
    let rt60 = f64::from(rt60_s) * f64::from(sample_rate);
    // 60 dB are a factor of 1000 in amplitude.
    let decay = 1000.0_f64.powf(-1.0 / rt60);
    let mut normals = Normals::new(rng);
    let (mut level, mut energy) = (1.0, 0.0);
    let mut response: Vec<f32> = vec![1.0];
    response.extend((1..rt60.ceil() as usize).map(|_| {
        level *= decay;
        let value = level * f64::from(normals.draw());
        energy += value * value;
        value as f32
    }));
    response.truncate(most);
    let scale = if energy > 0.0 { (10.0_f64.powf(-f64::from(direct_db) / 10.0) / energy).sqrt() as f32 } else { 0.0 };
    response.iter_mut().skip(1).for_each(|value| *value *= scale);
    Ok(response)
}

/// Puts a clip into a room: convolved with a [`room_response`] of its own. The clip keeps its length, so that what sounds on after it is
/// cut off, and its energy.
///
/// ```
/// use intone::{augment, audio::Clip, seed};
/// let clip = Clip { samples: (0..8000).map(|n| (n as f32 * 0.2).sin()).collect(), sample_rate: 16_000 };
/// let room = augment::reverberate(&clip, 0.4, 6.0, &mut seed::stream(1, &["room"]))?;
/// assert_eq!(room.samples.len(), 8000);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// As for [`room_response`].
pub fn reverberate(clip: &Clip, rt60_s: f32, direct_db: f32, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
    let response = response_within(clip.samples.len().max(1), clip.sample_rate, rt60_s, direct_db, rng)?;
    let mut samples = convolve(&clip.samples, &response);
    let (before, after) = (rms(&clip.samples), rms(&samples));
    let scale = if after > 0.0 { (before / after) as f32 } else { 0.0 };
    samples.iter_mut().for_each(|sample| *sample *= scale);
    Ok(Clip { samples, sample_rate: clip.sample_rate })
}

impl Stage for ReverberationSettings {
    fn key(&self) -> &'static str {
        "reverberation"
    }

    fn probability(&self) -> f32 {
        self.probability
    }

    fn check_ranges(&self) -> Result<(), InvalidSetting> {
        check_range("reverberation.rt60_s", self.rt60_s, &REVERBERATION_TIMES_S)?;
        check_range("reverberation.direct_db", self.direct_db, &DIRECT_RATIOS_DB)
    }

    fn describe(&self) -> String {
        let ([shortest, longest], [far, near]) = (self.rt60_s, self.direct_db);
        format!("reverberation of {shortest} to {longest} s (RT60), direct sound {far} to {near} dB over it")
    }

    fn apply(&self, clip: &Clip, rng: &mut ChaCha8Rng) -> Result<Clip, AugmentError> {
        let (rt60_s, direct_db) = (draw(self.rt60_s, rng), draw(self.direct_db, rng));
        reverberate(clip, rt60_s, direct_db, rng)
    }
}
