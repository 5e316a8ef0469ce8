//! `intone kernel` and `intone notebook`: handed on to the binary `intone-kernel`, which brings rust-analyzer and is built on its own.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use super::exit::{Done, Failure};

/// What follows the command's name, unread.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub struct Arguments {
    /// See `intone kernel --help` and `intone notebook --help` once `intone-kernel` is built
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENT")]
    rest: Vec<OsString>,
}

/// Becomes `intone-kernel COMMAND ...`, found beside this binary, then on PATH.
pub fn run(command: &str, arguments: &Arguments) -> Result<Done, Failure> {
    let Some(binary) = find() else {
        return Err(Failure::failed(format!(
            "`intone {command}` needs the binary intone-kernel beside this one or on PATH; it is built with \
             `cargo build --release -p intone-kernel`, or installed with `cargo install --locked --path kernel`"
        )));
    };
    let mut handed_on = Command::new(&binary);
    handed_on.arg(command).args(&arguments.rest);
    hand_on(handed_on).map_err(|error| Failure::failed(format!("cannot run {}: {error}", binary.display())))
}

/// On Unix the process becomes the other, so that signals and the exit code are its own.
#[cfg(unix)]
fn hand_on(mut command: Command) -> std::io::Result<Done> {
    use std::os::unix::process::CommandExt as _;
    Err(command.exec())
}

#[cfg(not(unix))]
fn hand_on(mut command: Command) -> std::io::Result<Done> {
    let status = command.status()?;
    std::process::exit(status.code().unwrap_or(1))
}

fn find() -> Option<PathBuf> {
    let name = format!("intone-kernel{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(&name)));
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let on_path: Vec<PathBuf> = std::env::split_paths(&on_path).map(|folder| folder.join(&name)).collect();
    beside.into_iter().chain(on_path).find(|path| path.is_file())
}
