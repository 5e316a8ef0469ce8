//! `intone features`: features of clips as a table.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use intone::corpus::ClipSource;
use intone::dataset::Aggregate;
use intone::experiment::cache::FeatureCache;
use intone::experiment::extract::{ClipExtractor, Extracted};
use intone::experiment::store::write_whole;
use intone::experiment::{feature_table, load};
use polars::prelude::{CsvWriter, DataFrame, ParquetWriter, SerWriter};
use rayon::prelude::*;

use super::exit::{Done, Failure};
use super::{inputs, print};

/// Arguments of `intone features`.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Clips, or folders that are searched for clips
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Take [audio] and [features] from this experiment file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Set a value over the file's: features.hop_length=160
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A row a frame, or a row a clip with the mean or functionals over its frames
    #[arg(long, value_enum, default_value_t = Rows::Frames)]
    aggregate: Rows,
    /// Threads; 0 = one a core
    #[arg(long, default_value_t = 0)]
    jobs: usize,
    /// Measure every clip anew and keep no features
    #[arg(long)]
    no_cache: bool,
    /// The table: FILE.parquet, FILE.csv or FILE.json
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Rows {
    /// A row a frame
    Frames,
    /// A row a clip: the mean of each column
    Mean,
    /// A row a clip: mean, deviation, percentiles, extremes and slopes of each column
    Functionals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Parquet,
    Csv,
    Json,
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let format = format_of(&arguments.out)?;
    let mut config = match &arguments.config {
        Some(file) => load::load(file, &arguments.set)?,
        None => load::defaults(&arguments.set)?,
    };
    // Raw features: copies of augmentation belong to training.
    config.augment.speed.clear();
    let aggregate = match arguments.aggregate {
        Rows::Frames => Aggregate::Frames,
        Rows::Mean => Aggregate::Mean,
        Rows::Functionals => Aggregate::Functionals,
    };
    let cache = if arguments.no_cache { None } else { FeatureCache::of_user() };
    let extractor = ClipExtractor::new(&config, aggregate, cache)?;
    let clips = inputs::expand(&arguments.inputs)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(arguments.jobs).build().map_err(Failure::failed)?;
    let results: Vec<_> = pool.install(|| clips.par_iter().map(|clip| extractor.extract(&ClipSource::File(clip.clone()))).collect());

    let mut measured: Vec<(String, Extracted)> = Vec::new();
    let mut left_out = 0;
    for (clip, result) in clips.iter().zip(results) {
        match result {
            Ok(extracted) => {
                for warning in &extracted.entry.facts.warnings {
                    eprintln!("warning: {}: {warning}", clip.display());
                }
                measured.push((clip.display().to_string(), extracted));
            }
            Err(cause) => {
                eprintln!("left out: {}: {cause}", clip.display());
                left_out += 1;
            }
        }
    }
    if measured.is_empty() {
        return Err(Failure::failed("none of the clips can be used"));
    }
    let step = f64::from(config.features.hop_length as u32) / f64::from(config.audio.sample_rate);
    let rows: Vec<_> = measured.iter().map(|(clip, extracted)| (clip.as_str(), &extracted.entry.matrices[0])).collect();
    let mut frame = feature_table(&rows, extractor.columns(), (aggregate == Aggregate::Frames).then_some(step)).map_err(Failure::failed)?;
    write_whole(&arguments.out, |file| write(file, &mut frame, format)).map_err(Failure::failed)?;
    print(&format!("{}: {} clips, {} rows, {} columns\n", arguments.out.display(), measured.len(), frame.height(), frame.width()))?;
    Ok(Done::leaving_out(left_out))
}

fn format_of(out: &Path) -> Result<Format, Failure> {
    match out.extension().map(|ending| ending.to_string_lossy().to_lowercase()).as_deref() {
        Some("parquet") => Ok(Format::Parquet),
        Some("csv") => Ok(Format::Csv),
        Some("json") => Ok(Format::Json),
        _ => Err(Failure::usage(format!("--out {}: must end in .parquet, .csv or .json", out.display()))),
    }
}

fn write(file: &mut File, frame: &mut DataFrame, format: Format) -> std::io::Result<()> {
    match format {
        Format::Parquet => ParquetWriter::new(file).finish(frame).map(|_| ()).map_err(std::io::Error::other),
        Format::Csv => CsvWriter::new(file).finish(frame).map_err(std::io::Error::other),
        Format::Json => write_json(file, frame),
    }
}

/// An array with an object a row.
fn write_json(file: &mut File, frame: &DataFrame) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(file);
    let names: Vec<String> = frame.get_column_names().iter().map(ToString::to_string).collect();
    out.write_all(b"[")?;
    for row in 0..frame.height() {
        let values = frame.get_row(row).map_err(std::io::Error::other)?;
        let object: serde_json::Map<String, serde_json::Value> = names.iter().cloned().zip(values.0.iter().map(json_value)).collect();
        out.write_all(if row == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut out, &object)?;
    }
    out.write_all(b"\n]\n")?;
    out.flush()
}

fn json_value(value: &polars::prelude::AnyValue<'_>) -> serde_json::Value {
    use polars::prelude::AnyValue;
    match value {
        AnyValue::String(text) => serde_json::Value::from(*text),
        // The shortest decimal that reads back as the same f32, rather than the f64 next to it.
        AnyValue::Float32(number) => number.to_string().parse::<f64>().map_or(serde_json::Value::Null, serde_json::Value::from),
        AnyValue::Float64(number) => serde_json::Value::from(*number),
        AnyValue::UInt32(number) => serde_json::Value::from(*number),
        other => serde_json::Value::from(other.to_string()),
    }
}
