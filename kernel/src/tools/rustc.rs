//! rustc, and the wrapper that writes down how cargo calls it.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use super::answers;
use crate::paths;
use crate::session;

/// Questions are answered from memory; the sysroot is the session's own, which has sources when the session wants them read.
pub fn main(arguments: &[OsString]) -> Result<ExitCode> {
    let real = real()?;
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    match (words.as_slice(), session::folder(), session::template()) {
        (["--print", "sysroot"], Some(folder), _) => {
            println!("{}", session::sysroot(&folder).display());
            Ok(ExitCode::SUCCESS)
        }
        (["-Vv" | "-vV" | "--version" | "-V", ..] | ["--print", ..] | ["-Z", "unstable-options", "--print", ..], _, Some(template)) => {
            answers::remembered(&real, arguments, &template.join("answers"))
        }
        _ => answers::become_real(&real, arguments),
    }
}

/// Runs rustc as cargo wants it, and writes the call down if it is for a cell.
pub fn wrap(arguments: &[OsString]) -> Result<ExitCode> {
    let (rustc, rest) = arguments.split_first().context("the wrapper is called as `wrapper rustc ...`")?;
    let crate_name = rest.iter().position(|argument| argument == "--crate-name").and_then(|at| rest.get(at + 1));
    if let (Some(record), true) = (std::env::var_os(paths::RECORD_VARIABLE), crate_name.is_some_and(|name| name == "ctx")) {
        let words: Vec<&str> = rest.iter().filter_map(|argument| argument.to_str()).collect();
        let folder = std::env::current_dir().context("no current folder")?;
        let call = super::cargo::Call::new(&folder, &words);
        std::fs::write(record, serde_json::to_vec_pretty(&call)?).context("cannot write down the call of rustc")?;
    }
    Err(Command::new(rustc).args(rest).exec()).with_context(|| format!("cannot run {}", Path::new(rustc).display()))
}

/// The compiler itself.
pub fn real() -> Result<PathBuf> {
    std::env::var_os(paths::RUSTC_VARIABLE).map(PathBuf::from).with_context(|| format!("{} is not set", paths::RUSTC_VARIABLE))
}
