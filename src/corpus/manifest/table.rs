//! A table of text, whatever file it came in.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::{AnyValue, CsvReadOptions, DataFrame, ParquetReader, PolarsError, PolarsResult, SerReader};

use crate::corpus::CorpusError;

/// How a table is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values with a header.
    Csv,
    /// Tab-separated values with a header.
    Tsv,
    /// Apache Parquet.
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
pub(super) struct TextTable {
    pub columns: Vec<(String, Vec<String>)>,
}

impl TextTable {
    /// Reads `path`. Numbers are kept as they are written (CSV) or as they print (Parquet).
    pub fn read(path: &Path, format: Format) -> Result<Self, CorpusError> {
        let io = |source| CorpusError::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        if file.metadata().map_err(io)?.len() == 0 {
            return Err(CorpusError::NoRows { path: path.to_owned() });
        }
        let unreadable =
            |error: PolarsError| CorpusError::Table { path: path.to_owned(), format: format.name(), message: error.to_string() };
        let frame = frame(file, format).map_err(unreadable)?;
        if frame.height() == 0 {
            return Err(CorpusError::NoRows { path: path.to_owned() });
        }
        Self::from_frame(&frame).map_err(unreadable)
    }

    /// The cells of a column.
    pub fn column(&self, name: &str) -> Option<&[String]> {
        self.columns.iter().find(|(column, _)| column == name).map(|(_, cells)| cells.as_slice())
    }

    fn from_frame(frame: &DataFrame) -> PolarsResult<Self> {
        let columns = frame.columns().iter().map(|column| {
            let cells = (0..frame.height()).map(|row| column.get(row).map(text)).collect::<PolarsResult<_>>()?;
            Ok((column.name().trim().to_owned(), cells))
        });
        Ok(Self { columns: columns.collect::<PolarsResult<_>>()? })
    }
}

fn frame(file: File, format: Format) -> PolarsResult<DataFrame> {
    let separator = match format {
        Format::Csv => b',',
        Format::Tsv => b'\t',
        Format::Parquet => return parquet(file),
    };
    CsvReadOptions::default()
        .with_has_header(true)
        // Without inference every column is text: "01" stays "01".
        .with_infer_schema_length(Some(0))
        .map_parse_options(|options| options.with_separator(separator))
        .into_reader_with_file_handle(file)
        .finish()
}

/// Polars trusts what a Parquet file says of its own layout, and panics over a damaged or crafted one.
fn parquet(file: File) -> PolarsResult<DataFrame> {
    let damaged = |_| Err(PolarsError::ComputeError("the file is damaged".into()));
    catch_unwind(AssertUnwindSafe(|| ParquetReader::new(file).finish())).unwrap_or_else(damaged)
}

fn text(cell: AnyValue) -> String {
    if cell.is_null() { String::new() } else { cell.str_value().trim().to_owned() }
}
