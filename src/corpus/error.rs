//! What can be wrong with a corpus.

use std::path::PathBuf;

use super::names::{did_you_mean, listed};
use crate::settings::InvalidSetting;

/// A corpus that cannot be used, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CorpusError {
    /// A key of `[corpus]` has a value that cannot be used.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// The corpus's folder is not there.
    #[error("{named_by} names `{path}`, which is not a folder; {expected}", path = path.display())]
    NoFolder {
        /// The key or the environment variable.
        named_by: &'static str,
        /// The folder.
        path: PathBuf,
        /// What a folder of this corpus holds.
        expected: &'static str,
    },
    /// The corpus's folder holds nothing that is asked for.
    #[error("{named_by} names `{path}`, which holds no clips of {wanted}; {found}; {expected}", path = path.display())]
    NoClips {
        /// The key or the environment variable.
        named_by: &'static str,
        /// The folder.
        path: PathBuf,
        /// Channels and speakers asked for.
        wanted: String,
        /// What is there instead.
        found: String,
        /// What a folder of this corpus holds.
        expected: &'static str,
    },
    /// A part of a corpus of several cannot be used.
    #[error("the part `{part}` of `corpus.parts`: {cause}")]
    Part {
        /// The part.
        part: String,
        /// What is wrong with it.
        cause: Box<CorpusError>,
    },
    /// Labels that not every part has.
    #[error(
        "labels that not every part of `corpus.parts` has: {}; let the part's `labels` map them to labels that all have, or to \"\", which leaves \
         them out, or set `corpus.unshared_labels = \"leave-out\"`", labels.join(", ")
    )]
    UnsharedLabels {
        /// Each with the parts that have it.
        labels: Vec<String>,
    },
    /// A speaker of `corpus.speakers_only` has no clip.
    #[error("`corpus.speakers_only` names {}, of whom `{}` holds no clips asked for; it has {}", listed(missing.iter().map(String::as_str), 30), path.display(), listed(present.iter().map(String::as_str), 30))]
    NoSuchSpeakers {
        /// Speakers without a clip.
        missing: Vec<String>,
        /// Speakers with clips.
        present: Vec<String>,
        /// The folder.
        path: PathBuf,
    },
    /// A file or folder cannot be read.
    #[error("cannot read `{path}`, named by `corpus.path`", path = path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The table is not what its ending says.
    #[error("cannot read `{path}`, named by `corpus.path`, as {format}: {message}", path = path.display())]
    Table {
        /// The table.
        path: PathBuf,
        /// CSV, TSV or Parquet.
        format: &'static str,
        /// What the reader says.
        message: String,
    },
    /// The table holds, or says that it holds, far more than its size can stand for.
    #[error("`{path}`, named by `corpus.path`, is refused to save memory: its {what} come to {held} bytes or more, and those of a table of its size to {allowed} at most; save it as CSV, with the columns that are needed", path = path.display())]
    TableTooLarge {
        /// The table.
        path: PathBuf,
        /// What there is too much of.
        what: &'static str,
        /// Bytes, as far as they were counted.
        held: u64,
        /// Bytes.
        allowed: u64,
    },
    /// A column of a Parquet table is of a kind whose memory cannot be told beforehand.
    #[error("column `{column}` of `{path}` {why}, which is not read; save the table as CSV", path = path.display())]
    ColumnRefused {
        /// The table.
        path: PathBuf,
        /// The column.
        column: String,
        /// What is the matter with it: "holds lists or records".
        why: &'static str,
    },
    /// The table has no rows.
    #[error("`{path}`, named by `corpus.path`, has no rows; a manifest has a row a clip", path = path.display())]
    NoRows {
        /// The table.
        path: PathBuf,
    },
    /// The table lacks a column.
    #[error("`{path}` has no column `{column}`, which `{key}` asks for; it has {}{}", listed(present.iter().map(String::as_str), 30), did_you_mean(column, present.iter().map(String::as_str)), path = path.display())]
    NoColumn {
        /// The table.
        path: PathBuf,
        /// The key that names the column.
        key: String,
        /// The column.
        column: String,
        /// The columns there are.
        present: Vec<String>,
    },
    /// A cell that must not be is empty.
    #[error("row {row} of `{path}` (the first under the header is 1) has nothing in column `{column}`; give it a value or remove the row", path = path.display())]
    EmptyCell {
        /// The table.
        path: PathBuf,
        /// From 1, without the header.
        row: usize,
        /// The column.
        column: String,
    },
    /// Two rows name one file.
    #[error("rows {first} and {second} of `{path}` (the first under the header is 1) both name `{file}` in column `{column}`; keep one of them", path = path.display())]
    RepeatedFile {
        /// The table.
        path: PathBuf,
        /// Row from 1, without the header.
        first: usize,
        /// Row from 1, without the header.
        second: usize,
        /// The file, as written.
        file: String,
        /// The column.
        column: String,
    },
    /// Files that the table names are not there.
    #[error("{} of the files that column `{column}` of `{path}` names are not under `{audio_dir}`: {}; correct the table or `corpus.audio_dir`", missing.len(), listed(missing.iter().map(String::as_str), 5), path = path.display(), audio_dir = audio_dir.display())]
    MissingFiles {
        /// The table.
        path: PathBuf,
        /// The column.
        column: String,
        /// Where they were looked for.
        audio_dir: PathBuf,
        /// Each with its row: "row 3: a.wav".
        missing: Vec<String>,
    },
}
