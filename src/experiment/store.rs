//! The folder of runs: `runs/ID/`, written so that a killed run leaves nothing half-read.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, ParquetWriter};
use serde::{Deserialize, Serialize};

use super::events::Event;
use super::evidence::Evidence;
use super::read::{ReadRunError, read_frame, read_manifest};
use super::record::Manifest;
use crate::model::Unconverged;
use crate::nn::{Checkpoint, EpochRecord};

/// A store that cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A file or folder cannot be read or written.
    #[error("cannot {action} {}: {cause}", path.display())]
    Io {
        /// "read", "write", ...
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// The folder of a run cannot be read.
    #[error(transparent)]
    Run(#[from] ReadRunError),
    /// No run of that id.
    #[error("no run in {} has an id that begins with {prefix:?}; `intone runs list` shows them", dir.display())]
    NotFound {
        /// What was asked for.
        prefix: String,
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// Several runs fit.
    #[error("{prefix:?} could be any of {}; give more of the id", ids.join(", "))]
    Ambiguous {
        /// What was asked for.
        prefix: String,
        /// The runs that fit.
        ids: Vec<String>,
    },
    /// Another process works on the run.
    #[error("another intone is working on run {id}; wait for it, or stop it first")]
    Busy {
        /// The run.
        id: String,
    },
    /// Another process writes the table.
    #[error("another intone is writing {}; wait for it, or stop it first", path.display())]
    BusyTable {
        /// The table.
        path: PathBuf,
    },
}

pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> StoreError {
    let path = path.to_path_buf();
    move |cause| StoreError::Io { action, path, cause }
}

/// What names of files begin with that are being written.
const TEMPORARY: &str = ".tmp";

/// Cuts off what comes after the last end of a line.
fn end_with_a_line(mut file: &File) -> std::io::Result<()> {
    const LONGEST: u64 = 1 << 16;
    let length = file.metadata()?.len();
    let from = length.saturating_sub(LONGEST);
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    file.read_to_end(&mut end)?;
    match end.iter().rposition(|&byte| byte == b'\n') {
        Some(last) => file.set_len(from + last as u64 + 1),
        None if from == 0 => file.set_len(0),
        None => Ok(()),
    }
}

/// Writes a file whole or not at all: under a temporary name in the same folder, then renamed.
///
/// # Errors
/// [`StoreError::Io`]; the old file, if any, is then as it was.
pub fn write_whole(path: &Path, fill: impl FnOnce(&mut File) -> std::io::Result<()>) -> Result<(), StoreError> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        fs::create_dir_all(dir)?;
        let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(dir)?;
        fill(file.as_file_mut())?;
        file.as_file().sync_data()?;
        set_readable(file.as_file())?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(io("write", path))
}

/// Temporary files are private; what replaces a file for others to read is not.
#[cfg(unix)]
fn set_readable(file: &File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_readable(_: &File) -> std::io::Result<()> {
    Ok(())
}

/// Makes the folder of `id` where it is missing, and holds it for this process until the file is dropped.
pub(super) fn hold(dir: &Path, id: &str) -> Result<File, StoreError> {
    const TRIES: usize = 10;
    let path = dir.join(".lock");
    for _ in 0..TRIES {
        fs::create_dir_all(dir).map_err(io("make", dir))?;
        let lock = match File::create(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            lock => lock.map_err(io("write", &path))?,
        };
        match lock.try_lock() {
            Ok(()) if is_at(&lock, &path) => return Ok(lock),
            // The folder was removed by another process (`runs prune`) after it was made: make it again.
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => break,
            Err(fs::TryLockError::Error(cause)) => return Err(io("lock", &path)(cause)),
        }
    }
    Err(StoreError::Busy { id: id.to_owned() })
}

/// Whether `path` still names this open file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = |a: fs::Metadata, b: fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    file.metadata().is_ok_and(|open| fs::metadata(path).is_ok_and(|named| same(open, named)))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Writes a frame as Parquet, whole or not at all.
///
/// # Errors
/// [`StoreError::Io`].
pub fn write_frame(path: &Path, frame: &DataFrame) -> Result<(), StoreError> {
    write_whole(path, |file| {
        ParquetWriter::new(file).finish(&mut frame.clone()).map_err(std::io::Error::other)?;
        Ok(())
    })
}

/// The folder that holds all runs.
#[derive(Debug, Clone)]
pub struct Runs {
    dir: PathBuf,
}

impl Runs {
    /// The runs in `dir`, which need not exist yet.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Manifests of all runs, the latest first; folders that hold none are passed over.
    ///
    /// # Errors
    /// [`StoreError::Io`] where the folder exists but cannot be listed.
    pub fn list(&self) -> Result<Vec<Manifest>, StoreError> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io("list", &self.dir)(error)),
        };
        let mut manifests: Vec<Manifest> = entries.filter_map(|entry| read_manifest(&entry.ok()?.path()).ok()).collect();
        manifests.sort_by(|a, b| b.started.cmp(&a.started).then_with(|| a.id.cmp(&b.id)));
        Ok(manifests)
    }

    /// The folder of the one run whose id begins with `prefix`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] or [`StoreError::Ambiguous`].
    pub fn find(&self, prefix: &str) -> Result<PathBuf, StoreError> {
        let ids: Vec<String> = self.list()?.into_iter().map(|manifest| manifest.id).filter(|id| id.starts_with(prefix)).collect();
        match ids.as_slice() {
            [id] => Ok(self.dir.join(id)),
            [] => Err(StoreError::NotFound { prefix: prefix.to_owned(), dir: self.dir.clone() }),
            _ => Err(StoreError::Ambiguous { prefix: prefix.to_owned(), ids }),
        }
    }

    /// Opens the folder of a run for writing, and makes it where it is missing; `fresh` drops what an earlier run left.
    ///
    /// # Errors
    /// [`StoreError::Busy`] while another process has it open, or [`StoreError::Io`].
    pub fn open(&self, id: &str, fresh: bool) -> Result<RunWriter, StoreError> {
        let dir = self.dir.join(id);
        let lock = hold(&dir, id)?;
        let run = RunWriter { dir, _lock: lock };
        if fresh {
            run.clear()?;
        }
        run.tidy();
        Ok(run)
    }

    /// Removes the run whose id begins with `prefix` and returns its id.
    ///
    /// # Errors
    /// As [`find`](Self::find) and [`open`](Self::open).
    pub fn remove(&self, prefix: &str) -> Result<String, StoreError> {
        let dir = self.find(prefix)?;
        let id = dir.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let _held = self.open(&id, false)?;
        fs::remove_dir_all(&dir).map_err(io("remove", &dir))?;
        Ok(id)
    }
}

