//! The same words in another voice: pitch and formants changed apart from each other.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AugmentError, speed};
use crate::audio::Clip;
use crate::features::Voicing;
use crate::settings::InvalidSetting;

/// The factors that [`convert_voice`] takes, of pitch and of formants.
pub const VOICE_FACTORS: RangeInclusive<f32> = 0.5..=2.0;

/// Seconds of a piece of what is not voiced.
const UNVOICED_S: f64 = 0.01;
/// The pause between two pulses, in longest periods, that ends a voiced stretch.
const PAUSE: f64 = 1.25;

/// Another voice, an element of `[[augment.voice]]`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VoiceChange {
    /// What fundamental frequency is multiplied by.
    pub pitch: f32,
    /// What the frequencies of formants are multiplied by: above 1 as of a shorter vocal tract.
    pub formants: f32,
}

impl VoiceChange {
    /// Checks both factors.
    pub(super) fn check(&self) -> Result<(), InvalidSetting> {
        let (low, high) = (VOICE_FACTORS.start(), VOICE_FACTORS.end());
        self.wild().map_or(Ok(()), |(key, factor)| {
            Err(InvalidSetting::new("augment.voice", format!("has {key} = {factor}; it must be {low} to {high}")))
        })
    }

    /// The first factor outside [`VOICE_FACTORS`], and its name.
    fn wild(&self) -> Option<(&'static str, f32)> {
        [("pitch", self.pitch), ("formants", self.formants)].into_iter().find(|(_, factor)| !VOICE_FACTORS.contains(factor))
    }
}

impl std::fmt::Display for VoiceChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pitch x {}, formants x {}", self.pitch, self.formants)
    }
}

/// Says a clip in another voice, at the same tempo, as Praat's "Change gender" does: the clip is played at the speed that moves its
/// formants, and pitch-synchronous overlap-add (PSOLA; Moulines & Charpentier 1990) brings pitch and duration to where they should be.
///
/// Periods are copied from one closure of the vocal folds to the next, under a raised cosine, as far apart as the new pitch has it; what is
/// not voiced is copied in pieces of 10 ms (Praat draws 8 to 12). The clip keeps its length and loses its mean.
///
/// ```
/// use intone::{audio::Clip, augment::{self, VoiceChange}};
/// let clip = Clip { samples: vec![0.1; 16_000], sample_rate: 16_000 };
/// let other = augment::convert_voice(&clip, VoiceChange { pitch: 0.6, formants: 0.86 })?;
/// assert_eq!(other.samples.len(), 16_000);
/// # Ok::<(), augment::AugmentError>(())
/// ```
///
/// # Errors
/// [`AugmentError::Voice`] for a factor outside [`VOICE_FACTORS`], [`AugmentError::Audio`] where resampling fails.
pub fn convert_voice(clip: &Clip, change: VoiceChange) -> Result<Clip, AugmentError> {
    Speaker::of(clip).in_voice(change)
}

/// A clip and where its voice sounds, found once for any number of changes.
pub(super) struct Speaker {
    /// The clip less its mean.
    clip: Clip,
    voicing: Voicing,
}

impl Speaker {
    /// Finds the voice.
    pub fn of(clip: &Clip) -> Self {
        let mean = clip.samples.iter().map(|&sample| f64::from(sample)).sum::<f64>() / clip.samples.len().max(1) as f64;
        let samples: Vec<f32> = clip.samples.iter().map(|&sample| (f64::from(sample) - mean) as f32).collect();
        Self { voicing: Voicing::of(&samples, clip.sample_rate), clip: Clip { samples, sample_rate: clip.sample_rate } }
    }

