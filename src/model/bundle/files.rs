//! Where the files of a bundle are: in a folder, or in this binary.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::BundleError;

/// Files by name.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// A folder.
    Folder(&'a Path),
    /// Names and contents.
    #[cfg(feature = "bundled")]
    Embedded(&'static [(&'static str, &'static [u8])]),
}

/// The files of a bundle, or of one of its members.
#[derive(Debug, Clone)]
pub(super) struct Files<'a> {
    source: Source<'a>,
    /// The member's folder; empty for the bundle itself.
    member: String,
}

impl<'a> Files<'a> {
    pub fn new(source: Source<'a>) -> Self {
        Self { source, member: String::new() }
    }

    /// Those of a member.
    pub fn of_member(&self, name: &str) -> Self {
        Self { source: self.source, member: format!("{name}/") }
    }

    /// The place of a file, for messages.
    pub fn path(&self, name: &str) -> PathBuf {
        let name = format!("{}{name}", self.member);
        match self.source {
            Source::Folder(dir) => dir.join(name),
            #[cfg(feature = "bundled")]
            Source::Embedded(_) => Path::new("the bundled model").join(name),
        }
    }

    pub fn read(&self, name: &str) -> Result<Cow<'static, [u8]>, BundleError> {
        let path = self.path(name);
        let failed = |cause| BundleError::Io { action: "read", path: path.clone(), cause };
        match self.source {
            Source::Folder(_) => fs::read(&path).map(Cow::Owned).map_err(failed),
            #[cfg(feature = "bundled")]
            Source::Embedded(files) => {
                let name = format!("{}{name}", self.member);
                let found = files.iter().find(|(known, _)| *known == name);
                found.map(|(_, bytes)| Cow::Borrowed(*bytes)).ok_or_else(|| failed(std::io::ErrorKind::NotFound.into()))
            }
        }
    }
}
