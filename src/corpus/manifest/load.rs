//! A corpus from a table.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::table::{Format, TextTable};
use crate::corpus::{ClipRow, ClipSource, Corpus, CorpusError, CorpusSettings};

/// The clips that a manifest names.
///
/// A row is a clip; `corpus.columns` says which columns hold its file, label and speaker, all taken as text (speaker `7` and label `3`
/// are names). All other columns go to [`ClipRow::extra`]; one called `sex` balances the splits. Files are relative to
/// `corpus.audio_dir`, or to the table's own folder where that is empty. Labels are sorted by name.
///
/// A clip's id is its file name without the ending where that tells all clips apart, else its path as written.
///
/// # Errors
/// A table that is missing, unreadable, empty, or holds more text than 4 MiB and 256 bytes for each byte of its file, names of columns
/// counted with each cell; a column that it lacks; an empty cell; a file that is named twice or is not there.
pub fn load(settings: &CorpusSettings) -> Result<Corpus, CorpusError> {
    let path = &settings.path;
    // `CorpusSettings::check` has refused other endings.
    let table = TextTable::read(path, Format::of(path).unwrap_or(Format::Csv))?;
    let [files, labels, speakers] = settings.columns.named().map(|(key, column)| required(&table, path, key, column));
    let (files, labels, speakers) = (files?, labels?, speakers?);

    let folder = if settings.audio_dir.as_os_str().is_empty() { path.parent().unwrap_or(Path::new("")) } else { &settings.audio_dir };
    check_files(files, settings, folder)?;
    let names: Vec<String> = labels.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    let ids = ids(files);
    let taken: BTreeSet<&str> = settings.columns.named().into_iter().map(|(_, column)| column).collect();
    let clips = (0..files.len())
        .map(|row| ClipRow {
            id: ids[row].clone(),
            source: ClipSource::File(folder.join(&files[row])),
            label: names.partition_point(|name| *name < labels[row]),
            speaker: speakers[row].clone(),
            train_only: false,
            extra: extra(&table, row, &taken),
        })
        .collect();
    Ok(Corpus::new(path.file_name().unwrap_or_default().to_string_lossy(), names, clips))
}

/// The cells of a column that must be there and hold a value in each row.
fn required<'a>(table: &'a TextTable, path: &Path, key: &str, column: &str) -> Result<&'a [String], CorpusError> {
    let cells = table.column(column).ok_or_else(|| CorpusError::NoColumn {
        path: path.to_owned(),
        key: key.to_owned(),
        column: column.to_owned(),
        present: table.columns.iter().map(|(name, _)| name.clone()).collect(),
    })?;
    match cells.iter().position(String::is_empty) {
        Some(row) => Err(CorpusError::EmptyCell { path: path.to_owned(), row: row + 1, column: column.to_owned() }),
        None => Ok(cells),
    }
}

fn check_files(files: &[String], settings: &CorpusSettings, folder: &Path) -> Result<(), CorpusError> {
    let (path, column) = (settings.path.clone(), settings.columns.file.clone());
    let mut rows: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut missing = Vec::new();
    for (row, file) in files.iter().enumerate() {
        let whole = folder.join(file);
        if !whole.is_file() {
            missing.push(format!("row {}: {file}", row + 1));
        }
        if let Some(first) = rows.insert(whole, row) {
            return Err(CorpusError::RepeatedFile { path, first: first + 1, second: row + 1, file: file.clone(), column });
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(CorpusError::MissingFiles { path, column, audio_dir: folder.to_owned(), missing }) }
}

/// The shortest kind of name that tells all files apart: stem, path without ending, path.
fn ids(files: &[String]) -> Vec<String> {
    let stem = |file: &String| Path::new(file).file_stem().map_or_else(|| file.clone(), |stem| stem.to_string_lossy().into_owned());
    let without_ending = |file: &String| Path::new(file).with_extension("").to_string_lossy().replace('\\', "/");
    let told_apart = |ids: &Vec<String>| ids.iter().collect::<BTreeSet<_>>().len() == ids.len();
    [files.iter().map(stem).collect::<Vec<_>>(), files.iter().map(without_ending).collect()]
        .into_iter()
        .find(told_apart)
        .unwrap_or_else(|| files.to_vec())
}

fn extra(table: &TextTable, row: usize, taken: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let others = table.columns.iter().filter(|(name, _)| !taken.contains(name.as_str()));
    others.filter(|(_, cells)| !cells[row].is_empty()).map(|(name, cells)| (name.clone(), cells[row].clone())).collect()
}
