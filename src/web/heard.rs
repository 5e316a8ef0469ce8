//! Where in a recording begins what a model reads of it.

use crate::audio::{self, Clip};

/// How many samples are compared: enough to tell one place from another, few enough that no recording makes it slow.
const COMPARED: usize = 64;

/// Seconds from the beginning of `clip` to the beginning of `heard`, which was made from it by resampling, trimming, cropping and padding
/// with zeros; negative where zeros were put before. None where it is not found in it.
pub(super) fn start_s(clip: &Clip, heard: &Clip) -> Option<f64> {
    let resampled;
    let whole = if clip.sample_rate == heard.sample_rate {
        &clip.samples
    } else {
        resampled = audio::resample(clip, heard.sample_rate).ok()?.samples;
        &resampled
    };
    let padding = heard.samples.iter().position(|&sample| sample != 0.0)?;
    let sound = &heard.samples[padding..];
    let probe = &sound[..sound.len().min(COMPARED)];
    // A clip shorter than the probe is padded behind: what matters is the part before the zeros.
    let length = probe.iter().rposition(|&sample| sample != 0.0).map_or(0, |last| last + 1);
    let at = whole.windows(length.max(1)).position(|window| window == &probe[..length])?;
    Some((at as f64 - padding as f64) / f64::from(heard.sample_rate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{AudioSettings, Pad};
    use crate::corpus::Emotion;
    use crate::corpus::demo::Utterance;

    fn settings(trim_db: f32, duration_s: f32, pad: Pad, sample_rate: u32) -> AudioSettings {
        AudioSettings { sample_rate, trim_db, duration_s, pad, max_duration_s: 0.0 }
    }

    #[test]
    fn the_start_is_found_after_trimming_cropping_padding_and_resampling() {
        let clip = Utterance { seed: 1, speaker: 1, emotion: Emotion::Sad, statement: 2, repetition: 1 }.synthesise();
        let length = clip.duration_s();
        let start = |settings: &AudioSettings| start_s(&clip, &audio::prepare(clip.clone(), settings).unwrap()).unwrap();

        let trimmed = start(&settings(40.0, 0.0, Pad::None, 16_000));
        assert!(trimmed > 0.02 && trimmed < 0.3, "{trimmed}");
        assert!((start(&settings(40.0, 0.0, Pad::None, 22_050)) - trimmed).abs() < 0.04);
        assert!((start(&settings(0.0, 1.0, Pad::None, 16_000)) - (length - 1.0) / 2.0).abs() < 1e-4);
        assert!((start(&settings(0.0, 4.0, Pad::Both, 16_000)) - (length - 4.0) / 2.0).abs() < 1e-4);
        assert_eq!(start(&settings(0.0, 4.0, Pad::End, 16_000)), 0.0);
    }

    #[test]
    fn silence_has_no_place() {
        let clip = Clip { samples: vec![0.0; 100], sample_rate: 16_000 };
        assert_eq!(start_s(&clip, &clip), None);
    }
}
