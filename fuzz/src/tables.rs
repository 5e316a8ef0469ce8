//! Readers that take files: what the fuzzer makes is put into one.

use std::path::{Path, PathBuf};

use intone::corpus::{CorpusKind, CorpusSettings, ManifestColumns, UnsharedLabels, manifest};

/// Reads `table` as a manifest whose file has the ending `ending`.
pub fn manifest(table: &[u8], ending: &str) {
    let path = folder().join("manifest").with_extension(ending);
    put(&path, table);
    let columns = ManifestColumns { file: "file".into(), label: "label".into(), speaker: "speaker".into() };
    let settings = CorpusSettings {
        kind: CorpusKind::Manifest,
        path,
        channels: Vec::new(),
        train_only_channels: Vec::new(),
        speakers_only: Vec::new(),
        strict: false,
        audio_dir: PathBuf::new(),
        columns,
        speakers: 0,
        clips_per_emotion: 0,
        unshared_labels: UnsharedLabels::Refuse,
        parts: Vec::new(),
    };
    // Polars' panics over Parquet are caught where it is called, so that they must not end the fuzzer; those that reach this crate do.
    std::panic::set_hook(Box::new(|_| {}));
    // As `src/corpus/manifest/parquet.rs` states it.
    let limit = if ending == "parquet" { (64 << 20) + 4096 * table.len() } else { crate::BESIDES + crate::A_BYTE * table.len() };
    let _ = crate::within(limit, || manifest::load(&settings));
}

/// A folder of this process, in memory where the system has such folders.
pub fn folder() -> PathBuf {
    let shared = Path::new("/dev/shm");
    let parent = if shared.is_dir() { shared.to_owned() } else { std::env::temp_dir() };
    let folder = parent.join(format!("intone-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the fuzzer can make a folder");
    folder
}

/// Writes a file.
pub fn put(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("the fuzzer can write a file");
}
