//! Why a corpus cannot be fetched.

use std::io;
use std::path::PathBuf;

/// A fetch that failed, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The server does not have the file, or refuses it.
    #[error("{url} answers with status {status}; look whether the address is right, or name a mirror")]
    Status {
        /// The address.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// The server cannot be reached, or the connection breaks again and again.
    #[error("{url} cannot be read after {attempts} attempts: {cause}; {kept} bytes are kept, and the same command goes on from there")]
    Network {
        /// The address.
        url: String,
        /// How often it was tried without a byte.
        attempts: u32,
        /// What went wrong last.
        cause: String,
        /// Bytes there are.
        kept: u64,
    },
    /// The server's file has another size.
    #[error("{url} has {found} bytes, but the publisher states {stated}: it is another file")]
    Size {
        /// The address.
        url: String,
        /// As the publisher states.
        stated: u64,
        /// As the server says.
        found: u64,
    },
    /// What was downloaded is not what was published.
    #[error(
        "{url} has the MD5 checksum {found}, but the publisher states {stated}; what was downloaded is removed: fetch it again, or from elsewhere"
    )]
    Checksum {
        /// The address.
        url: String,
        /// As the publisher states.
        stated: String,
        /// As taken.
        found: String,
    },
    /// An archive with an entry that would be written elsewhere.
    #[error("{path} holds the entry `{entry}`, which would be written outside its folder; nothing is unpacked", path = path.display())]
    Unsafe {
        /// The archive.
        path: PathBuf,
        /// The entry.
        entry: String,
    },
    /// An archive that is damaged or not the published one.
    #[error("{path} cannot be used: {message}", path = path.display())]
    Archive {
        /// The archive.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The disk is full, or a file or folder cannot be written.
    #[error("cannot write {path}: {cause}", path = path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// The system's words.
        cause: io::Error,
    },
}
