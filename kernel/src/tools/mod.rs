//! The tools that a session has ahead on its PATH: this binary under the names of cargo, rustc and rustup.
//!
//! evcxr builds each cell with cargo and asks rust-analyzer for types, which asks cargo and rustc about themselves. Answered from what
//! the template remembers, none of that costs more than starting a process; what is not remembered goes to the real tool.

mod answers;
mod cargo;
mod rustc;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// In whose place this binary stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    Cargo,
    Rustc,
    Rustup,
    /// `RUSTC_WRAPPER` while cargo builds: writes down the call for a cell.
    Wrapper,
}

impl Tool {
    /// All that a session has.
    pub const SESSION: [Self; 4] = [Self::Cargo, Self::Rustc, Self::Rustup, Self::Wrapper];

    /// The name it goes by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Rustc => "rustc",
            Self::Rustup => "rustup",
            Self::Wrapper => "intone-rustc-wrapper",
        }
    }

    /// By the name this process was started under.
    pub fn from_own_name() -> Option<Self> {
        let own = std::env::args_os().next()?;
        let name = Path::new(&own).file_name()?.to_str()?.to_owned();
        Self::SESSION.into_iter().find(|tool| tool.name() == name)
    }
}

/// Plays the tool's part.
pub fn main(tool: Tool) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let result = match tool {
        Tool::Cargo => cargo::main(&arguments),
        Tool::Rustc => rustc::main(&arguments),
        Tool::Rustup => Ok(rustup(&arguments)),
        Tool::Wrapper => rustc::wrap(&arguments),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// Puts this binary into a folder under a tool's name; where it stands then.
pub fn link(folder: &Path, tool: Tool) -> Result<PathBuf> {
    let path = folder.join(tool.name());
    let own = std::env::current_exe().context("cannot tell where this binary is")?;
    fs::create_dir_all(folder)?;
    let _ = fs::remove_file(&path);
    #[cfg(unix)]
    std::os::unix::fs::symlink(&own, &path).with_context(|| format!("cannot make {}", path.display()))?;
    #[cfg(not(unix))]
    fs::copy(&own, &path).map(|_| ()).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(path)
}

/// The file name of the remembered call for a manifest.
pub fn call_name(manifest: &str) -> String {
    // The level says how the cell itself is optimised, and the configuration above it overrules it: no other call comes of it.
    let without_level: String = manifest.lines().filter(|line| !line.starts_with("opt-level")).collect::<Vec<_>>().join("\n");
    format!("{:.16}.json", format!("{:x}", Sha256::digest(without_level)))
}

/// `which` answers with this binary; everything else would change the user's toolchains or fetch something, and is refused.
fn rustup(arguments: &[OsString]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    match words.as_slice() {
        ["which", tool] => match own_folder() {
            Some(folder) => {
                println!("{}", folder.join(tool).display());
                ExitCode::SUCCESS
            }
            None => ExitCode::FAILURE,
        },
        _ => {
            eprintln!("error: a notebook session does not change toolchains (rustup {})", words.join(" "));
            ExitCode::FAILURE
        }
    }
}

fn own_folder() -> Option<PathBuf> {
    Some(crate::session::folder()?.join("bin"))
}
