//! librosa's defaults, on the four golden clips.

use intone::features::{
    ChromaBank, Extractor, FeatureMatrix, FeatureSet, FeatureSettings, MelBank, Stft, Tuning, Window, delta, delta2, estimate_tuning,
    power_to_db,
};
use ndarray::Array2;
use serde_json::Value;

use crate::support::{ALL, Tolerance, assert_near, clip, group, json, librosa_defaults, numbers, tolerance};

const CLIPS: [&str; 3] = ["voiced_1s", "noise_1s", "silence_then_tone_1s"];

/// Features at the tuning that librosa estimated: the estimate is tested by itself.
fn features(name: &str, signal: &Value, sets: &[FeatureSet]) -> FeatureMatrix {
    let mut settings = librosa_defaults(sets);
    settings.tuning = Tuning::Fixed(signal["tuning"].as_f64().unwrap() as f32);
    Extractor::new(&settings, 22_050).unwrap().frames(&clip(name)).unwrap()
}

fn compare_rows(what: &str, found: &Array2<f32>, expected: &Value, tolerance: Tolerance) {
    let rows = expected.as_array().unwrap();
    assert_eq!(found.nrows(), rows.len(), "{what}: rows");
    // Of some matrices only the first frames are stored.
    let stored = rows[0].as_array().unwrap().len();
    let worst = rows.iter().enumerate().map(|(row, expected)| {
        assert_near(&format!("{what} row {row}"), found.row(row).iter().take(stored).copied(), &numbers(expected), tolerance)
    });
    let worst = worst.fold((0.0_f64, 0.0_f64), |a, b| (a.0.max(b.0), a.1.max(b.1)));
    println!("{what}: largest deviation {:.1e}, relative {:.1e}", worst.0, worst.1);
}

#[test]
fn frames_equal_librosa() {
    let golden = json("golden/golden.json");
    for name in CLIPS {
        let signal = &golden["signals"][name];
        let features = features(name, signal, &ALL);
        let matrices = [
            ("mfcc20", "mfcc"),
            ("chroma_stft", "chroma"),
            ("spectral_contrast", "contrast"),
            ("mfcc_delta", "delta_mfcc"),
            ("mfcc_delta2", "delta2_mfcc"),
            ("tonnetz_from_chroma_stft", "tonnetz"),
        ];
        for (key, prefix) in matrices {
            compare_rows(&format!("{name} {prefix}"), &group(&features, prefix), &signal[key], tolerance(prefix));
        }
        for prefix in ["rms", "zcr", "centroid", "bandwidth", "rolloff", "flatness"] {
            let found = group(&features, prefix);
            let key = if prefix == "rolloff" { "rolloff85" } else { prefix };
            let worst = assert_near(&format!("{name} {prefix}"), found.row(0).to_vec(), &numbers(&signal[key]), tolerance(prefix));
            println!("{name} {prefix}: largest deviation {:.1e}, relative {:.1e}", worst.0, worst.1);
        }
        for (prefix, key) in [("mel", "melspectrogram_cols0_5"), ("log_mel", "mel_db_cols0_5")] {
            compare_rows(&format!("{name} {prefix}"), &group(&features, prefix), &signal[key], tolerance(prefix));
        }
    }
}

#[test]
fn the_169_means_equal_librosa() {
    let golden = json("golden/golden.json");
    let sets = [FeatureSet::Mfcc, FeatureSet::Chroma, FeatureSet::Mel, FeatureSet::Contrast, FeatureSet::Rms, FeatureSet::Zcr];
    let groups = [("mfcc", 20), ("chroma", 12), ("mel", 128), ("contrast", 7), ("rms", 1), ("zcr", 1)];
    for name in CLIPS.into_iter().chain(["voiced_3s"]) {
        let signal = &golden["signals"][name];
        let mut settings = librosa_defaults(&sets);
        settings.tuning = Tuning::Fixed(signal["tuning"].as_f64().unwrap() as f32);
        let extractor = Extractor::new(&settings, 22_050).unwrap();
        let samples = clip(name);
        assert_eq!(extractor.frame_count(samples.len()) as u64, signal["n_frames"].as_u64().unwrap());
        let found = extractor.mean(&samples).unwrap();
        assert_eq!(found.values.dim(), (1, 169));
        let expected = numbers(&signal["seed_vector_169"]);
        let mut first = 0;
        for (prefix, count) in groups {
            let range = first..first + count;
            let found = found.values.row(0).to_vec();
            let worst = assert_near(&format!("{name} mean {prefix}"), found[range.clone()].to_vec(), &expected[range], tolerance(prefix));
            println!("{name} mean {prefix}: largest deviation {:.1e}, relative {:.1e}", worst.0, worst.1);
            first += count;
        }
    }
}

