//! Registers the kernel with Jupyter.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::paths;
use crate::project::Project;
use crate::warm::{Profile, Template, Toolchain, warm};

/// The folder's name under `kernels`, by which notebooks name the kernel.
pub const KERNEL_NAME: &str = "intone";
/// What front ends call it.
pub const DISPLAY_NAME: &str = "Rust (intone)";

const ICONS: [(&str, &[u8]); 3] = [
    ("logo-32x32.png", include_bytes!("../assets/logo-32x32.png")),
    ("logo-64x64.png", include_bytes!("../assets/logo-64x64.png")),
    ("logo-svg.svg", include_bytes!("../assets/logo-svg.svg")),
];

/// Where to.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub struct Location {
    /// For this user; this is the default
    #[arg(long)]
    user: bool,
    /// Into share/jupyter/kernels of a folder
    #[arg(long, value_name = "DIR")]
    prefix: Option<PathBuf>,
    /// Into the Python environment whose `python` comes first on PATH
    #[arg(long)]
    sys_prefix: bool,
}

/// Arguments of `intone kernel install`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    location: Location,
    /// Register only; the first notebook then builds the crate
    #[arg(long)]
    no_build: bool,
}

/// Arguments of `intone kernel uninstall`.
#[derive(Debug, clap::Args)]
pub struct UninstallArguments {
    #[command(flatten)]
    location: Location,
    /// Keep what was built for notebooks
    #[arg(long)]
    keep_cache: bool,
}

/// Builds the crate for notebooks and writes the kernel's specification.
pub fn install(arguments: &Arguments, project: &Project, profile: Profile) -> Result<()> {
    let toolchain = Toolchain::find(project.root())?;
    let folder = arguments.location.kernels()?.join(KERNEL_NAME);
    if !arguments.no_build {
        let template = Template::of(project, &toolchain, profile)?;
        if !template.is_warm() {
            eprintln!("building {} for notebooks; this takes as long as building it anywhere else", project.root().display());
        }
        warm(project, &toolchain, &template, &mut |line| eprintln!("{line}"))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let own = std::env::current_exe().context("cannot tell where this binary is")?;
    let specification = json!({
        "argv": [own, "--project", project.root(), "--profile", profile.name(), "kernel", "run", "{connection_file}"],
        "display_name": DISPLAY_NAME,
        "language": "rust",
        "interrupt_mode": "message",
        "metadata": { "debugger": false },
    });
    fs::write(folder.join("kernel.json"), format!("{specification:#}\n")).context("cannot write the kernel's specification")?;
    for (name, bytes) in ICONS {
        fs::write(folder.join(name), bytes).with_context(|| format!("cannot write {name}"))?;
    }
    println!("{DISPLAY_NAME} is registered in {}", folder.display());
    if toolchain.library_sources().is_none() {
        println!(
            "variables without a type need the sources of the standard library, which are not on this machine: \
             `rustup component add rust-src`, or Debian's package rust-web-src"
        );
    }
    Ok(())
}

/// Removes the specification, and what was built unless it is to stay.
pub fn uninstall(arguments: &UninstallArguments) -> Result<()> {
    let folder = arguments.location.kernels()?.join(KERNEL_NAME);
    if !folder.join("kernel.json").is_file() {
        bail!("{DISPLAY_NAME} is not registered in {}", folder.display());
    }
    fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    println!("{DISPLAY_NAME} is no longer registered in {}", folder.display());
    let templates = paths::cache()?.join("templates");
    if !arguments.keep_cache && templates.is_dir() {
        fs::remove_dir_all(&templates).with_context(|| format!("cannot remove {}", templates.display()))?;
        println!("what was built for notebooks is removed from {}", templates.display());
    }
    Ok(())
}

impl Location {
    fn kernels(&self) -> Result<PathBuf> {
        match (&self.prefix, self.sys_prefix) {
            (Some(prefix), _) => Ok(paths::prefix_kernels(&std::path::absolute(prefix)?)),
            (None, true) => Ok(paths::prefix_kernels(&python_prefix()?)),
            (None, false) => paths::user_kernels(),
        }
    }
}

fn python_prefix() -> Result<PathBuf> {
    if let Some(environment) = std::env::var_os("VIRTUAL_ENV").filter(|folder| !folder.is_empty()) {
        return Ok(PathBuf::from(environment));
    }
    let output = Command::new("python3").args(["-c", "import sys; print(sys.prefix)"]).output().context("cannot run python3")?;
    let prefix = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || !Path::new(&prefix).is_dir() {
        bail!("python3 names no prefix: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(PathBuf::from(prefix))
}
