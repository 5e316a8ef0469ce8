//! Settings other than librosa's defaults, against `features.json` (made by `make_features.py`).

use intone::features::{Extractor, FeatureSet, FeatureSettings, Stft, Tuning, Window, estimate_tuning};
use serde_json::Value;

use crate::support::{ALL, Tolerance, assert_near, group, json, numbers, tolerance};

/// The signal of `make_features.py`.
fn signal(samples: usize, seed: u64, periods: &[u64]) -> Vec<f32> {
    let mut state = seed;
    (0..samples as i64)
        .map(|n| {
            state = (state * 1_103_515_245 + 12_345) % (1 << 31);
            let noise = (state >> 16) as i64 % 128 - 64;
            let swell = (n % 4096 - 2048).abs();
            let tones: i64 = periods
                .iter()
                .map(|&period| {
                    let phase = (n % period as i64) * 4096 / period as i64;
                    (((phase - 2048).abs() - 1024) * swell).div_euclid(2048)
                })
                .sum();
            (noise + tones) as f32 / 32_768.0
        })
        .collect()
}

fn size(case: &Value, key: &str) -> usize {
    case[key].as_u64().unwrap() as usize
}

fn real(case: &Value, key: &str) -> f32 {
    case[key].as_f64().unwrap() as f32
}

fn samples_of(case: &Value) -> Vec<f32> {
    let periods: Vec<u64> = case["periods"].as_array().unwrap().iter().map(|period| period.as_u64().unwrap()).collect();
    signal(size(case, "samples"), case["seed"].as_u64().unwrap(), &periods)
}

fn window_of(case: &Value) -> Window {
    match case["window"].as_str().unwrap() {
        "hann" => Window::Hann,
        "hamming" => Window::Hamming,
        "blackman" => Window::Blackman,
        "boxcar" => Window::Rectangular,
        other => panic!("no window {other}"),
    }
}

fn settings_of(case: &Value) -> FeatureSettings {
    let short = size(case, "frames") < 9;
    let left_out = |set| match set {
        FeatureSet::Delta | FeatureSet::Delta2 => short,
        // Their cases are in pitch.json and voice.json.
        FeatureSet::Yin | FeatureSet::Pyin => true,
        FeatureSet::F0 | FeatureSet::JitterShimmer | FeatureSet::Hnr | FeatureSet::Formants | FeatureSet::Harmonics => true,
        FeatureSet::Loudness | FeatureSet::SpectralBalance => true,
        _ => false,
    };
    FeatureSettings {
        sets: ALL.into_iter().filter(|&set| !left_out(set)).collect(),
        n_fft: size(case, "n_fft"),
        win_length: size(case, "win"),
        hop_length: size(case, "hop"),
        window: window_of(case),
        n_mels: size(case, "n_mels"),
        fmin: real(case, "fmin"),
        fmax: real(case, "fmax"),
        htk: case["htk"].as_bool().unwrap(),
        n_mfcc: size(case, "n_mfcc"),
        contrast_bands: size(case, "bands"),
        contrast_fmin: real(case, "contrast_fmin"),
        tuning: Tuning::Fixed(real(case, "tuning")),
        roll_percent: real(case, "roll_percent"),
        ..FeatureSettings::librosa()
    }
}

fn cases() -> Vec<Value> {
    json("features.json")["cases"].as_array().unwrap().clone()
}

#[test]
fn frames_and_means_equal_librosa_for_other_settings() {
    for case in cases() {
        let name = case["name"].as_str().unwrap();
        let samples = samples_of(&case);
        let sum: f64 = samples.iter().map(|&sample| f64::from(sample)).sum();
        assert_eq!(sum, case["sum"].as_f64().unwrap(), "{name}: the signal is not the one of the fixture");
        let extractor = Extractor::new(&settings_of(&case), size(&case, "sr") as u32).unwrap();
        let features = extractor.frames(&samples).unwrap();
        let means = extractor.mean(&samples).unwrap();
        assert_eq!(features.values.nrows(), size(&case, "frames"), "{name}: frames");
        for key in case["columns"].as_object().unwrap().keys().map(String::as_str) {
            let prefix = match key {
                "delta" => "delta_mfcc",
                "delta2" => "delta2_mfcc",
                key => key,
            };
            let Some(columns) = case["columns"][key].as_array() else { continue };
            let found = group(&features, prefix);
            let kept: Vec<usize> = case["kept"].as_array().unwrap().iter().map(|frame| frame.as_u64().unwrap() as usize).collect();
            let mut worst = (0.0_f64, 0.0_f64);
            for (&frame, expected) in kept.iter().zip(columns) {
                let what = format!("{name} {prefix} frame {frame}");
                let deviation = assert_near(&what, found.column(frame).to_vec(), &numbers(expected), tolerance(prefix));
                worst = (worst.0.max(deviation.0), worst.1.max(deviation.1));
            }
            println!("{name} {prefix}: largest deviation {:.1e}, relative {:.1e}", worst.0, worst.1);
            let what = format!("{name} mean {prefix}");
            assert_near(&what, group(&means, prefix).column(0).to_vec(), &numbers(&case["means"][key]), tolerance(prefix));
        }
    }
}

#[test]
fn liftered_cepstra_equal_librosa() {
    for case in cases() {
        let settings = FeatureSettings { sets: vec![FeatureSet::Mfcc], mfcc_lifter: real(&case, "lifter"), ..settings_of(&case) };
        let features = Extractor::new(&settings, size(&case, "sr") as u32).unwrap().frames(&samples_of(&case)).unwrap();
        let found = features.values.row(size(&case, "frames") / 2).to_vec();
        // Liftering multiplies the coefficients, and with them their deviations.
        let tolerance = Tolerance::absolute(1e-3 * f64::from(1.0 + settings.mfcc_lifter / 2.0));
        assert_near(case["name"].as_str().unwrap(), found, &numbers(&case["liftered"]), tolerance);
    }
}

#[test]
fn the_spectrogram_equals_librosa() {
    for case in cases() {
        let stft = Stft::new(size(&case, "n_fft"), size(&case, "win"), size(&case, "hop"), window_of(&case)).unwrap();
        let spectrum = stft.transform(&samples_of(&case)).unwrap();
        let frame = case["kept"][1].as_u64().unwrap() as usize;
        let column = spectrum.column(frame);
        let name = case["name"].as_str().unwrap();
        let tolerance = Tolerance { absolute: 1e-6, relative: 1e-6 };
        assert_near(name, column.iter().take(8).map(|value| value.re), &numbers(&case["spectrum"][0]), tolerance);
        assert_near(name, column.iter().take(8).map(|value| value.im), &numbers(&case["spectrum"][1]), tolerance);
    }
}

#[test]
fn the_tuning_estimate_is_within_one_step_for_other_settings() {
    for case in cases() {
        let stft = Stft::new(size(&case, "n_fft"), size(&case, "win"), size(&case, "hop"), window_of(&case)).unwrap();
        let found = estimate_tuning(stft.power(&samples_of(&case)).unwrap().view(), size(&case, "sr") as u32);
        let expected = case["estimated_tuning"].as_f64().unwrap();
        assert!((found - expected).abs() < 0.0101, "{}: {found} where librosa has {expected}", case["name"]);
    }
}
