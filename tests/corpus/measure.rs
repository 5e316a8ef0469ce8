//! Measures of clips against numpy and librosa.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use intone::audio::{Clip, Decoded};
use intone::corpus::measure::{ClipMeasures, measure};
use intone::corpus::{ClipRow, ClipSource, Corpus, demo};
use serde_json::Value;

fn row(id: &str, path: PathBuf) -> ClipRow {
    ClipRow {
        id: id.to_owned(),
        source: ClipSource::File(path),
        label: 0,
        speaker: "1".to_owned(),
        train_only: false,
        extra: BTreeMap::new(),
    }
}

#[test]
fn clips_are_measured_as_numpy_and_librosa_do() {
    let fixtures = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures"));
    let text = std::fs::read_to_string(fixtures.join("measures.json")).expect("the fixture");
    let expected: BTreeMap<String, Value> = serde_json::from_str(&text).expect("its values");
    let corpus = Corpus::new("test", vec!["x".to_owned()], expected.keys().map(|name| row(name, fixtures.join(name))).collect());
    let measured = measure(&corpus, f64::INFINITY, &|| {});
    let mut furthest = 0.0_f64;
    for (clip, result) in corpus.clips.iter().zip(measured) {
        let (is, of) = (result.expect("a clip"), &expected[&clip.id]);
        assert_eq!(
            (u64::from(is.sample_rate), u64::from(is.channels)),
            (of["sample_rate"].as_u64().unwrap_or(0), of["channels"].as_u64().unwrap_or(0))
        );
        assert_eq!(Some(is.clipped as u64), of["clipped"].as_u64(), "{}", clip.id);
        for (name, value) in [
            ("duration_s", is.duration_s),
            ("rms_dbfs", is.rms_dbfs),
            ("peak_dbfs", is.peak_dbfs),
            ("leading_s", is.leading_s),
            ("trailing_s", is.trailing_s),
        ] {
            match of[name].as_f64() {
                Some(right) => {
                    furthest = furthest.max((value - right).abs());
                    assert!((value - right).abs() < 1e-6, "{} {name}: {value} instead of {right}", clip.id);
                }
                None => assert_eq!(value, f64::NEG_INFINITY, "{} {name}", clip.id),
            }
        }
    }
    println!("furthest from numpy and librosa: {furthest:.1e}");
}

#[test]
fn clipping_and_silence_are_found_and_broken_clips_named() {
    let decoded = |samples: Vec<f32>| Decoded { clip: Clip { samples, sample_rate: 16_000 }, channels: 1, warnings: Vec::new() };
    let measures = ClipMeasures::of(&decoded(vec![1.0, -1.0, 0.999, 32_767.0 / 32_768.0]));
    assert_eq!((measures.clipped, measures.peak_dbfs), (3, 0.0));
    let silent = ClipMeasures::of(&decoded(vec![0.0; 100]));
    assert_eq!((silent.peak_dbfs, silent.rms_dbfs, silent.clipped), (f64::NEG_INFINITY, f64::NEG_INFINITY, 0));

    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("bad.wav"), b"no sound").expect("a file");
    let mut clips = demo::corpus(1, 1).clips;
    clips.push(row("zz", folder.path().join("bad.wav")));
    let corpus = Corpus::new("test", demo::corpus(1, 1).labels, clips);
    let done = std::sync::atomic::AtomicUsize::new(0);
    let results = measure(&corpus, f64::INFINITY, &|| {
        done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!((results.len(), done.into_inner()), (9, 9));
    assert!(results[..8].iter().all(Result::is_ok));
    assert!(results[8].as_ref().is_err_and(|error| error.to_string().contains("bad.wav")));
}
