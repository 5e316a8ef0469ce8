//! log-mel with other references, deltas of other sets than MFCC, against `variants.json` (made by `make_variants.py`).

use intone::features::{ClipFunctionals, ClipReference, Extractor, FeatureMatrix, FeatureSet, FeatureSettings, Reference};
use serde_json::Value;

use crate::support::{Tolerance, assert_near, clip, group, json, librosa_defaults, numbers};

/// Compares the frames that were stored.
fn compare(what: &str, features: &FeatureMatrix, prefix: &str, fixture: &Value, expected: &Value, tolerance: Tolerance) -> f64 {
    let found = group(features, prefix);
    let kept = fixture["kept"].as_array().unwrap().iter().map(|frame| frame.as_i64().unwrap());
    let mut worst = 0.0_f64;
    for (frame, expected) in kept.zip(expected.as_array().unwrap()) {
        let frame = frame.rem_euclid(found.ncols() as i64) as usize;
        let what = format!("{what} {prefix} frame {frame}");
        worst = worst.max(assert_near(&what, found.column(frame).to_vec(), &numbers(expected), tolerance).0);
    }
    worst
}

#[test]
fn log_mel_of_any_reference_and_range_equals_librosa() {
    let fixture = json("variants.json");
    for case in fixture["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        for scale in case["scales"].as_array().unwrap() {
            let settings = FeatureSettings {
                log_mel_reference: scale["reference"]
                    .as_f64()
                    .map_or(Reference::Clip(ClipReference::ClipMax), |power| Reference::Fixed(power as f32)),
                log_mel_top_db: scale["top_db"].as_f64().unwrap() as f32,
                ..librosa_defaults(&[FeatureSet::LogMel, FeatureSet::Mfcc])
            };
            let features = Extractor::new(&settings, 22_050).unwrap().frames(&clip(name)).unwrap();
            let what = format!("{name} re {} floored at {}", scale["reference"], scale["top_db"]);
            for prefix in ["log_mel", "mfcc"] {
                let worst = compare(&what, &features, prefix, &fixture, &scale[prefix], Tolerance::absolute(1e-3));
                println!("{what} {prefix}: largest deviation {worst:.1e}");
            }
        }
    }
}

#[test]
fn deltas_of_other_sets_equal_librosa() {
    let fixture = json("variants.json");
    let sets = [FeatureSet::Delta2, FeatureSet::Rms, FeatureSet::Delta];
    let settings = FeatureSettings {
        delta_of: vec![FeatureSet::LogMel, FeatureSet::Rms, FeatureSet::Centroid, FeatureSet::Mel],
        ..librosa_defaults(&sets)
    };
    let extractor = Extractor::new(&settings, 22_050).unwrap();
    assert_eq!(extractor.columns().len(), 2 * 258 + 1);
    let first: Vec<&str> = [0, 128, 129, 130, 258, 259].map(|column| extractor.columns()[column].as_str()).to_vec();
    assert_eq!(first, ["delta2_log_mel_0", "delta2_rms", "delta2_centroid", "delta2_mel_0", "rms", "delta_log_mel_0"]);
    for case in fixture["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let features = extractor.frames(&clip(name)).unwrap();
        for (prefix, expected) in case["deltas"].as_object().unwrap() {
            let tolerance = match prefix.as_str() {
                "delta_centroid" | "delta2_centroid" => Tolerance::absolute(0.05),
                "delta_log_mel" | "delta2_log_mel" => Tolerance::absolute(1e-3),
                // librosa's single precision: of the largest value in reach.
                "delta_mel" | "delta2_mel" => Tolerance { absolute: 2e-4, relative: 1e-5 },
                _ => Tolerance::absolute(1e-6),
            };
            let worst = compare(name, &features, prefix, &fixture, expected, tolerance);
            println!("{name} {prefix}: largest deviation {worst:.1e}");
        }
        let means = extractor.mean(&clip(name)).unwrap();
        for (column, &mean) in means.values.row(0).iter().enumerate() {
            let expected =
                features.values.column(column).iter().map(|&value| f64::from(value)).sum::<f64>() / features.values.nrows() as f64;
            assert!((f64::from(mean) - expected).abs() < 1e-5 * (1.0 + expected.abs()), "{}", means.columns[column]);
        }
    }
}

#[test]
fn settings_written_before_these_keys_mean_what_they_meant() {
    let mut old = serde_json::to_value(librosa_defaults(&[FeatureSet::Delta])).unwrap();
    for key in ["delta_of", "log_mel_reference", "log_mel_top_db", "formant_ceiling"] {
        old.as_object_mut().unwrap().remove(key).expect(key);
    }
    let settings: FeatureSettings = serde_json::from_value(old).unwrap();
    assert_eq!(settings, librosa_defaults(&[FeatureSet::Delta]));
    assert_eq!(Extractor::new(&settings, 22_050).unwrap().columns()[19], "delta_mfcc_19");
}

#[test]
fn functionals_leave_out_frames_without_voice() {
    let sets = [FeatureSet::F0, FeatureSet::Rms, FeatureSet::Loudness];
    let extractor = Extractor::new(&librosa_defaults(&sets), 22_050).unwrap();
    assert_eq!(extractor.gaps(), [true, true, false, false]);
    let plan = ClipFunctionals::new(&extractor);
    let frames = extractor.frames(&clip("voiced_3s")).unwrap();
    let found = plan.of(frames.clone());
    assert_eq!(found.columns.len(), 15 * 4 + 6);
    let value = |name: &str| found.values[[0, found.columns.iter().position(|column| column == name).expect(name)]];
    let voiced: Vec<f32> = frames.values.column(0).iter().copied().filter(|f0| *f0 > 0.0).collect();
    assert!(voiced.len() > 20 && voiced.len() < frames.values.nrows() - 20);
    assert!((value("f0_mean") - voiced.iter().sum::<f32>() / voiced.len() as f32).abs() < 1e-2);
    assert_eq!(value("f0_min"), voiced.iter().copied().fold(f32::INFINITY, f32::min));
    let rms = frames.values.column(2);
    assert!((value("rms_mean") - rms.sum() / rms.len() as f32).abs() < 1e-6, "all frames count");
    assert!((extractor.mean(&clip("voiced_3s")).unwrap().values[[0, 0]] - value("f0_mean")).abs() < 1e-2);
    // Voiced and unvoiced stretches fill the clip.
    let stretches = frames.values.column(0).iter().map(|f0| *f0 > 0.0).collect::<Vec<bool>>();
    let count = stretches.chunk_by(|a, b| a == b).filter(|stretch| stretch[0]).count() as f32;
    let seconds = frames.values.nrows() as f32 * frames.frame_step_s as f32;
    assert!((value("voiced_segments_per_s") - count / seconds).abs() < 1e-4);
    assert!((value("voiced_segment_mean") * count - voiced.len() as f32 * frames.frame_step_s as f32).abs() < 1e-4);
    assert!(value("loudness_peaks_per_s") > 0.5 && value("loudness_peaks_per_s") < 10.0);
}
