//! Reading a run folder back.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, ParquetReader, PolarsError, SerReader};

use super::audit::Audit;
use super::record::{FORMAT_VERSION, Heard, Manifest};
use super::reproduce::Reproduction;

/// A run folder, read whole: what [`record`](super::record) says a run leaves behind.
#[derive(Debug, Clone)]
pub struct RunFolder {
    /// The folder.
    pub dir: PathBuf,
    /// `manifest.json`.
    pub manifest: Manifest,
    /// `config.toml`, as text.
    pub config: String,
    /// `epochs.parquet`; baselines train without epochs and leave none.
    pub epochs: Option<DataFrame>,
    /// `predictions.parquet`.
    pub predictions: DataFrame,
    /// `scores.parquet`; a run that was ended early has none yet.
    pub scores: Option<DataFrame>,
    /// `audit.json`; runs of older releases have none.
    pub audit: Option<Audit>,
    /// `reproduction.json`, where the run was run again.
    pub reproduction: Option<Reproduction>,
    /// `validation.parquet`; folds without a validation part leave none.
    pub validation: Option<DataFrame>,
    /// `traces.parquet`; baselines leave none.
    pub traces: Option<DataFrame>,
    /// `importance.parquet`, where it was asked for.
    pub importance: Option<DataFrame>,
    /// `errors/errors.json`; runs of earlier releases have none.
    pub heard: Option<Heard>,
}

/// Why a run folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadRunError {
    /// A file is missing or cannot be read.
    #[error("cannot read {path}: {cause}; is this the folder of a run?", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
    /// `manifest.json` is not what a run writes.
    #[error("{path} is not a manifest: {cause}", path = path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        #[source]
        cause: serde_json::Error,
    },
    /// The folder was written by a newer release.
    #[error("{path} has format {found}, and this release reads up to {known}; use the release that wrote it, or a newer one", path = path.display())]
    NewerFormat {
        /// The manifest.
        path: PathBuf,
        /// Its format.
        found: u64,
        /// The newest format that this release reads.
        known: u32,
    },
    /// A frame is damaged.
    #[error("{path} is not a readable parquet file: {cause}", path = path.display())]
    Frame {
        /// The file.
        path: PathBuf,
        /// What polars said.
        #[source]
        cause: PolarsError,
    },
}

impl RunFolder {
    /// Reads `dir`: the manifest, the resolved configuration and the frames.
    ///
    /// # Errors
    /// A missing or damaged file, or a format newer than [`FORMAT_VERSION`]. Only `predictions.parquet` must be there of the frames.
    pub fn open(dir: &Path) -> Result<Self, ReadRunError> {
        let manifest = read_manifest(dir)?;
        let path = dir.join("predictions.parquet");
        let predictions = read_frame(&path)?.ok_or_else(|| ReadRunError::File {
            path,
            cause: io::Error::new(io::ErrorKind::NotFound, "the file is missing (no fold of the run has ended yet)"),
        })?;
        Ok(Self {
            manifest,
            config: read_text(&dir.join("config.toml"))?,
            epochs: read_frame(&dir.join("epochs.parquet"))?,
            predictions,
            scores: read_frame(&dir.join("scores.parquet"))?,
            audit: Audit::read(dir),
            reproduction: Reproduction::read(dir),
            validation: read_frame(&dir.join("validation.parquet"))?,
            traces: read_frame(&dir.join("traces.parquet"))?,
            importance: read_frame(&dir.join("importance.parquet"))?,
            // What only decorates a report must not keep it from being made.
            heard: fs::read(dir.join("errors/errors.json")).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()),
            dir: dir.to_path_buf(),
        })
    }
}

fn read_text(path: &Path) -> Result<String, ReadRunError> {
    fs::read_to_string(path).map_err(|cause| ReadRunError::File { path: path.to_path_buf(), cause })
}

/// Reads the manifest of the run folder `dir`.
///
/// # Errors
/// It is missing, damaged, or of a newer format; the version is looked at before the rest, which a newer release may have changed.
pub fn read_manifest(dir: &Path) -> Result<Manifest, ReadRunError> {
    let path = &dir.join("manifest.json");
    let not_a_manifest = |cause| ReadRunError::Manifest { path: path.to_path_buf(), cause };
    let value: serde_json::Value = serde_json::from_str(&read_text(path)?).map_err(not_a_manifest)?;
    match value.get("format_version").and_then(serde_json::Value::as_u64) {
        Some(found) if found > u64::from(FORMAT_VERSION) => {
            Err(ReadRunError::NewerFormat { path: path.to_path_buf(), found, known: FORMAT_VERSION })
        }
        _ => serde_json::from_value(value).map_err(not_a_manifest),
    }
}

/// Reads a frame from Parquet; `None` where there is no such file.
///
/// # Errors
/// The file cannot be read or is damaged.
pub fn read_frame(path: &Path) -> Result<Option<DataFrame>, ReadRunError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(ReadRunError::File { path: path.to_path_buf(), cause }),
    };
    match ParquetReader::new(file).finish() {
        Ok(frame) => Ok(Some(frame)),
        Err(cause) => Err(ReadRunError::Frame { path: path.to_path_buf(), cause }),
    }
}
