//! How much a table may hold for the size of its file.

use std::path::{Path, PathBuf};

use crate::corpus::CorpusError;

/// What any table may hold, bytes: a manifest of some ten thousand clips.
const ANY: u64 = 4 << 20;
/// What each byte of the file adds, bytes. Written by pyarrow or polars, names that count from 1 on and columns of a single value come to
/// less than a quarter of it.
const A_BYTE: u64 = 256;

/// Counts what a table holds against what a file of its size may hold: 4 MiB and 256 bytes for each byte of the file.
pub(super) struct Room {
    path: PathBuf,
    what: &'static str,
    held: u64,
    allowed: u64,
}

impl Room {
    /// Room for `what` in a table of `size` bytes.
    pub fn new(path: &Path, size: usize, what: &'static str) -> Self {
        Self { path: path.to_owned(), what, held: 0, allowed: (size as u64).saturating_mul(A_BYTE).saturating_add(ANY) }
    }

    /// Adds `bytes` to what is held.
    ///
    /// # Errors
    /// The table is then too large.
    pub fn take(&mut self, bytes: u64) -> Result<(), CorpusError> {
        self.held = self.held.saturating_add(bytes);
        if self.held <= self.allowed {
            return Ok(());
        }
        Err(CorpusError::TableTooLarge { path: self.path.clone(), what: self.what, held: self.held, allowed: self.allowed })
    }
}
