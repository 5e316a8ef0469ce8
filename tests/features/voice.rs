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

/// Frames to be compared: Praat has them, and where `whole` the voiced stretch around them too, which pulses are looked for along.
fn comparable(f0: &[f64], grid: std::ops::Range<usize>, whole: bool) -> Vec<usize> {
    let mut frames = Vec::new();
    let mut first = 0;
    for stretch in f0.chunk_by(|a, b| (*a > 0.0) == (*b > 0.0)) {
        let range = first..first + stretch.len();
        first = range.end;
        let inside = range.start > grid.start && range.end < grid.end;
        if stretch[0] > 0.0 && (inside || !whole) {
            frames.extend(range.filter(|frame| grid.contains(frame)));
        }
    }
    frames
}

/// The largest deviation of a column, and of how many frames.
fn deviation(case: &Value, features: &FeatureMatrix, name: &str, relative: bool) -> (f64, usize) {
    let (found, f0) = (column(features, name), column(features, "f0"));
    let (first, expected) = (int(&case[name]["first"]) as usize, optional(&case[name]["values"]));
    let whole = ["jitter", "shimmer", "shimmer_db"].contains(&name);
    let frames = comparable(&f0, first..first + expected.len(), whole);
    let errors = frames.iter().map(|&frame| {
        // Praat's -200 dB of silence, and what it leaves undefined, are our 0.
        let expected = expected[frame - first].filter(|&value| value != -200.0).unwrap_or(0.0);
        (found[frame] - expected).abs() / if relative { expected } else { 1.0 }
    });
    (errors.fold(0.0, f64::max), frames.len())
}

/// Column, whether its deviation is relative, and how large it may be. HNR deviates most where it is over 60 dB.
const TOLERANCES: [(&str, bool, f64); 11] = [
    ("f0", true, 1e-6),
    ("jitter", false, 1e-7),
    ("shimmer", false, 1e-6),
    ("shimmer_db", false, 1e-5),
    ("hnr", false, 1e-3),
    ("formant_1", true, 1e-6),
    ("formant_2", true, 1e-6),
    ("formant_3", true, 1e-6),
    ("formant_bandwidth_1", true, 1e-6),
    ("formant_bandwidth_2", true, 1e-6),
    ("formant_bandwidth_3", true, 1e-6),
];

#[test]
fn voice_quality_equals_praat() {
    let fixture = json("voice.json");
    let mut compared = [0; TOLERANCES.len()];
    for case in fixture["cases"].as_array().unwrap() {
        let (name, features) = (case["name"].as_str().unwrap(), features_of(case));
        let f0 = column(&features, "f0");
        for (index, expected) in numbers(&case["f0"]["values"]).into_iter().enumerate() {
            let frame = int(&case["f0"]["first"]) as usize + index;
            assert_eq!(f0[frame] > 0.0, expected > 0.0, "{name}: whether frame {frame} is voiced");
        }
        for ((column, relative, tolerance), compared) in TOLERANCES.into_iter().zip(&mut compared) {
            let (worst, frames) = deviation(case, &features, column, relative);
            println!("{name} {column}: largest deviation {worst:.1e} of {frames} frames");
            assert!(worst <= tolerance, "{name}: {column} is {worst} off");
            *compared += frames;
        }
        for (index, column_name) in features.columns.iter().enumerate() {
            let unvoiced = f0.iter().zip(features.values.column(index)).filter(|(f0, _)| **f0 == 0.0);
            assert!(unvoiced.into_iter().all(|(_, &value)| value == 0.0), "{name}: {column_name} has no value without voice");
        }
    }
    assert!(compared.iter().all(|&frames| frames > 80), "{compared:?}");
}

#[test]
fn semitones_are_over_27_5_hz() {
    let features = Extractor::new(&librosa_defaults(&[FeatureSet::F0]), 22_050).unwrap().frames(&clip("voiced_1s")).unwrap();
    for (f0, semitone) in column(&features, "f0").into_iter().zip(column(&features, "f0_semitone")) {
        let expected = if f0 > 0.0 { 12.0 * (f0 / 27.5).log2() } else { 0.0 };
        assert!((semitone - expected).abs() < 1e-5, "{semitone} for {f0} Hz");
    }
}

