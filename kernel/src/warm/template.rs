//! Where a template lies and what is in it.
//!
//! ```text
//! CACHE/templates/KEY/
//!   .cargo/config.toml   profiles; cargo finds it above the cells' package
//!   project/             a frozen copy of the crate's sources
//!   notebook/            the dylib's package
//!   cell/                a package like those evcxr writes, with its lock file and its target folder
//!   calls/HASH.json      the call of rustc for a manifest with that hash
//!   metadata.json        what `cargo metadata` says, cut to what inference reads
//!   answers/             what rustc and cargo say to questions about themselves
//!   stamp.json           written last: what this was built from
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manifests::{self, Profile};
use super::toolchain::Toolchain;
use crate::paths;
use crate::project::Project;

/// What a template was built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    pub version: String,
    pub lock_hash: String,
    pub sources_hash: String,
    pub toolchain: String,
    pub profile: Profile,
    pub profile_hash: String,
}

/// A place for a template, warmed or not.
#[derive(Debug, Clone)]
pub struct Template {
    folder: PathBuf,
    stamp: Stamp,
}

impl Template {
    /// The template of a project as it is now, under this toolchain and this profile.
    pub fn of(project: &Project, toolchain: &Toolchain, profile: Profile) -> Result<Self> {
        let settings = manifests::cargo_config(&project.manifest()?, profile);
        let sources = format!("{}\n{}", project.fingerprint()?, manifests::DYLIB_SOURCE);
        let stamp = Stamp {
            version: project.version()?,
            lock_hash: project.lock_hash()?,
            sources_hash: format!("{:x}", Sha256::digest(sources)),
            toolchain: toolchain.version.clone(),
            profile,
            profile_hash: format!("{:x}", Sha256::digest(settings)),
        };
        let key = format!("{:x}", Sha256::digest(serde_json::to_vec(&stamp)?));
        Ok(Self { folder: paths::cache()?.join("templates").join(&key[..16]), stamp })
    }

    /// The one that the session of this process was started with.
    pub fn of_session() -> Result<Self> {
        let session = crate::session::folder().context("not inside a session")?;
        let stamp = fs::read(session.join("stamp.json")).context("the session does not say what it sees")?;
        let stamp = serde_json::from_slice(&stamp).context("the session's stamp cannot be parsed")?;
        Ok(Self { folder: crate::session::template().context("the session has no template")?, stamp })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn stamp(&self) -> &Stamp {
        &self.stamp
    }

    /// Whether it was built to its end from just this.
    pub fn is_warm(&self) -> bool {
        let stamp = fs::read(self.folder.join("stamp.json")).ok().and_then(|bytes| serde_json::from_slice::<Stamp>(&bytes).ok());
        stamp.is_some_and(|stamp| stamp == self.stamp)
    }

    pub fn project(&self) -> PathBuf {
        self.folder.join("project")
    }

    pub fn notebook(&self) -> PathBuf {
        self.folder.join("notebook")
    }

    pub fn cell(&self) -> PathBuf {
        self.folder.join("cell")
    }

    pub fn calls(&self) -> PathBuf {
        self.folder.join("calls")
    }

    pub fn metadata(&self) -> PathBuf {
        self.folder.join("metadata.json")
    }

    pub fn answers(&self) -> PathBuf {
        self.folder.join("answers")
    }

    /// What a session depends on, as the argument of `:dep`.
    pub fn dependency(&self) -> String {
        manifests::dependency(&self.notebook().to_string_lossy())
    }

    /// The latest template of the same compiler and profile: cargo takes over whatever of its builds still holds.
    pub fn kin(&self) -> Option<PathBuf> {
        let templates = fs::read_dir(self.folder.parent()?).ok()?;
        let like_this = |folder: &PathBuf| {
            let stamp = fs::read(folder.join("stamp.json")).ok().and_then(|bytes| serde_json::from_slice::<Stamp>(&bytes).ok());
            stamp.is_some_and(|stamp| stamp.toolchain == self.stamp.toolchain && stamp.profile_hash == self.stamp.profile_hash)
        };
        templates
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(like_this)
            .max_by_key(|folder| fs::metadata(folder.join("stamp.json")).and_then(|metadata| metadata.modified()).ok())
    }
}
