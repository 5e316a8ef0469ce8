//! Where the kernel keeps what it builds, and what its variables are called.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Overrides the folder of templates and sessions.
pub const CACHE_VARIABLE: &str = "INTONE_KERNEL_CACHE";
/// The checkout whose crate notebooks see.
pub const PROJECT_VARIABLE: &str = "INTONE_PROJECT";
/// The profile that the crate is built with for notebooks.
pub const PROFILE_VARIABLE: &str = "INTONE_KERNEL_PROFILE";
/// Set inside a session: its folder.
pub const SESSION_VARIABLE: &str = "INTONE_KERNEL_SESSION";
/// Set inside a session and while a template is built: the real cargo.
pub const CARGO_VARIABLE: &str = "INTONE_KERNEL_CARGO";
/// Set inside a session: the real rustc.
pub const RUSTC_VARIABLE: &str = "INTONE_KERNEL_RUSTC";
/// Set while cargo builds: where the call of rustc for a cell is written down.
pub const RECORD_VARIABLE: &str = "INTONE_KERNEL_RECORD";
/// Tells the crate's displays that this kernel reads what they write.
pub const KERNEL_VARIABLE: &str = "INTONE_KERNEL";

/// The folder of templates and sessions: `INTONE_KERNEL_CACHE`, or `intone/kernel` in the user's cache folder.
pub fn cache() -> Result<PathBuf> {
    let folder = match std::env::var_os(CACHE_VARIABLE) {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => user_folder("XDG_CACHE_HOME", ".cache")?.join("intone").join("kernel"),
    };
    std::path::absolute(&folder).with_context(|| format!("cannot tell where {} is", folder.display()))
}

/// The user's folder for kernels, `kernels` under the data folder of Jupyter.
pub fn user_kernels() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("JUPYTER_DATA_DIR").filter(|folder| !folder.is_empty()) {
        return Ok(PathBuf::from(folder).join("kernels"));
    }
    if cfg!(target_os = "macos") {
        return Ok(home()?.join("Library/Jupyter/kernels"));
    }
    Ok(user_folder("XDG_DATA_HOME", ".local/share")?.join("jupyter").join("kernels"))
}

/// The folder of a prefix, such as a Python environment, for kernels.
pub fn prefix_kernels(prefix: &Path) -> PathBuf {
    prefix.join("share").join("jupyter").join("kernels")
}

/// The user's cargo home, with its registry.
pub fn cargo_home() -> Result<PathBuf> {
    match std::env::var_os("CARGO_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Ok(home()?.join(".cargo")),
    }
}

fn home() -> Result<PathBuf> {
    std::env::home_dir().context("no home folder: set HOME")
}

fn user_folder(variable: &str, under_home: &str) -> Result<PathBuf> {
    match std::env::var_os(variable).filter(|folder| !folder.is_empty()) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => Ok(home()?.join(under_home)),
    }
}
