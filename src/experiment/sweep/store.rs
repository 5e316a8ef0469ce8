//! Records of sweeps on disk: `runs/sweeps/ID/sweep.json`, beside the folders of the runs.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::record::{SWEEP_FORMAT_VERSION, SweepRecord};
use crate::experiment::store::{StoreError, hold, io, write_whole};

/// The name of a record in its folder.
const FILE: &str = "sweep.json";

/// The sweeps of a folder of runs.
#[derive(Debug, Clone)]
pub struct Sweeps {
    dir: PathBuf,
}

impl Sweeps {
    /// The sweeps in `runs_dir`, which need not exist yet.
    pub fn new(runs_dir: impl AsRef<Path>) -> Self {
        Self { dir: runs_dir.as_ref().join("sweeps") }
    }

    /// Records of all sweeps, the latest first; folders that hold none that can be read are passed over.
    pub fn list(&self) -> Vec<SweepRecord> {
        let folders = fs::read_dir(&self.dir).into_iter().flatten().flatten();
        let mut records: Vec<SweepRecord> = folders.filter_map(|entry| read(&entry.path().join(FILE)).ok()).collect();
        records.sort_by(|a, b| b.started.cmp(&a.started).then_with(|| a.id.cmp(&b.id)));
        records
    }

    /// The one sweep whose id begins with `prefix`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] or [`StoreError::Ambiguous`].
    pub fn find(&self, prefix: &str) -> Result<SweepRecord, StoreError> {
        let mut found: Vec<SweepRecord> = self.list().into_iter().filter(|record| record.id.starts_with(prefix)).collect();
        match (found.pop(), found.is_empty()) {
            (Some(record), true) => Ok(record),
            (None, _) => Err(StoreError::NotFound { prefix: prefix.to_owned(), dir: self.dir.clone() }),
            (Some(last), false) => {
                let ids = found.into_iter().chain([last]).map(|record| record.id).collect();
                Err(StoreError::Ambiguous { prefix: prefix.to_owned(), ids })
            }
        }
    }

    /// Opens the folder of a sweep for writing, and makes it where it is missing.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another process works on the sweep, or [`StoreError::Io`].
    pub(super) fn open(&self, id: &str) -> Result<SweepWriter, StoreError> {
        let dir = self.dir.join(id);
        let lock = hold(&dir, id)?;
        Ok(SweepWriter { dir, _lock: lock })
    }
}

fn read(path: &Path) -> Result<SweepRecord, StoreError> {
    let text = fs::read_to_string(path).map_err(io("read", path))?;
    let record: SweepRecord = serde_json::from_str(&text).map_err(|error| io("read", path)(error.into()))?;
    if record.format_version > SWEEP_FORMAT_VERSION {
        let newer = format!("it has format {}, and this release reads up to {SWEEP_FORMAT_VERSION}", record.format_version);
        return Err(io("read", path)(std::io::Error::other(newer)));
    }
    Ok(record)
}

/// A sweep's folder, held by this process.
#[derive(Debug)]
pub(super) struct SweepWriter {
    dir: PathBuf,
    /// Held until the sweep is dropped.
    _lock: File,
}

impl SweepWriter {
    /// The folder.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The folder of one of its runs.
    pub(super) fn run_dir(&self, id: &str) -> PathBuf {
        // runs/sweeps/ID beside runs/ID.
        self.dir.join("../..").join(id)
    }

    /// The record of an earlier call.
    pub(super) fn record(&self) -> Option<SweepRecord> {
        read(&self.dir.join(FILE)).ok()
    }

    /// Writes the record, whole or not at all.
    pub(super) fn write(&self, record: &SweepRecord) -> Result<(), StoreError> {
        write_whole(&self.dir.join(FILE), |file| {
            serde_json::to_writer_pretty(&mut *file, record)?;
            file.write_all(b"\n")
        })
    }
}
