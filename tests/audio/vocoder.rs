//! Time stretching and pitch shifting, against librosa (`tests/fixtures/make_vocoder.py`).

use std::f64::consts::TAU;

use intone::audio::{Clip, read};
use intone::augment::{AugmentError, pitch_shift, time_stretch};
use serde_json::Value;

use super::fixture;

fn librosa(what: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(fixture("vocoder.json")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[what].as_array().unwrap().clone()
}

fn voiced() -> Clip {
    read(&fixture("golden/voiced_1s.wav")).unwrap().clip
}

/// Root mean square of the difference at the stored samples, over that of librosa's signal.
fn difference(clip: &Clip, case: &Value) -> f64 {
    let want: Vec<f64> = case["samples"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    assert_eq!(clip.samples.len() as u64, case["length"].as_u64().unwrap());
    let got = clip.samples.iter().step_by(37).map(|v| f64::from(*v));
    let (difference, level) = got.zip(&want).fold((0.0, 0.0), |(d, l), (got, want)| (d + (got - want).powi(2), l + want * want));
    (difference / level).sqrt()
}

#[test]
fn stretched_clips_are_librosas() {
    for case in librosa("stretch") {
        let rate = case["rate"].as_f64().unwrap();
        let difference = difference(&time_stretch(&voiced(), rate).unwrap(), &case);
        println!("rate {rate}: differs by {difference:.1e}; librosa in single precision by {}", case["lost_in_single_precision"]);
        assert!(difference < 1e-5, "rate {rate}: {difference}");
    }
}

#[test]
fn shifted_clips_are_librosas() {
    for case in librosa("pitch") {
        let steps = case["steps"].as_f64().unwrap();
        let shifted = pitch_shift(&voiced(), steps).unwrap();
        let level = (shifted.samples.iter().map(|v| f64::from(v * v)).sum::<f64>() / shifted.samples.len() as f64).sqrt();
        assert!((level / case["rms"].as_f64().unwrap() - 1.0).abs() < 0.02, "{steps}: {level}");
        let difference = difference(&shifted, &case);
        // What differs is in the top tenth of the band, which soxr's filter and our gains roll off differently.
        println!("{steps} semitones: differs by {difference:.1e}");
        assert!(difference < 5e-3, "{steps} semitones: {difference}");
    }
}

/// The frequency of a tone, from its rising zero crossings.
fn frequency(samples: &[f32]) -> f64 {
    let crossings: Vec<usize> = (1..samples.len()).filter(|&at| samples[at - 1] < 0.0 && samples[at] >= 0.0).collect();
    (crossings.len() - 1) as f64 / (crossings[crossings.len() - 1] - crossings[0]) as f64
}

#[test]
fn tempo_and_pitch_move_apart() {
    let tone = |hertz: f64| Clip {
        samples: (0..32_000).map(|n| (0.5 * (TAU * hertz * f64::from(n) / 16_000.0).sin()) as f32).collect(),
        sample_rate: 16_000,
    };
    for rate in [0.5, 0.7, 1.3, 2.0] {
        let stretched = time_stretch(&tone(300.0), rate).unwrap();
        assert_eq!(stretched.samples.len(), (32_000.0 / rate).round_ties_even() as usize);
        let inner = &stretched.samples[3000..stretched.samples.len() - 3000];
        assert!((frequency(inner) * 16_000.0 - 300.0).abs() < 0.5, "rate {rate}: {}", frequency(inner) * 16_000.0);
    }
    for steps in [-12.0, -3.0, 4.0, 12.0] {
        let shifted = pitch_shift(&tone(300.0), steps).unwrap();
        assert_eq!(shifted.samples.len(), 32_000);
        let want = 300.0 * 2.0_f64.powf(steps / 12.0);
        let inner = &shifted.samples[3000..29_000];
        assert!((frequency(inner) * 16_000.0 / want - 1.0).abs() < 2e-3, "{steps} semitones: {}", frequency(inner) * 16_000.0);
    }
}

#[test]
fn odd_clips_are_no_trouble_and_wild_rates_are_refused() {
    for samples in [vec![], vec![0.3], vec![0.1; 700], vec![0.0; 5000]] {
        let clip = Clip { samples, sample_rate: 8000 };
        let stretched = time_stretch(&clip, 0.8).unwrap();
        assert_eq!(stretched.samples.len(), (clip.samples.len() as f64 / 0.8).round_ties_even() as usize);
        assert!(stretched.samples.iter().all(|value| value.is_finite()));
        assert_eq!(pitch_shift(&clip, 0.0).unwrap(), clip);
    }
    for wild in [0.0, -1.0, 0.2, 5.0, f64::NAN] {
        assert!(matches!(time_stretch(&voiced(), wild), Err(AugmentError::Rate { .. })));
    }
    for wild in [-25.0, 30.0, f64::NAN] {
        assert!(matches!(pitch_shift(&voiced(), wild), Err(AugmentError::Pitch { .. })));
    }
}
