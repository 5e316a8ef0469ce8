//! What can be told of clips without features: length, level, clipping, silence.

use rayon::prelude::*;

use super::duplicates::audio_hash;
use super::{ClipSource, Corpus};
use crate::audio::{self, AudioError, Decoded, TRIM_FRAME_LENGTH, TRIM_HOP_LENGTH, trim};

/// Silence is what [`trim`] would cut away at this many dB under the loudest frame.
pub const SILENCE_DB: f32 = 40.0;

/// A sample counts as clipped from here on: the largest value of 16-bit audio.
pub const FULL_SCALE: f32 = 32_767.0 / 32_768.0;

/// What one clip is like as it was recorded, its channels mixed down to one.
#[derive(Debug, Clone, PartialEq)]
pub struct ClipMeasures {
    /// Length, seconds.
    pub duration_s: f64,
    /// Hz.
    pub sample_rate: u32,
    /// Channels of the file.
    pub channels: u16,
    /// Root mean square, dB under full scale; negative infinity for silence throughout.
    pub rms_dbfs: f64,
    /// Largest magnitude, dB under full scale; negative infinity for silence throughout.
    pub peak_dbfs: f64,
    /// Samples at [`FULL_SCALE`] or over it.
    pub clipped: usize,
    /// Silence before the first sound ([`SILENCE_DB`]), seconds.
    pub leading_s: f64,
    /// Silence after the last sound, seconds.
    pub trailing_s: f64,
    /// Equal for equal audio.
    pub audio_hash: String,
    /// What is odd about the file.
    pub warnings: Vec<String>,
}

impl ClipMeasures {
    /// Measures a recording.
    pub fn of(decoded: &Decoded) -> Self {
        let samples = &decoded.clip.samples;
        let rate = decoded.clip.sample_rate;
        let energy: f64 = samples.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
        let peak = samples.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        let sound = trim(samples, SILENCE_DB, TRIM_FRAME_LENGTH, TRIM_HOP_LENGTH);
        let seconds = |samples: usize| samples as f64 / f64::from(rate);
        Self {
            duration_s: decoded.clip.duration_s(),
            sample_rate: rate,
            channels: decoded.channels,
            rms_dbfs: 10.0 * (energy / samples.len().max(1) as f64).log10(),
            peak_dbfs: 20.0 * f64::from(peak).log10(),
            clipped: samples.iter().filter(|x| x.abs() >= FULL_SCALE).count(),
            leading_s: seconds(sound.start),
            trailing_s: seconds(samples.len() - sound.end.min(samples.len())),
            audio_hash: audio_hash(samples, rate),
            warnings: decoded.warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Decodes and measures every clip of `corpus`, several at once; a result a clip, in their order. Recordings over `longest_s` seconds are
/// refused. `done` is called after each clip, from any thread.
pub fn measure(corpus: &Corpus, longest_s: f64, done: &(dyn Fn() + Sync)) -> Vec<Result<ClipMeasures, AudioError>> {
    let one = |source: &ClipSource| {
        let decoded = match source {
            ClipSource::File(path) => audio::read_within(path, longest_s)?,
            ClipSource::Demo(utterance) => Decoded { clip: utterance.synthesise(), channels: 1, warnings: Vec::new() },
        };
        Ok(ClipMeasures::of(&decoded))
    };
    let run = |clip: &super::ClipRow| {
        let result = one(&clip.source);
        done();
        result
    };
    corpus.clips.par_iter().map(run).collect()
}
