//! `intone features`: features of clips as a table.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use intone::dataset::Aggregate;
use intone::experiment::cache::FeatureCache;
use intone::experiment::feature_file::{self, FeatureFile, FeatureFileOutcome, TableFormat};
use intone::experiment::load;

use super::exit::{Done, Failure};
use super::progress::Progress;
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
    /// Begin anew where an interrupted call would be gone on with
    #[arg(long)]
    fresh: bool,
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

/// Does it.
pub fn run(arguments: &Arguments) -> Result<Done, Failure> {
    let format = format_of(&arguments.out)?;
    let mut config = match &arguments.config {
        Some(file) => load::load(file, &arguments.set)?,
        None => load::defaults(&arguments.set)?,
    };
    // Raw features: copies of augmentation belong to training.
    config.augment.speed.clear();
    config.augment.voice.clear();
    let aggregate = match arguments.aggregate {
        Rows::Frames => Aggregate::Frames,
        Rows::Mean => Aggregate::Mean,
        Rows::Functionals => Aggregate::Functionals,
    };
    let cache = if arguments.no_cache { None } else { FeatureCache::of_user() };
    let clips = inputs::expand(&arguments.inputs)?;
    let file = FeatureFile { clips: &clips, out: &arguments.out, format, aggregate, jobs: arguments.jobs, fresh: arguments.fresh };
    let progress = Progress::new();
    let outcome = feature_file::write(&config, file, cache, &progress);
    progress.finish();
    let FeatureFileOutcome { clips, left_out, rows, columns } = outcome?;
    print(&format!("{}: {clips} clips, {rows} rows, {columns} columns\n", arguments.out.display()))?;
    Ok(Done::leaving_out(left_out))
}

fn format_of(out: &Path) -> Result<TableFormat, Failure> {
    let wrong = || Failure::usage(format!("--out {}: must end in .parquet, .csv or .json", out.display()));
    TableFormat::of(out).ok_or_else(wrong)
}
