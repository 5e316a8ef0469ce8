//! Corpora from their publishers: downloaded with resume, verified, unpacked.
//!
//! An archive is kept as `NAME.part` until it is whole, so that a broken download goes on where it was; its size and MD5 must be those
//! that the publisher states before it is unpacked, and its folder gets its name only when all of it is there.

mod archive;
mod download;
mod error;
mod unpack;

pub use archive::{Archive, RAVDESS, RAVDESS_LICENCE, RAVDESS_URL};
pub use download::{Source, download};
pub use error::FetchError;
pub use unpack::unpack;

use std::fs;
use std::path::{Path, PathBuf};

/// What happens while an archive is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchEvent<'a> {
    /// Its folder is there: nothing is to be done.
    Present,
    /// The download begins, with this many bytes that an earlier call has left.
    Begins(u64),
    /// Bytes of it that are there now.
    Bytes(u64),
    /// The connection broke; it is tried again.
    Again(&'a str),
    /// It is whole; its checksum is taken.
    Verifies,
    /// It is unpacked.
    Unpacks,
}

/// Brings one archive into `dir` as a folder: downloads what is missing of it, verifies it, unpacks it, and removes the archive.
/// Returns the folder. Nothing is done where the folder is there.
///
/// # Errors
/// [`FetchError`]; what was downloaded by then is kept for the next call, unless it was found to be wrong.
pub fn fetch(archive: &Archive, source: &Source, dir: &Path, watch: &dyn Fn(FetchEvent<'_>)) -> Result<PathBuf, FetchError> {
    let folder = dir.join(archive.folder);
    if folder.is_dir() {
        watch(FetchEvent::Present);
        return Ok(folder);
    }
    fs::create_dir_all(dir).map_err(|cause| FetchError::Disk { path: dir.to_owned(), cause })?;
    let file = download(archive, source, dir, watch)?;
    watch(FetchEvent::Unpacks);
    unpack(&file, &folder)?;
    fs::remove_file(&file).map_err(|cause| FetchError::Disk { path: file, cause })?;
    Ok(folder)
}
