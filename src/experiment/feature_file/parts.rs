//! The folder beside an unfinished table, where its parts wait.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::super::store::{StoreError, io};
use super::part::Part;

/// Raise when parts of an earlier version cannot be gone on with.
const VERSION: u32 = 1;

/// Name of the unfinished table in the folder.
const TABLE: &str = "table";

/// The folder of an unfinished table: `FILE.part`.
pub fn folder_of(table: &Path) -> PathBuf {
    let mut name = table.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// Parts of one table, locked against other processes.
pub(super) struct Parts {
    dir: PathBuf,
    /// Held as long as this is.
    _lock: File,
}

/// Whether there are parts to go on with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// None.
    Nothing,
    /// Those of other clips or settings; they are gone.
    Others,
    /// Some of this table.
    Same,
}

impl Parts {
    /// Opens the folder of a table that `made_from` describes, and empties it unless it was made from the same.
    pub fn open(table: &Path, made_from: &str, fresh: bool) -> Result<(Self, Found), StoreError> {
        let dir = folder_of(table);
        fs::create_dir_all(&dir).map_err(io("make", &dir))?;
        let lock = dir.join("lock");
        let file = File::create(&lock).map_err(io("write", &lock))?;
        match file.try_lock() {
            Err(fs::TryLockError::WouldBlock) => return Err(StoreError::BusyTable { path: table.to_path_buf() }),
            // A file system without locks cannot be asked.
            Ok(()) | Err(fs::TryLockError::Error(_)) => {}
        }
        let parts = Self { dir, _lock: file };
        let found = match fs::read_to_string(parts.dir.join("made-from")) {
            Ok(text) if text == made_from && !fresh => Found::Same,
            Ok(_) if fresh => Found::Nothing,
            Ok(_) => Found::Others,
            Err(_) => Found::Nothing,
        };
        if found != Found::Same {
            parts.clear()?;
            parts.write("made-from", made_from.as_bytes())?;
        }
        Ok((parts, found))
    }

    /// The part that begins with clip `first`, if it is there and whole.
    pub fn get(&self, first: usize, columns: usize) -> Option<Part> {
        Part::from_bytes(&fs::read(self.dir.join(name(first))).ok()?, first, columns)
    }

    /// Keeps a part.
    pub fn put(&self, part: &Part) -> Result<(), StoreError> {
        let bytes = part.to_bytes().map_err(io("write", &self.dir))?;
        self.write(&name(part.clips.start), &bytes)
    }

    /// The file that the table grows in, empty.
    pub fn new_table(&self) -> Result<File, StoreError> {
        let path = self.dir.join(TABLE);
        File::create(&path).map_err(io("write", &path))
    }

    /// Gives the table its name and takes the folder away.
    pub fn finish(self, table: &Path) -> Result<(), StoreError> {
        let grown = self.dir.join(TABLE);
        let publish = || File::open(&grown)?.sync_data().and_then(|()| fs::rename(&grown, table));
        publish().map_err(io("write", table))?;
        self.remove()
    }

    /// Takes the folder away, with all that was kept.
    pub fn remove(self) -> Result<(), StoreError> {
        fs::remove_dir_all(&self.dir).map_err(io("remove", &self.dir))
    }

    fn clear(&self) -> Result<(), StoreError> {
        for entry in fs::read_dir(&self.dir).map_err(io("read", &self.dir))? {
            let path = entry.map_err(io("read", &self.dir))?.path();
            if !path.ends_with("lock") {
                fs::remove_file(&path).map_err(io("remove", &path))?;
            }
        }
        Ok(())
    }

    /// Under another name, then renamed. Without waiting for the disk: what a loss of power leaves half-written is not read back as a
    /// whole part, and measured anew.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let (next, path) = (self.dir.join("next"), self.dir.join(name));
        fs::write(&next, bytes).and_then(|()| fs::rename(&next, &path)).map_err(io("write", &path))
    }
}

fn name(first: usize) -> String {
    format!("{first:010}")
}

/// What a table is made from: the clips, by path, size and time of their last change, and everything that shapes its rows.
pub(super) fn made_from(clips: &[PathBuf], settings: &str) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(settings.as_bytes());
    for clip in clips {
        add(clip.as_os_str().as_encoded_bytes());
        let facts = fs::metadata(clip).ok().map(|facts| (facts.len(), facts.modified().ok()));
        add(format!("{facts:?}").as_bytes());
    }
    format!("intone {} parts {VERSION}\n{:x}\n", env!("CARGO_PKG_VERSION"), hash.finalize())
}
