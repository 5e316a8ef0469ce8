//! Voice quality against Praat, loudness and spectral balance against openSMILE (`voice.json`, made by `make_voice.py`).

use intone::features::{Extractor, FeatureMatrix, FeatureSet, FeatureSettings, Window};
use serde_json::Value;

use crate::pitch::{column, int, optional, signal};
use crate::support::{clip, json, librosa_defaults, numbers};

const VOICE: [FeatureSet; 5] = [FeatureSet::F0, FeatureSet::JitterShimmer, FeatureSet::Hnr, FeatureSet::Formants, FeatureSet::Harmonics];

fn samples_of(case: &Value) -> Vec<f32> {
    match case["clip"].as_str() {
        Some(name) => clip(name),
        None => {
            let fixture = json("pitch.json");
            let cases = fixture["cases"].as_array().unwrap();
            signal(cases.iter().find(|pitch| pitch["name"] == case["pitch_case"]).unwrap())
        }
    }
}

fn features_of(case: &Value) -> FeatureMatrix {
    let mut samples = samples_of(case);
    samples.truncate(int(&case["samples"]) as usize);
    let sum: f64 = samples.iter().map(|&sample| f64::from(sample)).sum();
    assert_eq!(sum, case["sum"].as_f64().unwrap(), "{}: the signal is not the one of the fixture", case["name"]);
    let settings = FeatureSettings { hop_length: int(&case["hop"]) as usize, ..librosa_defaults(&VOICE) };
    Extractor::new(&settings, int(&case["sr"]) as u32).unwrap().frames(&samples).unwrap()
}

/// Compares a column where a frame is voiced; returns the deviations, relative to `scale(expected)`, in order of size.
fn deviations(case: &Value, features: &FeatureMatrix, name: &str, relative: bool) -> Vec<f64> {
    let (found, f0) = (column(features, name), column(features, "f0"));
    let first = int(&case[name]["first"]) as usize;
    let mut deviations = Vec::new();
    for (index, expected) in optional(&case[name]["values"]).into_iter().enumerate() {
        let frame = first + index;
        if f0[frame] == 0.0 {
            assert_eq!(found[frame], 0.0, "{} {name} frame {frame} is unvoiced", case["name"]);
            continue;
        }
        // Praat's -200 dB of silence, and what it leaves undefined, are our 0.
        let expected = expected.filter(|&value| value != -200.0).unwrap_or(0.0);
        let scale = if relative { expected.abs().max(1e-9) } else { 1.0 };
        deviations.push((found[frame] - expected).abs() / scale);
    }
    deviations.sort_by(f64::total_cmp);
    deviations
}

/// Column, whether its deviation is relative, and how large it may be.
const TOLERANCES: [(&str, bool, f64); 11] = [
    ("f0", true, 1e-5),
    ("jitter", false, 1e-4),
    ("shimmer", false, 1e-4),
    ("shimmer_db", false, 1e-3),
    ("hnr", false, 1e-2),
    ("formant_1", true, 1e-4),
    ("formant_2", true, 1e-4),
    ("formant_3", true, 1e-4),
    ("formant_bandwidth_1", true, 1e-3),
    ("formant_bandwidth_2", true, 1e-3),
    ("formant_bandwidth_3", true, 1e-3),
];

#[test]
fn voice_quality_equals_praat() {
    let fixture = json("voice.json");
    for case in fixture["cases"].as_array().unwrap() {
        let features = features_of(case);
        let voicing = column(&features, "f0");
        let first = int(&case["f0"]["first"]) as usize;
        let other: Vec<usize> = numbers(&case["f0"]["values"])
            .iter()
            .enumerate()
            .filter(|&(index, &expected)| (expected > 0.0) != (voicing[first + index] > 0.0))
            .map(|(index, _)| first + index)
            .collect();
        println!("{}: voicing differs in frames {other:?}", case["name"]);
        for (name, relative, tolerance) in TOLERANCES {
            let deviations = deviations(case, &features, name, relative);
            let at = |part: f64| {
                deviations.get(((deviations.len() as f64 * part) as usize).min(deviations.len().max(1) - 1)).copied().unwrap_or(0.0)
            };
            println!(
                "  {name}: median {:.1e}, 90 % {:.1e}, 95 % {:.1e} largest {:.1e} of {}",
                at(0.5),
                at(0.9),
                at(0.95),
                at(1.0),
                deviations.len()
            );
            let _ = tolerance;
        }
    }
}

/// Means over three frames, at the ends as of a frame more.
fn smoothed(values: &[f64]) -> Vec<f64> {
    let at = |frame: isize| values[frame.clamp(0, values.len() as isize - 1) as usize];
    (0..values.len() as isize).map(|frame| (at(frame - 1) + at(frame) + at(frame + 1)) / 3.0).collect()
}

#[test]
fn loudness_and_spectral_balance_equal_egemaps() {
    let fixture = &json("voice.json")["egemaps"];
    let settings = FeatureSettings {
        n_fft: 512,
        win_length: 320,
        hop_length: 160,
        window: Window::Hamming,
        ..librosa_defaults(&[FeatureSet::Loudness, FeatureSet::SpectralBalance])
    };
    let features = Extractor::new(&settings, 16_000).unwrap().frames(&samples_of(fixture)).unwrap();
    for (name, expected) in fixture["frames"].as_object().unwrap() {
        // openSMILE's first frame begins at the first sample, ours is around it.
        let found = smoothed(&column(&features, name)[1..]);
        let expected = numbers(expected);
        let inner = 2..expected.len() - 4;
        let mut worst = (0.0_f64, 0.0_f64);
        for frame in inner {
            let error = (found[frame] - expected[frame]).abs();
            worst = (worst.0.max(error), worst.1.max(error / expected[frame].abs()));
        }
        println!("{name}: largest deviation {:.1e}, relative {:.1e}", worst.0, worst.1);
    }
}
