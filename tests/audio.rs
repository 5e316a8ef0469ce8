//! The sound modules: reading, resampling, trimming and preparing clips, and augmentation.

#[path = "support/allocations.rs"]
mod allocations;
#[path = "audio/augment.rs"]
mod augment;
#[path = "audio/flac.rs"]
mod flac;
#[path = "audio/formats.rs"]
mod formats;
#[path = "audio/hostile.rs"]
mod hostile;
#[path = "audio/make_wav.rs"]
mod make_wav;
#[path = "audio/prepare.rs"]
mod prepare;
#[path = "audio/ravdess.rs"]
mod ravdess;
#[path = "audio/resample.rs"]
mod resample;
#[path = "audio/vocoder.rs"]
mod vocoder;
#[path = "audio/voice_change.rs"]
mod voice_change;
#[path = "audio/wav.rs"]
mod wav;
#[path = "audio/waves.rs"]
mod waves;

use std::path::{Path, PathBuf};

use serde_json::Value;

/// A file of `tests/fixtures`.
fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(path)
}

/// What librosa and soundfile make of the fixtures (`tests/fixtures/make_audio.py`).
fn expected() -> Value {
    serde_json::from_slice(&std::fs::read(fixture("audio/expected.json")).unwrap()).unwrap()
}

fn floats(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap() as f32).collect()
}
