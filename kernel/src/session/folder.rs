//! A session's folder, and the environment that leads evcxr and rust-analyzer into it.
//!
//! ```text
//! CACHE/sessions/ID/
//!   bin/           this binary as cargo, rustc and rustup; ahead on PATH
//!   cargo-home/    links to the user's registry, with `bin` again, where rust-analyzer looks first
//!   cell/          evcxr's package
//!   sysroot/       what rustc reports as its sysroot before types are wanted: no sources
//!   sources/       the same with the sources of the standard library
//!   template       a link to the template
//! ```
//!
//! evcxr is configured by variables of its process, which may only be set while it has one thread: the process sets them by starting
//! itself anew ([`enter`]). A watcher, which waits for the kernel's end, removes the folder, however the kernel ended.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::paths;
use crate::tools::{Tool, link};
use crate::warm::{Template, Toolchain, take_over};

/// Variables that a session changes, and that what users start must not see.
const CHANGED: [&str; 9] = [
    "PATH",
    "CARGO_HOME",
    "CARGO",
    "RUSTC",
    "EVCXR_CONFIG_DIR",
    "EVCXR_TMPDIR",
    paths::SESSION_VARIABLE,
    paths::CARGO_VARIABLE,
    paths::RUSTC_VARIABLE,
];

/// What the manifest's optimisation level says when types are wanted; the level itself is overruled by the configuration above.
pub const TYPES_MARK: &str = "0 # with types";

/// The session of this process.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os(paths::SESSION_VARIABLE).map(PathBuf::from)
}

/// Whether this process was started by [`enter`].
pub fn is_inside() -> bool {
    folder().is_some()
}

/// The template of this process's session.
pub fn template() -> Option<PathBuf> {
    fs::canonicalize(folder()?.join("template")).ok()
}

/// evcxr's package.
pub fn cell(session: &Path) -> PathBuf {
    session.join("cell")
}

/// Holds the process group of a compiler that runs.
pub fn compiling(session: &Path) -> PathBuf {
    session.join("compiling")
}

/// The sysroot to report: with sources only when types are wanted.
pub fn sysroot(session: &Path) -> PathBuf {
    let manifest = fs::read_to_string(cell(session).join("Cargo.toml")).unwrap_or_default();
    session.join(if wants_types(&manifest) { "sources" } else { "sysroot" })
}

/// Whether the session wants inference to know the crates.
pub fn wants_types(manifest: &str) -> bool {
    manifest.contains(TYPES_MARK)
}

/// Makes a session's folder and starts this program anew inside it, with the same arguments.
///
/// # Errors
///
/// The folder cannot be made. On success this does not return.
pub fn enter(toolchain: &Toolchain, template: &Template) -> Result<std::convert::Infallible> {
    let sessions = paths::cache()?.join("sessions");
    sweep(&sessions);
    let session = sessions.join(format!("{}-{}", std::process::id(), uuid::Uuid::new_v4().simple()));
    let built = make(&session, toolchain, template);
    if built.is_err() {
        let _ = fs::remove_dir_all(&session);
    }
    built?;
    let mut paths_ahead = vec![session.join("bin")];
    paths_ahead.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    let error = Command::new(std::env::current_exe().context("cannot tell where this binary is")?)
        .args(std::env::args_os().skip(1))
        .env("PATH", std::env::join_paths(paths_ahead).context("PATH cannot be extended")?)
        .env("CARGO_HOME", session.join("cargo-home"))
        .env("EVCXR_CONFIG_DIR", session.join("config"))
        .env("EVCXR_TMPDIR", cell(&session))
        .env_remove("CARGO")
        .env_remove("RUSTC")
        .env(paths::SESSION_VARIABLE, &session)
        .env(paths::CARGO_VARIABLE, &toolchain.cargo)
        .env(paths::RUSTC_VARIABLE, &toolchain.rustc)
        .exec();
    let _ = fs::remove_dir_all(&session);
    Err(error).context("cannot start the session")
}

