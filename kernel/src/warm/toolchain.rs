//! The compiler that builds templates and cells.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::template::Template;
use crate::paths;

/// The real cargo and rustc, past rustup's proxies.
#[derive(Debug, Clone)]
pub struct Toolchain {
    pub cargo: PathBuf,
    pub rustc: PathBuf,
    /// What `rustc -Vv` says.
    pub version: String,
}

impl Toolchain {
    /// The toolchain that is in force in a folder.
    pub fn find(folder: &Path) -> Result<Self> {
        let sysroot = ask(Command::new("rustc").current_dir(folder).args(["--print", "sysroot"]))?;
        let [rustc, cargo] = ["rustc", "cargo"].map(|tool| sysroot_tool(Path::new(sysroot.trim()), tool));
        let (rustc, cargo) = (rustc?, cargo?);
        let version = ask(Command::new(&rustc).arg("-Vv"))?;
        Ok(Self { cargo, rustc, version })
    }

    /// The one that the session of this process was started with.
    pub fn of_session() -> Result<Self> {
        let of = |variable| std::env::var_os(variable).map(PathBuf::from).with_context(|| format!("{variable} is not set"));
        let (cargo, rustc) = (of(paths::CARGO_VARIABLE)?, of(paths::RUSTC_VARIABLE)?);
        Ok(Self { cargo, rustc, version: Template::of_session()?.stamp().toolchain.clone() })
    }

    /// The machine it builds for, such as `x86_64-unknown-linux-gnu`.
    pub fn host(&self) -> Result<&str> {
        self.version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc -Vv names no host")
    }

    /// `rustc 1.95.0 (...)`.
    pub fn release(&self) -> &str {
        self.version.lines().next().unwrap_or_default()
    }

    /// The folder that holds `bin/rustc`.
    pub fn sysroot(&self) -> PathBuf {
        self.rustc.parent().and_then(Path::parent).map_or_else(PathBuf::new, Path::to_owned)
    }

    /// Sources of the standard library, which inference of types reads: those of the toolchain, of `RUST_SRC_PATH`, or Debian's.
    pub fn library_sources(&self) -> Option<PathBuf> {
        let from_variable = std::env::var_os("RUST_SRC_PATH").map(PathBuf::from);
        let of_toolchain = self.sysroot().join("lib/rustlib/src/rust/library");
        let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/src")
            .map(|entries| entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| is_debian_source(path)).collect())
            .unwrap_or_default();
        debian.sort();
        let debian = debian.into_iter().rev().map(|folder| folder.join("library"));
        from_variable.into_iter().chain([of_toolchain]).chain(debian).find(|folder| folder.join("core/src/lib.rs").is_file())
    }
}

fn is_debian_source(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rustc-"))
}

/// A tool of the sysroot; where it has none (a distribution's cargo), the one on PATH.
fn sysroot_tool(sysroot: &Path, tool: &str) -> Result<PathBuf> {
    let path = sysroot.join("bin").join(tool);
    if path.is_file() { Ok(path) } else { on_path(tool) }
}

fn on_path(tool: &str) -> Result<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).map(|folder| folder.join(tool)).find(|path| path.is_file());
    found.with_context(|| format!("cannot find {tool} on PATH; Rust is installed from https://rustup.rs"))
}

fn ask(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("cannot run {command:?}; Rust is installed from https://rustup.rs"))?;
    if !output.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
