//! The corpus module from outside.

#[path = "support/allocations.rs"]
mod allocations;
#[path = "corpus/by_name.rs"]
mod by_name;
#[path = "corpus/demo.rs"]
mod demo;
#[cfg(feature = "fetch")]
#[path = "corpus/fetch.rs"]
mod fetch;
#[path = "corpus/hostile.rs"]
mod hostile;
#[path = "corpus/manifest.rs"]
mod manifest;
#[path = "corpus/measure.rs"]
mod measure;
#[path = "corpus/parts.rs"]
mod parts;
#[path = "corpus/ravdess.rs"]
mod ravdess;
#[path = "corpus/ravdess_audio.rs"]
mod ravdess_audio;
#[path = "corpus/sketch.rs"]
mod sketch;
#[path = "corpus/splits.rs"]
mod splits;

use std::path::Path;

use intone::corpus::{CorpusKind, CorpusSettings, ManifestColumns, UnsharedLabels};

/// Settings of that kind, all else as a user would have it.
fn settings(kind: CorpusKind, path: &Path) -> CorpusSettings {
    CorpusSettings {
        kind,
        path: path.to_owned(),
        channels: vec!["speech".into()],
        train_only_channels: Vec::new(),
        speakers_only: Vec::new(),
        strict: false,
        audio_dir: "".into(),
        columns: ManifestColumns { file: "file".into(), label: "label".into(), speaker: "speaker".into() },
        speakers: 12,
        clips_per_emotion: 5,
        unshared_labels: UnsharedLabels::Refuse,
        parts: Vec::new(),
    }
}

/// Makes empty files, with their folders, under `root`.
fn touch<'a>(root: &Path, files: impl IntoIterator<Item = &'a str>) {
    for file in files {
        let path = root.join(file);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folder");
        std::fs::write(path, b"").expect("file");
    }
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}
