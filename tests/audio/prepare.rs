//! Trimming as librosa does, and the order and policy of crop and pad.

use intone::audio::{AudioError, AudioSettings, Clip, Pad, TRIM_FRAME_LENGTH, TRIM_HOP_LENGTH, prepare, read, trim};
use proptest::prelude::*;

use crate::{expected, fixture};

#[test]
fn trim_equals_librosa() {
    let expected = expected();
    for case in expected["trim"].as_array().unwrap() {
        let clip = read(&fixture("audio").join(case["file"].as_str().unwrap())).unwrap().clip;
        let number = |value: &serde_json::Value| value.as_u64().unwrap() as usize;
        let bounds = trim(&clip.samples, case["top_db"].as_f64().unwrap() as f32, number(&case["frame"]), number(&case["hop"]));
        assert_eq!([bounds.start, bounds.end], [number(&case["bounds"][0]), number(&case["bounds"][1])], "{case}");
    }
}

#[test]
fn silence_and_odd_frames_are_left_alone() {
    assert_eq!(trim(&[0.0; 5_000], 40.0, TRIM_FRAME_LENGTH, TRIM_HOP_LENGTH), 0..5_000);
    assert_eq!(trim(&[], 40.0, TRIM_FRAME_LENGTH, TRIM_HOP_LENGTH), 0..0);
    assert_eq!(trim(&[1.0; 10], 40.0, 0, 512), 0..10);
    assert_eq!(trim(&[1.0; 10], 40.0, 2048, 0), 0..10);
}

fn settings(trim_db: f32, duration_s: f32, pad: Pad) -> AudioSettings {
    AudioSettings { sample_rate: 8_000, trim_db, duration_s, pad, max_duration_s: 0.0 }
}

fn ramp(length: usize) -> Clip {
    Clip { samples: (1..=length).map(|value| value as f32 / 100.0).collect(), sample_rate: 8_000 }
}

#[test]
fn crops_around_the_middle() {
    let cropped = prepare(ramp(13), &settings(0.0, 0.001, Pad::End)).unwrap();
    assert_eq!(cropped.samples, ramp(13).samples[2..10]);
}

#[test]
fn pads_where_it_is_told_to() {
    let padded = |pad| prepare(ramp(3), &settings(0.0, 0.001, pad)).unwrap().samples;
    assert_eq!(padded(Pad::None), ramp(3).samples);
    assert_eq!(padded(Pad::End), [0.01, 0.02, 0.03, 0.0, 0.0, 0.0, 0.0, 0.0]);
    assert_eq!(padded(Pad::Both), [0.0, 0.0, 0.01, 0.02, 0.03, 0.0, 0.0, 0.0]);
}

#[test]
fn trims_before_it_crops_and_measures_no_silence_of_its_own() {
    // Two seconds of silence, then one of a tone: cropping first would keep nothing but silence.
    let mut samples = vec![0.0; 16_000];
    samples.extend((0..8_000).map(|index| (index as f32 * 0.3).sin()));
    let clip = Clip { samples, sample_rate: 8_000 };
    let kept = prepare(clip.clone(), &settings(40.0, 1.0, Pad::End)).unwrap().samples;
    assert_eq!(kept.len(), 8_000);
    assert!(kept.iter().filter(|sample| **sample != 0.0).count() > 7_000);
    let whole = prepare(clip.clone(), &settings(0.0, 0.0, Pad::End)).unwrap();
    assert_eq!(whole, clip);
}

#[test]
fn empty_and_endless_clips_are_errors() {
    let empty = Clip { samples: vec![], sample_rate: 8_000 };
    assert!(matches!(prepare(empty, &settings(0.0, 1.0, Pad::End)), Err(AudioError::Empty { .. })));
    for duration in [1e6, f32::INFINITY] {
        assert!(matches!(prepare(ramp(3), &settings(0.0, duration, Pad::End)), Err(AudioError::TooLong { .. })));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn prepared_clips_have_the_length_asked_for(length in 1..20_000_usize, duration in 0.01..1.5_f32, rate in 0..3_usize, trim_db in 0.0..80.0_f32) {
        let rate = [8_000, 16_000, 22_050][rate];
        let clip = Clip { samples: (0..length).map(|index| (index as f32 * 0.1).sin()).collect(), sample_rate: rate };
        for pad in [Pad::End, Pad::Both] {
            let prepared = prepare(clip.clone(), &settings(trim_db, duration, pad)).unwrap();
            prop_assert_eq!(prepared.samples.len(), (f64::from(duration) * 8_000.0).round() as usize);
            prop_assert_eq!(prepared.sample_rate, 8_000);
        }
    }
}
