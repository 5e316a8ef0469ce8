//! `kernel` and `notebook` are handed on to the binary that brings rust-analyzer.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// The binary alone in a folder, so that no `intone-kernel` lies beside it by chance.
fn alone(folder: &Path, path: &Path, arguments: &[&str]) -> Output {
    let binary = folder.join("intone");
    if !binary.exists() {
        fs::copy(env!("CARGO_BIN_EXE_intone"), &binary).unwrap();
    }
    Command::new(binary).args(arguments).env("PATH", path).output().unwrap()
}

#[test]
fn without_the_kernel_s_binary_the_command_that_builds_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let output = alone(folder.path(), Path::new("/nowhere"), &["notebook", "run", "a.ipynb"]);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(message.contains("cargo build --release -p intone-kernel") && message.contains("cargo install --locked --path kernel"));
}

#[cfg(unix)]
#[test]
fn arguments_and_exit_code_are_handed_on() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let script = path.path().join("intone-kernel");
    fs::write(&script, "#!/bin/sh\necho \"$@\"\nexit 7\n").unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let output = alone(folder.path(), path.path(), &["notebook", "run", "a.ipynb", "-p", "x=1", "--check"]);
    assert_eq!(output.status.code(), Some(7));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "notebook run a.ipynb -p x=1 --check\n");
    let help = alone(folder.path(), path.path(), &["kernel", "--help"]);
    assert_eq!(String::from_utf8_lossy(&help.stdout), "kernel --help\n");
}