/// A run's folder, held by this process.
#[derive(Debug)]
pub struct RunWriter {
    dir: PathBuf,
    /// Held until the run is dropped.
    _lock: File,
}

/// Frames of a part, and of the run that they are joined in, that need not be there.
pub const FURTHER_FRAMES: [&str; 3] = ["validation.parquet", "traces.parquet", "importance.parquet"];

/// A part as it is kept.
#[derive(Debug, Clone)]
pub struct KeptPart {
    /// What is known of it.
    pub facts: PartFacts,
    /// `predictions.parquet`.
    pub predictions: DataFrame,
    /// Those of the [`FURTHER_FRAMES`] that it has, by name.
    pub further: Vec<(&'static str, DataFrame)>,
}

/// What one fold with one seed left besides its frames.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartFacts {
    /// Name of the fold.
    pub fold: String,
    /// The seed.
    pub seed: u64,
    /// Rows that balancing added (negative: left out), a count a label.
    pub balanced_rows: Vec<i64>,
    /// What the leakage audit reads.
    #[serde(default)]
    pub evidence: Option<Evidence>,
    /// Trainable parameters, for networks.
    pub parameters: Option<usize>,
    /// That the fit's solver ended before it was done.
    #[serde(default)]
    pub unconverged: Option<Unconverged>,
    /// A row an epoch.
    pub epochs: Vec<EpochRecord>,
    /// UAR of the test rows.
    pub uar: f64,
    /// Wall time, seconds.
    pub seconds: f64,
}

impl RunWriter {
    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn clear(&self) -> Result<(), StoreError> {
        for entry in fs::read_dir(&self.dir).map_err(io("list", &self.dir))? {
            let path = entry.map_err(io("list", &self.dir))?.path();
            if path.file_name().is_some_and(|name| name == ".lock") {
                continue;
            }
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(io("remove", &path))?;
        }
        Ok(())
    }

