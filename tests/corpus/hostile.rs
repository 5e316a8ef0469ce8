//! Replays what the fuzzers (`fuzz/`) found worth keeping of manifests, experiment files, names, checkpoints and bundles: each is read or
//! refused with a typed error.

use std::fs;
use std::path::PathBuf;

use intone::corpus::ravdess::ClipName;
use intone::corpus::{CorpusKind, manifest};
use intone::experiment::load;
use intone::model::Bundle;
use intone::nn::Checkpoint;

use crate::settings;

/// The files of a target, as name and bytes.
fn files(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/hostile");
    let paths = fs::read_dir(PathBuf::from(folder).join(target)).expect("the fixtures").map(|entry| entry.expect("a file").path());
    let files: Vec<_> = paths.map(|path| (path.clone(), fs::read(path).expect("a file"))).collect();
    assert!(!files.is_empty(), "{target}");
    files
}

#[test]
fn manifests_are_read_or_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let read = |table: &[u8], ending: &str| {
        let path = folder.path().join("manifest").with_extension(ending);
        fs::write(&path, table).expect("a table");
        let _ = manifest::load(&settings(CorpusKind::Manifest, &path));
    };
    for (_, bytes) in files("manifest_text") {
        let Some((kind, table)) = bytes.split_first() else { continue };
        read(table, if kind % 2 == 0 { "csv" } else { "tsv" });
    }
    for (_, bytes) in files("manifest_parquet") {
        read(&bytes, "parquet");
    }
}

#[test]
fn experiment_files_are_read_or_refused() {
    for (path, bytes) in files("config") {
        let text = String::from_utf8_lossy(&bytes);
        let _ = load::parse(&path, &text);
        let assignments: Vec<String> = text.lines().take(4).map(str::to_owned).collect();
        let _ = load::defaults(&assignments);
    }
}

#[test]
fn names_are_parsed_or_refused() {
    for (_, bytes) in files("ravdess_name") {
        let name = String::from_utf8_lossy(&bytes);
        if let Ok(parsed) = ClipName::parse(&name) {
            assert_eq!(parsed.to_string(), name);
        }
    }
}

#[test]
fn checkpoints_and_bundles_are_read_or_refused() {
    for (_, bytes) in files("checkpoint") {
        let _ = Checkpoint::from_bytes(&bytes);
    }
    for (_, bytes) in files("bundle") {
        let folder = tempfile::tempdir().expect("a folder");
        let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
        let weights = bytes.get(end + 1..).unwrap_or_default();
        for (name, part) in [("bundle.json", &bytes[..end]), ("weights.safetensors", weights), ("baseline.json", weights)] {
            fs::write(folder.path().join(name), part).expect("a file");
        }
        let _ = Bundle::load(folder.path());
    }
}
