//! A ZIP archive into a folder.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use super::FetchError;

/// Unpacks `archive` as the folder `folder`, which is there only when all of it is.
///
/// # Errors
/// [`FetchError`]: an archive that is damaged or encrypted, an entry with a path that leaves the folder or that is a link, a full disk.
pub fn unpack(archive: &Path, folder: &Path) -> Result<(), FetchError> {
    let around = folder.parent().unwrap_or(Path::new("."));
    let disk = |path: &Path, cause| FetchError::Disk { path: path.to_owned(), cause };
    let mut zip = open(archive)?;
    // All names before the first file: an archive with one that is wrong is not trusted with the others.
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|error| damaged(archive, &error))?;
        if !is_inside(entry.name()) || entry.is_symlink() {
            return Err(FetchError::Unsafe { path: archive.to_owned(), entry: entry.name().to_owned() });
        }
    }
    let new = tempfile::Builder::new().prefix(".unpacking-").tempdir_in(around).map_err(|cause| disk(around, cause))?;
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(|error| damaged(archive, &error))?;
        write(archive, entry, new.path())?;
    }
    let unpacked = new.keep();
    readable_by_all(&unpacked).and_then(|()| fs::rename(&unpacked, folder)).map_err(|cause| disk(folder, cause))
}

fn open(archive: &Path) -> Result<ZipArchive<File>, FetchError> {
    let file = File::open(archive).map_err(|cause| FetchError::Disk { path: archive.to_owned(), cause })?;
    ZipArchive::new(file).map_err(|error| damaged(archive, &error))
}

fn write(archive: &Path, mut entry: ZipFile<'_, File>, folder: &Path) -> Result<(), FetchError> {
    let path = folder.join(entry.name());
    let disk = |cause| FetchError::Disk { path: path.clone(), cause };
    if entry.is_dir() {
        return fs::create_dir_all(&path).map_err(disk);
    }
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(disk)?;
    }
    let mut file = File::create_new(&path).map_err(disk)?;
    // A damaged archive fails where it is read, a full disk where it is written; both come as one error from a copy.
    io::copy(&mut entry, &mut file).map(|_| ()).map_err(|cause| match cause.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof | io::ErrorKind::Other => {
            FetchError::Archive { path: archive.to_owned(), message: format!("{}: {cause}", entry.name()) }
        }
        _ => disk(cause),
    })
}

/// Whether a name is of plain parts only, written with slashes.
fn is_inside(name: &str) -> bool {
    !name.is_empty() && !name.contains(['\\', '\0', ':']) && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

fn damaged(archive: &Path, error: &ZipError) -> FetchError {
    let message = match error {
        ZipError::Io(cause) => cause.to_string(),
        other => other.to_string(),
    };
    FetchError::Archive { path: archive.to_owned(), message }
}

/// Temporary folders are their owner's only; a corpus is to be shared.
#[cfg(unix)]
fn readable_by_all(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn readable_by_all(_: &Path) -> io::Result<()> {
    Ok(())
}
