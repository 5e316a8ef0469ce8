//! The checkout whose crate notebooks see: its sources and its lock file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::paths;

/// What the crate is built from, at the top of a checkout.
const PARTS: [&str; 8] = ["Cargo.lock", "Cargo.toml", "benches", "build.rs", "fft", "rust-toolchain.toml", "src", "templates"];

/// A checkout of intone.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The one given, or that of the variable `INTONE_PROJECT`, or the one that this binary was built from.
    pub fn find(given: Option<&Path>) -> Result<Self> {
        let from_variable = || std::env::var_os(paths::PROJECT_VARIABLE).filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let root = given.map(Path::to_owned).or_else(from_variable).unwrap_or_else(|| built_from().to_owned());
        let root = fs::canonicalize(&root).with_context(|| {
            format!("{}: no checkout of intone there; name one with --project or {}", root.display(), paths::PROJECT_VARIABLE)
        })?;
        for needed in ["Cargo.toml", "Cargo.lock", "src/prelude.rs"] {
            if !root.join(needed).is_file() {
                bail!(
                    "{} is no checkout of intone: it has no {needed}; name one with --project or {}",
                    root.display(),
                    paths::PROJECT_VARIABLE
                );
            }
        }
        Ok(Self { root })
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files that the crate is built from, relative to the folder, in order.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for part in PARTS.map(|part| self.root.join(part)) {
            if part.exists() {
                collect(&self.root, &part, &mut files)?;
            }
        }
        // The manifest names its benches; how others are measured beside them is no part of the crate.
        files.retain(|file| !file.starts_with("benches") || file.extension().is_some_and(|extension| extension == "rs"));
        Ok(files)
    }

    /// A hash of these files and their names.
    pub fn fingerprint(&self) -> Result<String> {
        let mut hash = Sha256::new();
        for file in self.files()? {
            let bytes = fs::read(self.root.join(&file)).with_context(|| format!("cannot read {}", file.display()))?;
            hash.update(file.to_string_lossy().as_bytes());
            hash.update((bytes.len() as u64).to_le_bytes());
            hash.update(&bytes);
        }
        Ok(format!("{:x}", hash.finalize()))
    }

    /// The hash of the lock file.
    pub fn lock_hash(&self) -> Result<String> {
        let bytes = fs::read(self.root.join("Cargo.lock")).context("cannot read the lock file")?;
        Ok(format!("{:x}", Sha256::digest(bytes)))
    }

    /// The crate's version.
    pub fn version(&self) -> Result<String> {
        let manifest = self.manifest()?;
        let version = manifest.get("package").and_then(|package| package.get("version")).and_then(toml::Value::as_str);
        Ok(version.context("Cargo.toml names no version")?.to_owned())
    }

    /// The crate's manifest.
    pub fn manifest(&self) -> Result<toml::Table> {
        let text = fs::read_to_string(self.root.join("Cargo.toml")).context("cannot read Cargo.toml")?;
        text.parse().context("cannot parse Cargo.toml")
    }
}

/// The folder above this package's, when it was built.
fn built_from() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

fn collect(root: &Path, path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in sorted_entries(path)? {
            collect(root, &entry, files)?;
        }
    } else if let Ok(relative) = path.strip_prefix(root) {
        files.push(relative.to_owned());
    }
    Ok(())
}

fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}
