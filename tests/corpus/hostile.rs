//! Replays what the fuzzers (`fuzz/`) found worth keeping of manifests, experiment files, names, checkpoints and bundles: each is read or
//! refused with a typed error.

use std::fs;
use std::path::PathBuf;

use intone::corpus::ravdess::ClipName;
use intone::corpus::{Corpus, CorpusError, CorpusKind, manifest};
use intone::experiment::load;
use intone::model::Bundle;
use intone::nn::Checkpoint;
use polars::prelude::{Column, DataFrame, ParquetWriter};

use crate::allocations::peak;
use crate::{settings, touch};

/// What a Parquet manifest may take, as `src/corpus/manifest/parquet.rs` states it.
fn allowed(bytes: usize) -> usize {
    (64 << 20) + 4096 * bytes
}

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
    for (_, bytes) in files("manifest_text") {
        let Some((kind, table)) = bytes.split_first() else { continue };
        let path = folder.path().join(if kind % 2 == 0 { "manifest.csv" } else { "manifest.tsv" });
        fs::write(&path, table).expect("a table");
        let _ = manifest::load(&settings(CorpusKind::Manifest, &path));
    }
}

/// A Parquet manifest read, and the most that this took.
fn parquet(table: &[u8]) -> (Result<Corpus, CorpusError>, usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("manifest.parquet");
    fs::write(&path, table).expect("a table");
    peak(|| manifest::load(&settings(CorpusKind::Manifest, &path)))
}

#[test]
fn parquet_manifests_are_read_or_refused_in_bounded_memory() {
    for (path, bytes) in files("manifest_parquet") {
        let (_, taken) = parquet(&bytes);
        assert!(taken <= allowed(bytes.len()), "{}: {taken} bytes", path.display());
    }
}

#[test]
fn parquet_that_states_too_much_is_refused_for_it() {
    let refused = |name: &str| {
        let (_, bytes) = files("manifest_parquet").into_iter().find(|(path, _)| path.ends_with(name)).expect(name);
        let (result, taken) = parquet(&bytes);
        println!("{name}: {} bytes took {taken}", bytes.len());
        result.expect_err(name)
    };
    for (name, part) in [
        ("bomb_page", "pages"),
        ("bomb_dictionary", "pages"),
        ("bomb_values", "pages"),
        ("bomb_width", "pages"),
        ("bomb_shared_page", "pages"),
        ("bomb_rows", "rows"),
        ("bomb_runs", "rows"),
        ("bomb_cells", "cells and their columns' names"),
        ("bomb_name", "cells and their columns' names"),
    ] {
        let error = refused(name);
        assert!(matches!(&error, CorpusError::TableTooLarge { what, .. } if *what == part), "{name}: {error}");
        assert!(error.to_string().ends_with("save it as CSV, with the columns that are needed"), "{error}");
    }
    for (name, reason) in
        [("bomb_delta", "is encoded otherwise than plain, by runs or with a dictionary"), ("nested", "holds lists or records")]
    {
        let error = refused(name);
        assert!(matches!(&error, CorpusError::ColumnRefused { why, .. } if *why == reason), "{name}: {error}");
    }
    for name in ["bomb_footer", "bomb_nulls"] {
        let error = refused(name);
        assert!(matches!(error, CorpusError::Table { .. }), "{name}: {error}");
    }
}

#[test]
fn parquet_with_as_many_rows_as_its_size_allows_is_read_in_that_memory() {
    const ROWS: usize = 10_000;
    let folder = tempfile::tempdir().expect("a folder");
    let names: Vec<String> = (0..ROWS).map(|row| format!("{row:05}.wav")).collect();
    touch(folder.path(), names.iter().map(String::as_str));
    let mut columns = vec![Column::new("file".into(), names)];
    for name in ["label", "speaker", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
        columns.push(Column::new(name.into(), vec!["x"; ROWS]));
    }
    let path = folder.path().join("manifest.parquet");
    let mut frame = DataFrame::new(ROWS, columns).expect("a frame");
    ParquetWriter::new(fs::File::create(&path).expect("a file")).finish(&mut frame).expect("written");
    let size = fs::metadata(&path).expect("a file").len() as usize;
    let (corpus, taken) = peak(|| manifest::load(&settings(CorpusKind::Manifest, &path)));
    assert_eq!(corpus.expect("clips").clips.len(), ROWS);
    println!("{size} bytes with {ROWS} rows of 13 columns took {taken}");
    assert!(taken <= allowed(size), "{taken} bytes for {size}");
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
