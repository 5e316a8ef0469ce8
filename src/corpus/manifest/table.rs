//! A table of text, whatever file it came in.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use polars::prelude::{AnyValue, CsvReadOptions, DataFrame, PolarsError, PolarsResult, SerReader};

use super::parquet;
use super::room::Room;
use crate::corpus::CorpusError;

/// How a table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
    /// Apache Parquet, of plain columns without lists and records. `n` bytes of it take at most 64 MiB and `4096 * n` bytes of memory.
    Parquet,
}

impl Format {
    /// The format that a file's ending says, in capital letters or not.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "tsv" | "tab" => Some(Self::Tsv),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Tsv => "TSV",
            Self::Parquet => "Parquet",
        }
    }
}

/// Columns by name; every cell is trimmed text, empty where there is no value.
pub(in crate::corpus) struct TextTable {
    pub columns: Vec<(String, Vec<String>)>,
}

impl TextTable {
    /// Reads `path`. Numbers are kept as they are written (CSV) or as they print (Parquet).
    pub fn read(path: &Path, format: Format) -> Result<Self, CorpusError> {
        let bytes = fs::read(path).map_err(|source| CorpusError::Io { path: path.to_owned(), source })?;
        if bytes.is_empty() {
            return Err(CorpusError::NoRows { path: path.to_owned() });
        }
        let unreadable =
            |error: PolarsError| CorpusError::Table { path: path.to_owned(), format: format.name(), message: error.to_string() };
        let mut room = Room::new(path, bytes.len(), "cells and their columns' names");
        let frame = match format {
            Format::Csv => separated(bytes, b',').map_err(unreadable)?,
            Format::Tsv => separated(bytes, b'\t').map_err(unreadable)?,
            Format::Parquet => parquet::read(path, bytes)?,
        };
        if frame.height() == 0 {
            return Err(CorpusError::NoRows { path: path.to_owned() });
        }
        let mut columns = Vec::new();
        for column in frame.columns() {
            let name = column.name().trim();
            let mut cells = Vec::with_capacity(frame.height());
            for row in 0..frame.height() {
                let cell = text(column.get(row).map_err(unreadable)?);
                // A row keeps the name beside the value. Many rows of Parquet may share a long value.
                room.take((cell.len() + name.len()) as u64)?;
                cells.push(cell);
            }
            columns.push((name.to_owned(), cells));
        }
        Ok(Self { columns })
    }

    /// The cells of a column.
    pub fn column(&self, name: &str) -> Option<&[String]> {
        self.columns.iter().find(|(column, _)| column == name).map(|(_, cells)| cells.as_slice())
    }
}

fn separated(bytes: Vec<u8>, separator: u8) -> PolarsResult<DataFrame> {
    CsvReadOptions::default()
        .with_has_header(true)
        // Without inference every column is text: "01" stays "01".
        .with_infer_schema_length(Some(0))
        .map_parse_options(|options| options.with_separator(separator))
        .into_reader_with_file_handle(Cursor::new(bytes))
        .finish()
}

fn text(cell: AnyValue) -> String {
    if cell.is_null() { String::new() } else { cell.str_value().trim().to_owned() }
}
