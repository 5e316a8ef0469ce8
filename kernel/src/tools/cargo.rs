//! cargo in a session.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Tool, answers, rustc};
use crate::paths;
use crate::session;
use crate::warm;

/// Where evcxr wants to read the path of the library that was built.
const LIBRARY_PATH_VARIABLE: &str = "EVCXR_EXECUTION_SO_PATH";

/// A remembered call of rustc for a cell.
#[derive(Debug, Serialize, Deserialize)]
pub struct Call {
    /// The package's folder it was made in.
    folder: PathBuf,
    arguments: Vec<String>,
}

impl Call {
    /// Notes the call that cargo made in a folder.
    pub fn new(folder: &Path, arguments: &[&str]) -> Self {
        Self { folder: folder.to_owned(), arguments: arguments.iter().map(|&argument| argument.to_owned()).collect() }
    }

    /// The same call for another folder: what it writes goes there, what it reads stays where it was built.
    ///
    /// A cell is small and compiled once: in one unit, and without notes for a next time, it is done a fifth sooner.
    fn arguments_for(&self, folder: &Path) -> Vec<String> {
        let (from, to) = (self.folder.to_string_lossy().into_owned(), folder.to_string_lossy().into_owned());
        let mut arguments = Vec::with_capacity(self.arguments.len());
        let mut calls = self.arguments.iter().peekable();
        while let Some(argument) = calls.next() {
            let value = calls.peek().map(|value| value.as_str()).unwrap_or_default();
            if argument == "-C" && value.starts_with("incremental=") {
                calls.next();
            } else if argument == "-C" && value.starts_with("codegen-units=") {
                calls.next();
                arguments.extend(["-C".to_owned(), "codegen-units=1".to_owned()]);
            } else if argument == "--out-dir" {
                arguments.extend([argument.clone(), value.replace(&from, &to)]);
                calls.next();
            } else if let Some(what) = argument.strip_prefix("--emit=") {
                arguments.push(format!("--emit={}", what.split(',').filter(|kind| *kind != "dep-info").collect::<Vec<_>>().join(",")));
            } else {
                arguments.push(argument.clone());
            }
        }
        arguments
    }

    fn out_folder(&self, folder: &Path) -> Option<PathBuf> {
        let arguments = self.arguments_for(folder);
        let at = arguments.iter().position(|argument| argument == "--out-dir")?;
        arguments.get(at + 1).map(PathBuf::from)
    }
}

/// Answers for cargo.
pub fn main(arguments: &[OsString]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let Some((folder, template)) = session::folder().zip(session::template()) else {
        return answers::become_real(&real()?, arguments);
    };
    match subcommand(&words) {
        Some("build" | "check") => build(&folder, arguments),
        Some("metadata") => metadata(&folder, &template, &words, arguments),
        Some("locate-project") => {
            let manifest = after(&words, "--manifest-path").map_or_else(|| session::cell(&folder).join("Cargo.toml"), PathBuf::from);
            println!("{}", serde_json::json!({ "root": manifest }));
            Ok(ExitCode::SUCCESS)
        }
        Some("config") => Ok(ExitCode::SUCCESS),
        // `cargo rustc --print ...` asks about the target; rustc itself is quicker to ask.
        Some("rustc") => Ok(ExitCode::FAILURE),
        _ if words.iter().any(|word| matches!(*word, "--version" | "-V" | "-vV")) => {
            answers::remembered(&real()?, arguments, &template.join("answers"))
        }
        _ => answers::become_real(&real()?, arguments),
    }
}

/// The first word that is no flag, nor the value of one.
fn subcommand<'a>(words: &[&'a str]) -> Option<&'a str> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.chars().next() {
            _ if matches!(*word, "-Z" | "--config" | "-C") => {
                words.next();
            }
            Some('-' | '+') => {}
            _ => return Some(word),
        }
    }
    None
}

/// Builds a cell by the remembered call, or by cargo, whose call is then remembered.
fn build(session: &Path, arguments: &[OsString]) -> Result<ExitCode> {
    let folder = session::cell(session);
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).context("the session has no manifest")?;
    let template = session::template().unwrap_or_default();
    // evcxr first evaluates a number in a package without dependencies: the call with more of them does as well.
    let has_dependencies = dependencies(&manifest).next().is_some();
    let manifest = if has_dependencies { manifest } else { fs::read_to_string(template.join("cell/Cargo.toml"))? };
    let name = super::call_name(&manifest);
    let places = [session.join("calls").join(&name), template.join("calls").join(&name)];
    match places.iter().find_map(|path| fs::read(path).ok()) {
        Some(bytes) => compile(session, &folder, &serde_json::from_slice(&bytes).context("a remembered call cannot be parsed")?),
        None => build_by_cargo(session, &folder, &places[0], arguments),
    }
}

fn compile(session: &Path, folder: &Path, call: &Call) -> Result<ExitCode> {
    let mut command = Command::new(rustc::real()?);
    command.current_dir(folder).args(call.arguments_for(folder)).stdin(Stdio::null());
    session::restore_environment(&mut command);
    let status = session::run_interruptibly(session, &mut command)?;
    if status == Some(0) {
        report_library(call, folder)?;
    }
    Ok(code(status))
}

