//! Manifests in three formats, good and bad.

use std::fs::File;
use std::path::Path;

use intone::corpus::{ClipSource, Corpus, CorpusError, CorpusKind, CorpusSettings};
use polars::prelude::{Column, DataFrame, ParquetWriter};

use crate::{settings, touch};

/// A folder with two clips in `audio/` and the table `name` beside it.
fn folder(name: &str, table: &str) -> (tempfile::TempDir, CorpusSettings) {
    let root = tempfile::tempdir().expect("a folder");
    touch(root.path(), ["audio/a.wav", "audio/b.wav", "audio/sub/a.wav"]);
    let path = root.path().join(name);
    std::fs::write(&path, table).expect("a table");
    let settings = CorpusSettings { audio_dir: root.path().join("audio"), ..settings(CorpusKind::Manifest, &path) };
    (root, settings)
}

fn error(name: &str, table: &str) -> String {
    let (_root, settings) = folder(name, table);
    Corpus::load_from(&settings, None).expect_err("refused").to_string()
}

#[test]
fn csv_and_tsv_are_read_as_text() {
    let csv = "file,label,speaker,sex,note\na.wav,sad,01,f,\"x, y\"\nb.wav,angry,2,m,\n";
    for (name, table) in [("t.csv", csv.to_owned()), ("t.TSV", csv.replace("\"x, y\"", "x; y").replace(',', "\t").replace(';', ","))] {
        let (root, settings) = folder(name, &table);
        let corpus = Corpus::load_from(&settings, None).expect(name);
        assert_eq!((corpus.name.as_str(), corpus.synthetic), (name, false));
        assert_eq!(corpus.labels, ["angry", "sad"]);
        assert_eq!(corpus.speakers(), ["01", "2"]);
        let first = &corpus.clips[0];
        assert_eq!((first.id.as_str(), first.label, first.speaker.as_str()), ("a", 1, "01"));
        assert_eq!(first.source, ClipSource::File(root.path().join("audio").join("a.wav")));
        assert_eq!((first.extra["sex"].as_str(), first.extra["note"].as_str()), ("f", "x, y"));
        assert!(!corpus.clips[1].extra.contains_key("note"));
    }
}

#[test]
fn parquet_with_numbers_is_read_as_text() {
    let (_root, mut settings) = folder("t.parquet", "");
    let columns = vec![
        Column::new("path".into(), ["a.wav", "b.wav"]),
        Column::new("emotion".into(), [3i64, 10]),
        Column::new("who".into(), [7u32, 12]),
        Column::new("age".into(), [Some(31.5f64), None]),
    ];
    let mut frame = DataFrame::new(2, columns).expect("a frame");
    ParquetWriter::new(File::create(&settings.path).expect("a file")).finish(&mut frame).expect("written");
    settings.columns.file = "path".into();
    settings.columns.label = "emotion".into();
    settings.columns.speaker = "who".into();
    let corpus = Corpus::load_from(&settings, None).expect("clips");
    assert_eq!(corpus.labels, ["10", "3"]);
    assert_eq!(corpus.speakers(), ["7", "12"]);
    assert_eq!(corpus.clips[0].extra["age"], "31.5");
    assert!(corpus.clips[1].extra.is_empty());
}

#[test]
fn files_are_relative_to_the_table_without_an_audio_dir_and_ids_tell_them_apart() {
    let (_root, mut settings) = folder("t.csv", "file,label,speaker\naudio/a.wav,x,1\naudio/sub/a.wav,y,2\n");
    settings.audio_dir = "".into();
    let corpus = Corpus::load_from(&settings, None).expect("clips");
    assert_eq!(corpus.clips.iter().map(|clip| clip.id.as_str()).collect::<Vec<_>>(), ["audio/a", "audio/sub/a"]);
}

#[test]
fn a_missing_column_is_named_with_those_there_are() {
    let message = error("t.csv", "file,lable,speaker\na.wav,x,1\n");
    assert!(
        message
            .ends_with("has no column `label`, which `corpus.columns.label` asks for; it has file, lable, speaker; did you mean `lable`?"),
        "{message}"
    );
}

#[test]
fn an_empty_cell_is_named_by_row_and_column() {
    let message = error("t.csv", "file,label,speaker\na.wav,x,1\nb.wav,,2\n");
    assert!(message.starts_with("row 2 of ") && message.contains("nothing in column `label`"), "{message}");
}

#[test]
fn missing_and_repeated_files_are_named_by_row() {
    let message = error("t.csv", "file,label,speaker\na.wav,x,1\nc.wav,y,2\n");
    assert!(message.starts_with("1 of the files that column `file`") && message.contains(": row 2: c.wav; correct"), "{message}");
    let message = error("t.csv", "file,label,speaker\na.wav,x,1\na.wav,y,2\n");
    assert!(message.starts_with("rows 1 and 2 of ") && message.contains("both name `a.wav`"), "{message}");
}

#[test]
fn tables_that_are_none_are_refused() {
    assert!(error("t.csv", "").contains("has no rows"));
    assert!(error("t.csv", "file,label,speaker\n").contains("has no rows"));
    assert!(error("t.parquet", "file,label,speaker\na.wav,x,1\n").contains("as Parquet"));
    assert!(error("t.csv", "file,label,speaker\na.wav,x,1,2,3,4\n").contains("as CSV"));
    let gone = Corpus::load_from(&settings(CorpusKind::Manifest, Path::new("gone.csv")), None).expect_err("no table");
    assert!(matches!(gone, CorpusError::Io { .. }) && gone.to_string().contains("`gone.csv`, named by `corpus.path`"), "{gone}");
}

#[test]
fn columns_must_differ() {
    let (_root, mut settings) = folder("t.csv", "file,label,speaker\na.wav,x,1\n");
    settings.columns.speaker = "label".into();
    let message = settings.check().expect_err("refused").to_string();
    assert_eq!(message, "`corpus.columns.speaker` names column `label`, which is that of `corpus.columns.label` already");
}
