//! How fast and in what stretches somebody speaks: proxies for speaking rate, of a whole clip.
//!
//! The temporal features of GeMAPS (Eyben et al. 2016), in seconds and a second:
//!
//! | name | definition |
//! | --- | --- |
//! | `voiced_segments_per_s` | stretches of voiced frames a second of the clip |
//! | `voiced_segment_mean`, `voiced_segment_deviation` | their lengths |
//! | `unvoiced_segment_mean`, `unvoiced_segment_deviation` | lengths of the stretches of unvoiced frames, pauses at both ends included |
//! | `loudness_peaks_per_s` | maxima of the loudness (means over three frames) that it rises to, and falls from, by a tenth of its range |

/// What is told from voicing, the set `f0`.
pub(super) const VOICING: [&str; 5] =
    ["voiced_segments_per_s", "voiced_segment_mean", "voiced_segment_deviation", "unvoiced_segment_mean", "unvoiced_segment_deviation"];
/// What is told from loudness, the set `loudness`.
pub(super) const LOUDNESS: [&str; 1] = ["loudness_peaks_per_s"];
/// Part of the range that loudness rises and falls by around a peak.
const PEAK: f32 = 0.1;

/// The values of [`VOICING`]: 0 of no stretch.
pub(super) fn of_voicing(voiced: &[bool], frame_step_s: f64) -> [f32; VOICING.len()] {
    let lengths = |kind: bool| -> Vec<f64> {
        let stretches = voiced.chunk_by(|a, b| a == b).filter(|stretch| stretch[0] == kind);
        stretches.map(|stretch| stretch.len() as f64 * frame_step_s).collect()
    };
    let (voices, pauses) = (lengths(true), lengths(false));
    let rate = voices.len() as f64 / (voiced.len().max(1) as f64 * frame_step_s);
    let ([voice, voice_deviation], [pause, pause_deviation]) = (moments(&voices), moments(&pauses));
    [rate, voice, voice_deviation, pause, pause_deviation].map(|value| value as f32)
}

/// Mean and deviation.
fn moments(values: &[f64]) -> [f64; 2] {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    [mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()]
}

/// The value of [`LOUDNESS`].
pub(super) fn of_loudness(loudness: &[f32], frame_step_s: f64) -> [f32; LOUDNESS.len()] {
    let last = loudness.len().saturating_sub(1);
    let smooth = |frame: usize| (loudness[frame.saturating_sub(1)] + loudness[frame] + loudness[(frame + 1).min(last)]) / 3.0;
    let values = || (0..loudness.len()).map(smooth);
    let (low, high) = values().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let step = PEAK * (high - low);
    if step <= 0.0 {
        return [0.0];
    }
    let (mut rising, mut extreme, mut peaks) = (false, f32::INFINITY, 0_u32);
    for value in values() {
        extreme = if rising { extreme.max(value) } else { extreme.min(value) };
        if (value - extreme).abs() >= step {
            peaks += u32::from(rising);
            rising = !rising;
            extreme = value;
        }
    }
    [(f64::from(peaks) / (loudness.len() as f64 * frame_step_s)) as f32]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_counted_and_measured() {
        let voiced: Vec<bool> = "..vvvv..vv......".chars().map(|c| c == 'v').collect();
        let [rate, mean, deviation, pause, pause_deviation] = of_voicing(&voiced, 0.5);
        assert_eq!((rate, mean, deviation), (0.25, 1.5, 0.5));
        assert_eq!(pause, 5.0 / 3.0);
        assert!((pause_deviation - (8.0_f32 / 9.0).sqrt()).abs() < 1e-6);
        assert_eq!(of_voicing(&[false; 4], 0.5), [0.0, 0.0, 0.0, 2.0, 0.0]);
        assert_eq!(of_voicing(&[], 0.5), [0.0; 5]);
    }

    #[test]
    fn peaks_rise_and_fall_by_a_tenth_of_the_range() {
        let wave = |amplitude: f32| move |frame: usize| 1.0 + amplitude * (frame as f32 * std::f32::consts::TAU / 50.0).sin();
        let waves: Vec<f32> = (0..200).map(wave(1.0)).collect();
        assert_eq!(of_loudness(&waves, 0.01), [2.0], "four peaks in two seconds");
        // A small ripple beside a large rise is none.
        let mut ripple: Vec<f32> = (0..200).map(wave(0.04)).collect();
        ripple.extend((0..200).map(|frame| 1.0 + frame.min(200 - frame) as f32 / 50.0));
        assert_eq!(of_loudness(&ripple, 0.01), [0.25]);
        assert_eq!((of_loudness(&[0.5; 9], 0.01), of_loudness(&[], 0.01)), ([0.0], [0.0]));
    }
}