    /// The clip in another voice: [`convert_voice`].
    pub fn in_voice(&self, change: VoiceChange) -> Result<Clip, AugmentError> {
        if let Some((_, factor)) = change.wild() {
            return Err(AugmentError::Voice { factor });
        }
        let (length, rate) = (self.clip.samples.len(), f64::from(self.clip.sample_rate));
        let source = if length == 0 { Vec::new() } else { speed(&self.clip, change.formants)?.samples };
        let mut overlap = OverlapAdd { source: &source, stretch: f64::from(change.formants), sum: vec![0.0; length] };
        // A sample at least, whatever the rate says.
        let (mut done, step) = (0.0, (UNVOICED_S * rate).max(1.0));
        let period = |time: f64| self.voicing.frequency(time).map(|hertz| rate / (hertz * f64::from(change.pitch)));
        let pause = PAUSE * self.voicing.contour.iter().map(|(_, hertz)| rate / hertz).fold(0.0, f64::max);
        for pulses in self.voicing.pulses.chunk_by(|before, after| after - before <= pause) {
            let (first, last) = (pulses[0], pulses[pulses.len() - 1]);
            let (Some(starting), Some(finishing)) = (period(first), period(last)) else { continue };
            let end = last + 0.5 * finishing;
            overlap.unvoiced(done, first - 0.5 * starting, step);
            overlap.voiced(pulses, end, period);
            done = end;
        }
        overlap.unvoiced(done, length as f64, step);
        Ok(Clip { samples: overlap.sum, sample_rate: self.clip.sample_rate })
    }
}

/// Pieces of a clip that was played faster or slower, added up at its own tempo. Times are those of the clip as it was, in samples.
struct OverlapAdd<'a> {
    source: &'a [f32],
    /// How many times as long the clip was.
    stretch: f64,
    sum: Vec<f32>,
}

impl OverlapAdd<'_> {
    /// Copies what is not voiced, in pieces of `step` samples.
    fn unvoiced(&mut self, begin: f64, end: f64, step: f64) {
        let mut time = begin + 0.5 * step;
        while time < end {
            self.add(time, time, [step, step]);
            time += step;
        }
    }

    /// Copies a voiced stretch, a pulse for each period that `period` gives, from the first pulse on.
    fn voiced(&mut self, pulses: &[f64], end: f64, period: impl Fn(f64) -> Option<f64>) {
        let mut time = pulses[0];
        while time < end {
            let Some(width) = period(time) else { break };
            let nearest = nearest(pulses, time);
            let at = pulses[nearest];
            // The grain is not wider than the periods that it is cut from. Widths are of the clip as it is played: `source` holds its
            // periods shortened, and a grain of the new period.
            let left = nearest.checked_sub(1).map_or(width, |before| width.min((at - pulses[before]) / self.stretch));
            let right = pulses.get(nearest + 1).map_or(width, |after| width.min((after - at) / self.stretch));
            self.add(at, time, [left, right]);
            time += width;
        }
    }

    /// Adds the samples around `from`, so many to the left and to the right, around `to`.
    fn add(&mut self, from: f64, to: f64, [left, right]: [f64; 2]) {
        let middle = from / self.stretch;
        let (start, centre, end) = (index(middle - left), index(middle), index(middle + right));
        let shift = index(to) - centre;
        let rise = (start..centre).map(|sample| (sample, (sample - start) as f64 + 0.5, (centre - start) as f64));
        let fall = (centre..end).map(|sample| (sample, (end - sample) as f64 - 0.5, (end - centre) as f64));
        for (sample, phase, width) in rise.chain(fall) {
            let source = usize::try_from(sample).ok().and_then(|sample| self.source.get(sample));
            let target = usize::try_from(sample + shift).ok().and_then(|sample| self.sum.get_mut(sample));
            if let (Some(source), Some(target)) = (source, target) {
                *target += source * (0.5 - 0.5 * (std::f64::consts::PI * phase / width).cos()) as f32;
            }
        }
    }
}

/// The first sample at or after a time.
fn index(time: f64) -> isize {
    time.ceil() as isize
}

/// Which of the times, in order and at least one, is the nearest.
fn nearest(times: &[f64], time: f64) -> usize {
    let after = times.partition_point(|&at| at < time).min(times.len() - 1);
    if after > 0 && time - times[after - 1] < times[after] - time { after - 1 } else { after }
}
