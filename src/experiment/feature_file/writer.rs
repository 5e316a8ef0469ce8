//! The table itself, written as its rows come.

use std::fs::File;
use std::io::{BufWriter, Write};

use ndarray::Array2;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{DataFrame, ParquetWriter};

use super::super::feature_table;
use super::format::{TableFormat, write_csv, write_json};

/// Values of a row group: 16 MiB.
const ROW_GROUP: usize = 4 << 20;

/// A table that is being written.
pub(super) struct TableWriter {
    columns: Vec<String>,
    /// Seconds from frame to frame, where a row is a frame.
    frame_step_s: Option<f64>,
    sink: Sink,
    /// What the next row group begins with.
    waiting: Vec<(String, Array2<f32>)>,
    waiting_values: usize,
    rows: usize,
}

enum Sink {
    Parquet(Box<BatchedWriter<File>>),
    Csv(BufWriter<File>),
    Json(BufWriter<File>),
}

impl TableWriter {
    /// Begins the table in `file`.
    pub fn new(file: File, format: TableFormat, columns: &[String], frame_step_s: Option<f64>) -> std::io::Result<Self> {
        let mut empty = feature_table(&[], columns, frame_step_s).map_err(std::io::Error::other)?;
        let sink = match format {
            TableFormat::Parquet => {
                let writer = ParquetWriter::new(file).batched(empty.schema()).map_err(std::io::Error::other)?;
                Sink::Parquet(Box::new(writer))
            }
            TableFormat::Csv => {
                let mut out = BufWriter::new(file);
                write_csv(&mut out, &mut empty, true)?;
                Sink::Csv(out)
            }
            TableFormat::Json => {
                let mut out = BufWriter::new(file);
                out.write_all(b"[")?;
                Sink::Json(out)
            }
        };
        Ok(Self { columns: columns.to_vec(), frame_step_s, sink, waiting: Vec::new(), waiting_values: 0, rows: 0 })
    }

    /// Adds the rows of a clip.
    pub fn add(&mut self, clip: String, rows: Array2<f32>) -> std::io::Result<()> {
        self.waiting_values += rows.len();
        self.waiting.push((clip, rows));
        if self.waiting_values >= ROW_GROUP { self.flush() } else { Ok(()) }
    }

    /// Ends the table; gives its rows and columns.
    pub fn finish(mut self) -> std::io::Result<(usize, usize)> {
        self.flush()?;
        match self.sink {
            Sink::Parquet(writer) => {
                writer.finish().map_err(std::io::Error::other)?;
            }
            Sink::Csv(mut out) => out.flush()?,
            Sink::Json(mut out) => {
                out.write_all(b"\n]\n")?;
                out.flush()?;
            }
        }
        let named = if self.frame_step_s.is_some() { 3 } else { 1 };
        Ok((self.rows, named + self.columns.len()))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = self.waiting.iter().map(|(clip, rows)| (clip.as_str(), rows)).collect();
        let mut frame = feature_table(&rows, &self.columns, self.frame_step_s).map_err(std::io::Error::other)?;
        self.waiting.clear();
        self.waiting_values = 0;
        self.write(&mut frame)?;
        self.rows += frame.height();
        Ok(())
    }

    fn write(&mut self, frame: &mut DataFrame) -> std::io::Result<()> {
        match &mut self.sink {
            Sink::Parquet(writer) => writer.write_batch(frame).map_err(std::io::Error::other),
            Sink::Csv(out) => write_csv(out, frame, false),
            Sink::Json(out) => write_json(out, frame, self.rows == 0),
        }
    }
}