#[test]
fn the_tuning_estimate_is_within_one_step() {
    let golden = json("golden/golden.json");
    let stft = Stft::new(2048, 2048, 512, Window::Hann).unwrap();
    for name in CLIPS.into_iter().chain(["voiced_3s"]) {
        let expected = golden["signals"][name]["tuning"].as_f64().unwrap();
        let found = estimate_tuning(stft.power(&clip(name)).unwrap().view(), 22_050);
        println!("{name}: tuning {found} where librosa has {expected}");
        assert!((found - expected).abs() < 0.0101, "{name}: {found} for {expected}");
    }
}

#[test]
fn filter_banks_equal_librosa() {
    let golden = json("golden/golden.json");
    let bank = MelBank::new(22_050, 2048, 128, 0.0, 0.0, false).unwrap();
    let weights = bank.weights();
    let expected = &golden["mel_filterbank"];
    assert_eq!(weights.dim(), (128, 1025));
    assert_eq!(bank.empty_bands(), 0);
    let sum: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
    assert!((sum - expected["sum"].as_f64().unwrap()).abs() < 1e-5, "{sum}");
    let row: Vec<f32> = weights.row(0).iter().take(12).map(|weight| weight * 1e3).collect();
    assert_near("mel row 0, times 1000", row, &numbers(&expected["row0"]), Tolerance::absolute(1e-5));
    let row: Vec<(u64, f64)> =
        weights.row(64).indexed_iter().filter(|(_, weight)| **weight > 0.0).map(|(bin, &weight)| (bin as u64, f64::from(weight))).collect();
    let expected_row: Vec<(u64, f64)> =
        expected["row64_nonzero"].as_array().unwrap().iter().map(|pair| (pair[0].as_u64().unwrap(), pair[1].as_f64().unwrap())).collect();
    assert_eq!(row.len(), expected_row.len());
    for (found, expected) in row.iter().zip(&expected_row) {
        assert_eq!(found.0, expected.0);
        assert!((found.1 - expected.1).abs() < 1e-9, "{found:?} for {expected:?}");
    }
    let last = weights.row(127).iter().filter(|weight| **weight > 0.0).count();
    assert_eq!(last as u64, expected["row127_nonzero_count"].as_u64().unwrap());

    let chroma = ChromaBank::new(22_050, 2048, 0.0).weights();
    assert_near("chroma bin 100", chroma.column(100).to_vec(), &numbers(&golden["chroma_filterbank_col100"]), Tolerance::absolute(1e-7));
}

#[test]
fn the_stages_by_themselves_give_what_the_extractor_gives() {
    let golden = json("golden/golden.json");
    let signal = &golden["signals"]["voiced_1s"];
    let samples = clip("voiced_1s");
    let all = features("voiced_1s", signal, &ALL);
    let power = Stft::new(2048, 2048, 512, Window::Hann).unwrap().power(&samples).unwrap();
    let mel = MelBank::new(22_050, 2048, 128, 0.0, 0.0, false).unwrap().apply(power.view()).unwrap();
    assert_eq!(mel, group(&all, "mel"));
    for (db, &fast) in power_to_db(&mel, 1.0, 1e-10, Some(80.0)).iter().zip(&group(&all, "log_mel")) {
        assert!((db - fast).abs() < 2e-5, "{fast} for {db}");
    }
    let tuning = signal["tuning"].as_f64().unwrap();
    let chroma = ChromaBank::new(22_050, 2048, f64::from(tuning as f32)).apply(power.view()).unwrap();
    assert_eq!(chroma, group(&all, "chroma"));
    assert_eq!(delta(group(&all, "mfcc").view()).unwrap(), group(&all, "delta_mfcc"));
    assert_eq!(delta2(group(&all, "mfcc").view()).unwrap(), group(&all, "delta2_mfcc"));
}

#[test]
fn htk_cepstra_equal_librosa() {
    let golden = json("golden/golden.json");
    for name in CLIPS {
        let mut settings = librosa_defaults(&[FeatureSet::Mfcc]);
        settings.htk = true;
        settings.n_mfcc = 13;
        let features = Extractor::new(&settings, 22_050).unwrap().frames(&clip(name)).unwrap();
        let expected = numbers(&golden["signals"][name]["mfcc13_htk_frame3"]);
        assert_near(name, features.values.row(3).to_vec(), &expected, tolerance("mfcc"));
    }
}

#[test]
fn liftered_cepstra_equal_librosa() {
    let golden = json("golden/golden.json");
    for name in CLIPS {
        let settings = FeatureSettings { mfcc_lifter: 22.0, ..librosa_defaults(&[FeatureSet::Mfcc]) };
        let features = Extractor::new(&settings, 22_050).unwrap().frames(&clip(name)).unwrap();
        let expected = numbers(&golden["signals"][name]["mfcc_lifter22_frame3"]);
        assert_near(name, features.values.row(3).to_vec(), &expected, tolerance("mfcc"));
    }
}