fn build_by_cargo(session: &Path, folder: &Path, record: &Path, arguments: &[OsString]) -> Result<ExitCode> {
    session::take_over_builds(session)?;
    fs::create_dir_all(session.join("calls"))?;
    let mut command = Command::new(real()?);
    // A check would build every dependency again, as metadata; a build finds them there.
    let as_build = |argument: &OsString| if argument == "check" { OsString::from("build") } else { argument.clone() };
    command.args(arguments.iter().map(as_build));
    command.current_dir(folder).stdin(Stdio::null());
    session::restore_environment(&mut command);
    command.env("RUSTC", rustc::real()?);
    command.env("RUSTC_WRAPPER", session.join("bin").join(Tool::Wrapper.name())).env(paths::RECORD_VARIABLE, record);
    let status = session::run_interruptibly(session, &mut command)?;
    if status == Some(0) {
        // A build that was fresh made no call, and none is remembered.
        if let Ok(bytes) = fs::read(record) {
            report_library(&serde_json::from_slice(&bytes)?, folder)?;
        }
    } else {
        // The call of a failed build may name libraries that were never built.
        let _ = fs::remove_file(record);
    }
    Ok(code(status))
}

/// Tells evcxr where the library is.
fn report_library(call: &Call, folder: &Path) -> Result<()> {
    if let (Some(path), Some(out)) = (std::env::var_os(LIBRARY_PATH_VARIABLE), call.out_folder(folder)) {
        let library = out.join(format!("{}ctx{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX));
        fs::write(path, library.to_string_lossy().as_bytes()).context("cannot say where the cell's library is")?;
    }
    Ok(())
}

/// Only the cell's own package before types are wanted, then the crates that inference reads.
fn metadata(session: &Path, template: &Path, words: &[&str], arguments: &[OsString]) -> Result<ExitCode> {
    let folder = session::cell(session);
    let manifest_path = after(words, "--manifest-path").map_or_else(|| folder.join("Cargo.toml"), PathBuf::from);
    if manifest_path != folder.join("Cargo.toml") {
        // The standard library's own manifest wants packages that are nowhere at hand; without it its crates are found by their names.
        return Ok(ExitCode::FAILURE);
    }
    let manifest = fs::read_to_string(&manifest_path).context("the session has no manifest")?;
    let template_manifest = fs::read_to_string(template.join("cell/Cargo.toml")).unwrap_or_default();
    let no_extra = dependencies(&manifest).all(|line| dependencies(&template_manifest).any(|known| known == line));
    let mut value: Value = if no_extra {
        let text = fs::read_to_string(template.join("metadata.json")).context("the template has no metadata")?;
        let (from, to) = (template.join("cell"), folder.clone());
        serde_json::from_str(&text.replace(&*from.to_string_lossy(), &to.to_string_lossy()))?
    } else {
        let mut command = Command::new(real()?);
        command.args(arguments).current_dir(&folder);
        session::restore_environment(&mut command);
        let output = command.output().context("cannot run cargo metadata")?;
        if !output.status.success() {
            eprint!("{}", String::from_utf8_lossy(&output.stderr));
            return Ok(code(output.status.code()));
        }
        let mut value = serde_json::from_slice(&output.stdout).context("cannot parse what cargo metadata says")?;
        warm::cut(&mut value);
        value
    };
    if !session::wants_types(&manifest) {
        only_members(&mut value);
    }
    println!("{value}");
    Ok(ExitCode::SUCCESS)
}

fn only_members(metadata: &mut Value) {
    let members = metadata["workspace_members"].clone();
    let is_member = |id: &Value| members.as_array().is_some_and(|members| members.contains(id));
    if let Some(packages) = metadata["packages"].as_array_mut() {
        packages.retain(|package| is_member(&package["id"]));
    }
    if let Some(nodes) = metadata["resolve"]["nodes"].as_array_mut() {
        nodes.retain(|node| is_member(&node["id"]));
        for node in nodes {
            node["dependencies"] = Value::Array(Vec::new());
            node["deps"] = Value::Array(Vec::new());
        }
    }
}

/// The lines under `[dependencies]`.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    manifest.lines().map(str::trim).skip_while(|line| *line != "[dependencies]").skip(1).filter(|line| !line.is_empty())
}

fn after<'a>(words: &[&'a str], flag: &str) -> Option<&'a str> {
    words.iter().position(|word| *word == flag).and_then(|at| words.get(at + 1)).copied()
}

fn code(status: Option<i32>) -> ExitCode {
    ExitCode::from(status.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}

fn real() -> Result<PathBuf> {
    std::env::var_os(paths::CARGO_VARIABLE).map(PathBuf::from).with_context(|| format!("{} is not set", paths::CARGO_VARIABLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_written_moves() {
        let made = "--emit=dep-info,link --out-dir /t/cell/target/deps -C incremental=/t/cell/i -C codegen-units=16 -L dependency=/t/cell/target/deps";
        let call = Call::new(Path::new("/t/cell"), &made.split(' ').collect::<Vec<_>>());
        let expected = "--emit=link --out-dir /s/cell/target/deps -C codegen-units=1 -L dependency=/t/cell/target/deps";
        assert_eq!(call.arguments_for(Path::new("/s/cell")), expected.split(' ').collect::<Vec<_>>());
    }

    #[test]
    fn the_subcommand_is_no_value_of_a_flag() {
        assert_eq!(subcommand(&["-Z", "unstable-options", "config", "get"]), Some("config"));
        assert_eq!(subcommand(&["--offline", "build", "--target", "x"]), Some("build"));
        assert_eq!(subcommand(&["--version"]), None);
    }

    #[test]
    fn dependencies_are_the_last_section() {
        assert_eq!(dependencies("[package]\nname = 1\n[dependencies]\na = 1\n\nb = 2\n").collect::<Vec<_>>(), ["a = 1", "b = 2"]);
    }
}
