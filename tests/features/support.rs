//! What the other files share: settings, clips, fixtures and comparisons.

use std::path::{Path, PathBuf};

use intone::features::{FeatureMatrix, FeatureSet, FeatureSettings};
use ndarray::Array2;
use serde_json::Value;

/// The settings of the 169 means: librosa's defaults.
pub fn librosa_defaults(sets: &[FeatureSet]) -> FeatureSettings {
    FeatureSettings { sets: sets.to_vec(), ..FeatureSettings::librosa() }
}

/// Every set but `Gabor`, which needs frames closer together than librosa's default.
pub const ALL: [FeatureSet; 23] = [
    FeatureSet::Mfcc,
    FeatureSet::Chroma,
    FeatureSet::Mel,
    FeatureSet::Contrast,
    FeatureSet::Rms,
    FeatureSet::Zcr,
    FeatureSet::LogMel,
    FeatureSet::Delta,
    FeatureSet::Delta2,
    FeatureSet::Centroid,
    FeatureSet::Bandwidth,
    FeatureSet::Rolloff,
    FeatureSet::Flatness,
    FeatureSet::Tonnetz,
    FeatureSet::Yin,
    FeatureSet::Pyin,
    FeatureSet::F0,
    FeatureSet::JitterShimmer,
    FeatureSet::Hnr,
    FeatureSet::Formants,
    FeatureSet::Harmonics,
    FeatureSet::Loudness,
    FeatureSet::SpectralBalance,
];

pub fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}

pub fn json(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(fixture(path)).unwrap()).unwrap()
}

/// Samples of a 16-bit clip of the golden fixtures, as soundfile reads them.
pub fn clip(name: &str) -> Vec<f32> {
    let mut reader = hound::WavReader::open(fixture(&format!("golden/{name}.wav"))).unwrap();
    reader.samples::<i16>().map(|sample| f32::from(sample.unwrap()) / 32_768.0).collect()
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

/// Columns of a group, in order, as `(columns, frames)`: librosa's shape.
pub fn group(features: &FeatureMatrix, prefix: &str) -> Array2<f32> {
    let member = |name: &str| {
        name == prefix
            || name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).is_some_and(|rest| rest.parse::<usize>().is_ok())
    };
    let columns: Vec<usize> = (0..features.columns.len()).filter(|&column| member(&features.columns[column])).collect();
    Array2::from_shape_fn((columns.len(), features.values.nrows()), |(row, frame)| features.values[[frame, columns[row]]])
}

/// How near two values must be: `absolute + relative * |expected|`.
#[derive(Clone, Copy)]
pub struct Tolerance {
    pub absolute: f64,
    pub relative: f64,
}

impl Tolerance {
    pub const fn absolute(absolute: f64) -> Self {
        Self { absolute, relative: 0.0 }
    }

    /// Relative, for values that were stored to seven decimals.
    pub const fn relative(relative: f64) -> Self {
        Self { absolute: 6e-8, relative }
    }
}

/// The tolerances of the project; ZCR is exact but for single precision and the stored decimals.
pub fn tolerance(group: &str) -> Tolerance {
    match group {
        "mel" => Tolerance::relative(1e-5),
        "mfcc" | "log_mel" | "delta_mfcc" | "delta2_mfcc" => Tolerance::absolute(1e-3),
        "chroma" | "contrast" | "tonnetz" => Tolerance::absolute(1e-4),
        "centroid" | "bandwidth" | "flatness" => Tolerance::relative(1e-4),
        // The same bin: its frequency in single precision, stored to a few decimals.
        "rolloff" => Tolerance { absolute: 1e-3, relative: 1e-7 },
        "rms" => Tolerance::absolute(1e-6),
        "zcr" => Tolerance::absolute(6e-8),
        other => panic!("no tolerance for {other}"),
    }
}

/// Compares two series; returns the largest deviation, absolute and relative.
pub fn assert_near(what: &str, found: impl IntoIterator<Item = f32>, expected: &[f64], tolerance: Tolerance) -> (f64, f64) {
    let found: Vec<f64> = found.into_iter().map(f64::from).collect();
    assert_eq!(found.len(), expected.len(), "{what}: number of values");
    let mut worst = (0.0_f64, 0.0_f64);
    for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let error = (found - expected).abs();
        assert!(
            error <= tolerance.absolute + tolerance.relative * expected.abs(),
            "{what} [{index}]: {found} where librosa has {expected}"
        );
        worst = (worst.0.max(error), worst.1.max(error / expected.abs().max(1e-3)));
    }
    worst
}
