//! YIN and pYIN against librosa: the golden clips, and `pitch.json` (made by `make_pitch.py`).

use intone::features::{Extractor, FeatureMatrix, FeatureSet, FeatureSettings, Scratch};
use serde_json::Value;

use crate::support::{clip, json, librosa_defaults};

const BITS: u32 = 14;
const SHIFT: u32 = 3;

pub fn int(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

fn ints(value: &Value) -> Vec<i64> {
    value.as_array().unwrap().iter().map(int).collect()
}

/// The signal of `make_pitch.py`.
pub fn signal(case: &Value) -> Vec<f32> {
    let (sr, mut state, mut phase) = (int(&case["sr"]), int(&case["seed"]), 0);
    let resonators: Vec<Vec<i64>> = case["resonators"].as_array().unwrap().iter().map(ints).collect();
    let mut memory = vec![[0_i64; 2]; resonators.len()];
    let mut out = Vec::new();
    for segment in case["segments"].as_array().unwrap() {
        let [samples, first, last, pulse, noise] = ints(segment)[..] else { panic!("a segment is five numbers") };
        for n in 0..samples {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            phase += first + ((last - first) * n).div_euclid(samples);
            let mut value = (((state >> 16) % 256 - 128) * noise) >> 7;
            if phase >= 1000 * sr {
                phase -= 1000 * sr;
                value += pulse;
            }
            for (coefficients, past) in resonators.iter().zip(&mut memory) {
                value += (coefficients[0] * past[0] - coefficients[1] * past[1]) >> BITS;
                *past = [value, past[0]];
            }
            out.push((value >> SHIFT).clamp(-32_768, 32_767) as f32 / 32_768.0);
        }
    }
    out
}

fn settings_of(case: &Value) -> FeatureSettings {
    FeatureSettings {
        hop_length: int(&case["hop"]) as usize,
        f0_frame_length: int(&case["frame_length"]) as usize,
        f0_min: case["fmin"].as_f64().unwrap() as f32,
        f0_max: case["fmax"].as_f64().unwrap() as f32,
        ..librosa_defaults(&[FeatureSet::Yin, FeatureSet::Pyin])
    }
}

pub fn column(features: &FeatureMatrix, name: &str) -> Vec<f64> {
    let column = features.columns.iter().position(|column| column == name).unwrap();
    features.values.column(column).iter().map(|&value| f64::from(value)).collect()
}

/// Values a frame, and null where there is none.
pub fn optional(value: &Value) -> Vec<Option<f64>> {
    value.as_array().unwrap().iter().map(Value::as_f64).collect()
}

/// Frames of pYIN whose voicing or pitch bin differ from librosa's.
fn other_states(features: &FeatureMatrix, expected: &[Option<f64>]) -> Vec<usize> {
    let (f0, voiced) = (column(features, "pyin_f0"), column(features, "pyin_voiced"));
    assert_eq!(f0.len(), expected.len());
    let differs = |frame: usize| match expected[frame] {
        // Half a bin is 0.3 %.
        Some(expected) => voiced[frame] != 1.0 || (f0[frame] / expected - 1.0).abs() > 1e-6,
        None => voiced[frame] != 0.0 || f0[frame] != 0.0,
    };
    (0..f0.len()).filter(|&frame| differs(frame)).collect()
}

/// The largest relative deviation of YIN.
fn yin_deviation(features: &FeatureMatrix, expected: &Value) -> f64 {
    let (found, expected) = (column(features, "yin"), optional(expected));
    assert_eq!(found.len(), expected.len());
    found.iter().zip(expected).map(|(found, expected)| (found / expected.unwrap() - 1.0).abs()).fold(0.0, f64::max)
}

#[test]
fn pitch_of_the_golden_clips_equals_librosa() {
    let golden = json("golden/golden.json");
    let extractor = Extractor::new(&librosa_defaults(&[FeatureSet::Yin, FeatureSet::Pyin]), 22_050).unwrap();
    for name in ["voiced_1s", "noise_1s", "silence_then_tone_1s"] {
        let signal = &golden["signals"][name];
        let features = extractor.frames(&clip(name)).unwrap();
        let worst = yin_deviation(&features, &signal["yin_65_500"]);
        println!("{name} yin: largest relative deviation {worst:.1e}");
        assert!(worst <= 1e-3, "{name}: YIN is {worst} off");
        if signal["pyin_65_500"].is_array() {
            // Stored to five decimals.
            let expected = optional(&signal["pyin_65_500"]);
            assert_eq!(other_states(&features, &expected), [0_usize; 0], "{name}: frames");
        }
    }
}

#[test]
fn pitch_of_voice_like_signals_equals_librosa() {
    let fixture = json("pitch.json");
    let (mut frames, mut different) = (0, 0);
    for case in fixture["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let samples = signal(case);
        let sum: f64 = samples.iter().map(|&sample| f64::from(sample)).sum();
        assert_eq!(sum, case["sum"].as_f64().unwrap(), "{name}: the signal is not the one of the fixture");
        let features = Extractor::new(&settings_of(case), int(&case["sr"]) as u32).unwrap().frames(&samples).unwrap();
        let yin = yin_deviation(&features, &case["yin"]);
        let others = other_states(&features, &optional(&case["f0"]));
        let probabilities = column(&features, "pyin_probability").into_iter().zip(optional(&case["probability"]));
        let probability = probabilities.map(|(found, expected)| (found - expected.unwrap()).abs()).fold(0.0, f64::max);
        println!("{name}: yin {yin:.1e} relative, probability {probability:.1e}, other states in frames {others:?}");
        assert!(yin <= 1e-3, "{name}: YIN is {yin} off");
        assert!(probability <= 1e-3, "{name}: the probability of voicing is {probability} off");
        frames += features.values.nrows();
        different += others.len();
    }
    println!("{different} of {frames} frames in another state");
    assert!(100 * different <= frames, "{different} of {frames} frames in another state");
}

#[test]
fn silence_is_unvoiced() {
    let extractor = Extractor::new(&librosa_defaults(&[FeatureSet::Yin, FeatureSet::Pyin]), 22_050).unwrap();
    let features = extractor.frames(&[0.0; 5000]).unwrap();
    // librosa too gives the shortest period, 44 samples, to a frame without any minimum.
    assert!(column(&features, "yin").iter().all(|f0| (f0 - 22_050.0 / 44.0).abs() < 1e-3));
    for name in ["pyin_f0", "pyin_voiced", "pyin_probability"] {
        assert!(column(&features, name).iter().all(|&value| value == 0.0), "{name}");
    }
}

#[test]
fn one_feature_or_both_and_whatever_came_before_give_the_same() {
    let both = Extractor::new(&librosa_defaults(&[FeatureSet::Yin, FeatureSet::Pyin]), 22_050).unwrap();
    let only = Extractor::new(&librosa_defaults(&[FeatureSet::Pyin]), 22_050).unwrap();
    let mut scratch = Scratch::new();
    for name in ["silence_then_tone_1s", "voiced_1s", "noise_1s"] {
        let (both, only) = (both.frames(&clip(name)).unwrap(), only.frames_with(&clip(name), &mut scratch).unwrap());
        for column_name in ["pyin_f0", "pyin_voiced", "pyin_probability"] {
            assert_eq!(column(&both, column_name), column(&only, column_name), "{name} {column_name}");
        }
    }
}
