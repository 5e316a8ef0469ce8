//! Typed reading of frame columns, and Parquet files of frames.

use std::fs::File;
use std::io::Write;
use std::path::Path;

use polars::prelude::{DataFrame, ParquetReader, ParquetWriter, SerReader};

use super::MetricsError;

/// The strings of a column.
pub(super) fn strings(frame: &DataFrame, column: &str) -> Result<Vec<String>, MetricsError> {
    let values = frame.column(column)?.str()?;
    values.iter().map(|value| value.map(str::to_string).ok_or_else(|| null(column))).collect()
}

/// The whole numbers of a column.
pub(super) fn integers(frame: &DataFrame, column: &str) -> Result<Vec<u64>, MetricsError> {
    let values = frame.column(column)?.u64()?;
    values.iter().map(|value| value.ok_or_else(|| null(column))).collect()
}

/// The numbers of a column.
pub(super) fn floats(frame: &DataFrame, column: &str) -> Result<Vec<f64>, MetricsError> {
    let values = frame.column(column)?.f64()?;
    values.iter().map(|value| value.ok_or_else(|| null(column))).collect()
}

fn null(column: &str) -> MetricsError {
    MetricsError::Column { column: column.to_string(), message: "a value is missing".to_string() }
}

/// Reads a Parquet file.
pub(super) fn read_parquet(path: &Path) -> Result<DataFrame, MetricsError> {
    let file = File::open(path).map_err(|source| MetricsError::File { path: path.to_path_buf(), source })?;
    Ok(ParquetReader::new(file).finish()?)
}

/// Writes a frame as Parquet.
pub(super) fn write_parquet(frame: &DataFrame, writer: impl Write) -> Result<(), MetricsError> {
    ParquetWriter::new(writer).finish(&mut frame.clone())?;
    Ok(())
}
