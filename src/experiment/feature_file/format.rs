//! What a table of features is stored as.

use std::io::Write;
use std::path::Path;

use polars::prelude::{AnyValue, CsvWriter, DataFrame, SerWriter};

/// How the table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableFormat {
    /// Apache Parquet, in row groups of at most some 16 MiB of values.
    Parquet,
    /// Comma-separated values with a header.
    Csv,
    /// An array with an object a row.
    Json,
}

impl TableFormat {
    /// The format that a file's ending says, in capital letters or not.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "parquet" => Some(Self::Parquet),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Rows as CSV, after a header if asked for.
pub(super) fn write_csv(out: &mut impl Write, frame: &mut DataFrame, header: bool) -> std::io::Result<()> {
    CsvWriter::new(out).include_header(header).finish(frame).map_err(std::io::Error::other)
}

/// Rows as JSON objects, a line each; a comma before every one but the `first` of the file.
pub(super) fn write_json(out: &mut impl Write, frame: &DataFrame, mut first: bool) -> std::io::Result<()> {
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    for row in 0..frame.height() {
        let values = frame.get_row(row).map_err(std::io::Error::other)?;
        let object: serde_json::Map<String, serde_json::Value> = names.iter().cloned().zip(values.0.iter().map(json_value)).collect();
        out.write_all(if first { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &object)?;
        first = false;
    }
    Ok(())
}

fn json_value(value: &AnyValue<'_>) -> serde_json::Value {
    match value {
        AnyValue::String(text) => serde_json::Value::from(*text),
        // The shortest decimal that reads back as the same f32, rather than the f64 next to it.
        AnyValue::Float32(number) => number.to_string().parse::<f64>().map_or(serde_json::Value::Null, serde_json::Value::from),
        AnyValue::Float64(number) => serde_json::Value::from(*number),
        AnyValue::UInt32(number) => serde_json::Value::from(*number),
        other => serde_json::Value::from(other.to_string()),
    }
}