/// Harmonics of 200 Hz with known levels, and a strong one near 2600 Hz.
#[test]
fn levels_of_harmonics_are_those_put_in() {
    let level = |number: usize| match number {
        1 => -6.0_f64,
        2 => -12.0,
        3 => 0.0,
        13 => -20.0,
        _ => -50.0,
    };
    let sample = |n: usize| -> f64 {
        (1..=20)
            .map(|k| 0.2 * 10_f64.powf(level(k) / 20.0) * (std::f64::consts::TAU * 200.0 * k as f64 * n as f64 / 16_000.0 + k as f64).cos())
            .sum()
    };
    let samples: Vec<f32> = (0..16_000).map(|n| sample(n) as f32).collect();
    let features = Extractor::new(&librosa_defaults(&[FeatureSet::F0, FeatureSet::Formants, FeatureSet::Harmonics]), 16_000).unwrap();
    let features = features.frames(&samples).unwrap();
    let middle = features.values.nrows() / 2;
    let at = |name: &str| column(&features, name)[middle];
    assert!((at("f0") - 200.0).abs() < 0.1, "{}", at("f0"));
    assert!((at("h1_h2") - 6.0).abs() < 0.2, "{}", at("h1_h2"));
    // The strongest harmonic within 20 % of each formant, wherever linear prediction finds it.
    for (formant, levels) in [("formant_1", "h1_a1"), ("formant_2", "h1_a2"), ("formant_3", "h1_a3")] {
        let formant = at(formant);
        let near = (1..=20).filter(|&k| (200.0 * k as f64 - formant).abs() <= 0.2 * formant).map(level);
        let strongest = near.fold(f64::NEG_INFINITY, f64::max);
        if strongest > -40.0 {
            assert!((at(levels) - (-6.0 - strongest)).abs() < 0.2, "{levels}: {} at {formant} Hz", at(levels));
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
        // Decibels near 0 deviate by hundredths of one.
        let least = if ["alpha_ratio", "hammarberg"].contains(&name.as_str()) { 6.0 } else { 0.0 };
        let inner = 2..expected.len() - 4;
        let errors = inner.map(|frame| (found[frame] - expected[frame]).abs() / expected[frame].abs().max(least));
        let worst = errors.fold(0.0, f64::max);
        println!("{name}: largest relative deviation {worst:.1e}");
        assert!(worst < 1e-2, "{name} is {worst} off");
    }
}

/// Of white noise the slopes are flat, and of noise through a low-pass filter of first order what its response has.
#[test]
fn slopes_are_those_of_the_spectrum() {
    let mut state = 1_u32;
    let mut memory = 0.0_f64;
    // y = x + a y: 10 log10 of 1 / (1 + a^2 - 2 a cos w).
    let pole = 0.9_f64;
    let filtered = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        memory = f64::from(state >> 8) / f64::from(1 << 24) - 0.5 + pole * memory;
        memory as f32 * 0.1
    };
    let samples: Vec<f32> = (0..20 * 16_000).map(filtered).collect();
    let means = Extractor::new(&librosa_defaults(&[FeatureSet::SpectralBalance]), 16_000).unwrap().mean(&samples).unwrap();
    let response = |hertz: f64| -10.0 * (1.0 + pole * pole - 2.0 * pole * (std::f64::consts::TAU * hertz / 16_000.0).cos()).log10();
    for (name, from, to) in [("slope_0_500", 0.0, 500.0), ("slope_500_1500", 500.0, 1500.0)] {
        let points: Vec<f64> = (0..=100).map(|k| from + (to - from) * k as f64 / 100.0).collect();
        let mean = (from + to) / 2.0;
        let spread: f64 = points.iter().map(|hertz| (hertz - mean).powi(2)).sum();
        let expected = points.iter().map(|hertz| (hertz - mean) * response(*hertz)).sum::<f64>() / spread;
        let found = column(&means, name)[0];
        assert!((found - expected).abs() < 0.1 * expected.abs(), "{name}: {found} for {expected}");
    }
}