fn make(session: &Path, toolchain: &Toolchain, template: &Template) -> Result<()> {
    for folder in ["bin", "cargo-home", "config", "sysroot/bin", "sources/bin", "sources/lib/rustlib/src/rust", "cell/src", ".cargo"] {
        fs::create_dir_all(session.join(folder)).with_context(|| format!("cannot make a session in {}", session.display()))?;
    }
    for tool in Tool::SESSION {
        link(&session.join("bin"), tool)?;
    }
    for sysroot in ["sysroot", "sources"] {
        link(&session.join(sysroot).join("bin"), Tool::Rustc)?;
    }
    if let Some(sources) = toolchain.library_sources() {
        // Of the standard library only what types come from: no tests, no platform's intrinsics, no manifest that wants more packages.
        for name in ["core", "alloc", "std"] {
            let folder = session.join("sources/lib/rustlib/src/rust/library").join(name);
            fs::create_dir_all(&folder)?;
            symlink(sources.join(name).join("src"), folder.join("src"))?;
        }
    }
    fs::create_dir_all(template.folder())?;
    symlink(template.folder(), session.join("template"))?;
    fs::write(session.join("stamp.json"), serde_json::to_vec(template.stamp())?)?;
    symlink(session.join("bin"), session.join("cargo-home/bin"))?;
    let cargo_home = paths::cargo_home()?;
    for name in ["registry", "git", "config.toml", "config", "credentials.toml"] {
        if cargo_home.join(name).exists() {
            symlink(cargo_home.join(name), session.join("cargo-home").join(name))?;
        }
    }
    let evcxr = format!(
        "[evcxr]\ntmpdir = {}\nopt_level = \"0\"\noffline_mode = true\n",
        toml::Value::from(cell(session).to_string_lossy().into_owned())
    );
    fs::write(session.join("evcxr.toml"), evcxr)?;
    let before: BTreeMap<&str, Option<String>> = CHANGED.iter().map(|&name| (name, std::env::var(name).ok())).collect();
    fs::write(session.join("environment.json"), serde_json::to_vec(&before)?)?;
    Ok(())
}

/// Gives the session what only a warm template has.
pub fn complete(template: &Template) -> Result<()> {
    let session = folder().context("not inside a session")?;
    fs::copy(template.cell().join("Cargo.lock"), cell(&session).join("Cargo.lock")).context("the template has no lock file")?;
    fs::copy(template.folder().join(".cargo/config.toml"), session.join(".cargo/config.toml")).context("the template has no profile")?;
    Ok(())
}

/// Removes what kernels left that ended with their watchers, such as when a machine stopped.
fn sweep(sessions: &Path) {
    for entry in fs::read_dir(sessions).into_iter().flatten().flatten() {
        let owner = entry.file_name().to_string_lossy().split('-').next().and_then(|pid| pid.parse().ok());
        let gone = owner.and_then(rustix::process::Pid::from_raw).is_none_or(|pid| rustix::process::test_kill_process(pid).is_err());
        if gone {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Starts the watcher; it waits for the end of the pipe that this process holds open, and removes the folder then.
pub fn watch() -> Result<()> {
    let Some(session) = folder() else { return Ok(()) };
    let mut command = Command::new(std::env::current_exe().context("cannot tell where this binary is")?);
    command.arg("watch").arg(&session).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    restore_environment(&mut command);
    let mut watcher = command.spawn().context("cannot start the session's watcher")?;
    // The pipe closes with this process, whichever way it ends.
    std::mem::forget(watcher.stdin.take());
    Ok(())
}

/// The watcher's part.
pub fn remove_when_orphaned(session: &Path) -> Result<()> {
    let mut rest = Vec::new();
    let _ = std::io::stdin().read_to_end(&mut rest);
    // A compiler that still writes into the folder would make it anew.
    if let Ok(text) = fs::read_to_string(compiling(session))
        && let Some(pid) = text.trim().parse().ok().and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    }
    for _ in 0..50 {
        if fs::remove_dir_all(session).is_ok() || !session.exists() {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    fs::remove_dir_all(session).with_context(|| format!("cannot remove {}", session.display()))
}

/// Gives a command the environment that the kernel was started in.
pub fn restore_environment(command: &mut Command) {
    let Some(session) = folder() else { return };
    let text = fs::read(session.join("environment.json")).unwrap_or_default();
    let before: BTreeMap<String, Option<String>> = serde_json::from_slice(&text).unwrap_or_default();
    for (name, value) in before {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
}

/// Runs a compiler that an interrupt can stop with all that it started; its exit code, or none if it was stopped.
pub fn run_interruptibly(session: &Path, command: &mut Command) -> Result<Option<i32>> {
    let mut child = command.process_group(0).spawn().with_context(|| format!("cannot run {command:?}"))?;
    let note = compiling(session);
    fs::write(&note, child.id().to_string()).context("cannot write into the session's folder")?;
    let status = child.wait().context("cannot wait for the compiler");
    let _ = fs::remove_file(note);
    Ok(status?.code())
}

/// Gives the session what the template built, for builds by cargo.
pub fn take_over_builds(session: &Path) -> Result<()> {
    let Some(template) = template() else { return Ok(()) };
    let target = cell(session).join("target");
    let done = session.join("took-over");
    if done.exists() {
        return Ok(());
    }
    take_over(&template.join("cell/target"), &target)?;
    fs::write(done, "")?;
    Ok(())
}