    /// Takes away what a killed process was writing: temporary files, and the half of a line at the end of the log. Nothing reads them, so
    /// what cannot be taken away does no harm.
    fn tidy(&self) {
        let parts = self.dir.join("parts");
        let inner = fs::read_dir(&parts).into_iter().flatten().flatten().map(|entry| entry.path());
        for dir in inner.filter(|path| path.is_dir()).chain([self.dir.clone(), parts.clone(), self.dir.join("errors")]) {
            for entry in fs::read_dir(&dir).into_iter().flatten().flatten() {
                if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                    let _ = fs::remove_file(entry.path());
                }
            }
        }
        if let Ok(file) = File::options().read(true).write(true).open(self.dir.join("events.jsonl")) {
            let _ = end_with_a_line(&file);
        }
    }

    /// The manifest, if the run has one already.
    pub fn manifest(&self) -> Option<Manifest> {
        read_manifest(&self.dir).ok()
    }

    /// Writes the manifest.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write_manifest(&self, manifest: &Manifest) -> Result<(), StoreError> {
        write_whole(&self.dir.join("manifest.json"), |file| {
            serde_json::to_writer_pretty(&mut *file, manifest)?;
            file.write_all(b"\n")
        })
    }

    /// Writes a text file of the folder.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write_text(&self, name: &str, text: &str) -> Result<(), StoreError> {
        write_whole(&self.dir.join(name), |file| file.write_all(text.as_bytes()))
    }

    /// Writes any file of the folder, in a folder of its own where `name` says so.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write_bytes(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        write_whole(&self.dir.join(name), |file| file.write_all(bytes))
    }

    /// Writes a value as JSON.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        write_whole(&self.dir.join(name), |file| Ok(serde_json::to_writer_pretty(file, value)?))
    }

    /// Writes a frame of the folder.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write_frame(&self, name: &str, frame: &DataFrame) -> Result<(), StoreError> {
        write_frame(&self.dir.join(name), frame)
    }

    /// Adds a line to `events.jsonl`.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn append_event(&self, event: &Event) -> Result<(), StoreError> {
        let path = self.dir.join("events.jsonl");
        let append = || -> std::io::Result<()> {
            let mut line = serde_json::to_vec(event)?;
            line.push(b'\n');
            File::options().create(true).append(true).open(&path)?.write_all(&line)
        };
        append().map_err(io("write", &path))
    }

    /// The folder of a bundle: `model/NAME`.
    pub fn model_dir(&self, name: &str) -> PathBuf {
        self.dir.join("model").join(name)
    }

    /// Where a training of this name keeps how far it has come.
    pub fn checkpoint(&self, name: &str) -> CheckpointFile {
        CheckpointFile { path: self.dir.join("parts").join(format!("{name}.checkpoint")) }
    }

    /// A finished part, if an earlier run left it whole.
    pub fn part(&self, fold: usize, seed: u64) -> Option<KeptPart> {
        let dir = self.part_dir(&part_name(fold, seed));
        let facts = serde_json::from_slice(&fs::read(dir.join("part.json")).ok()?).ok()?;
        let predictions = read_frame(&dir.join("predictions.parquet")).ok()??;
        let mut further = Vec::new();
        for name in FURTHER_FRAMES {
            // A damaged frame makes the part count as not done.
            further.extend(read_frame(&dir.join(name)).ok()?.map(|frame| (name, frame)));
        }
        Some(KeptPart { facts, predictions, further })
    }

    /// Keeps a finished part. Its facts are written last: a part without them is not there.
    ///
    /// # Errors
    /// [`StoreError::Io`].
    pub fn write_part(&self, fold: usize, part: &KeptPart) -> Result<(), StoreError> {
        let dir = self.part_dir(&part_name(fold, part.facts.seed));
        write_frame(&dir.join("predictions.parquet"), &part.predictions)?;
        part.further.iter().try_for_each(|(name, frame)| write_frame(&dir.join(name), frame))?;
        write_whole(&dir.join("part.json"), |file| Ok(serde_json::to_writer(file, &part.facts)?))
    }

    fn part_dir(&self, name: &str) -> PathBuf {
        self.dir.join("parts").join(name)
    }
}

/// What files of a part are called; folds by number, since a fold's name may be a speaker's, with any character.
pub fn part_name(fold: usize, seed: u64) -> String {
    format!("seed-{seed}_fold-{:03}", fold + 1)
}

/// The file of an unfinished training.
#[derive(Debug, Clone)]
pub struct CheckpointFile {
    path: PathBuf,
}

impl CheckpointFile {
    /// What is there; a damaged file counts as none.
    pub fn read(&self) -> Option<Checkpoint> {
        Checkpoint::from_bytes(&fs::read(&self.path).ok()?)
    }

    /// Replaces what is there. A checkpoint that cannot be written costs time should the run be stopped, not the run: the disk that is
    /// full is told of when the part is kept.
    pub fn write(&self, checkpoint: &Checkpoint) {
        let Ok(bytes) = checkpoint.to_bytes() else { return };
        let _ = write_whole(&self.path, |file| file.write_all(&bytes));
    }

    /// The training is done.
    pub fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }
}
