//! Builds a template.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::take_over::take_over;
use super::template::Template;
use super::toolchain::Toolchain;
use super::{lock, manifests, metadata};
use crate::paths;
use crate::project::Project;
use crate::session;
use crate::tools;

/// Builds the template unless it is there; only one process builds, others wait for it.
///
/// `progress` is given a line for each step. Whatever cargo must fetch is fetched now, as on any build; nothing is fetched later.
///
/// # Errors
///
/// The project does not build, cargo resolves other versions than the project's lock file has, or the cache cannot be written.
pub fn warm(project: &Project, toolchain: &Toolchain, template: &Template, progress: &mut dyn FnMut(&str)) -> Result<()> {
    if template.is_warm() {
        return Ok(());
    }
    let folder = template.folder();
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let gate = File::create(folder.with_extension("lock")).context("cannot write to the kernel's cache")?;
    if gate.try_lock().is_err() {
        progress("another kernel is building the crate; waiting for it");
        gate.lock().context("cannot wait for the other kernel")?;
    }
    if template.is_warm() {
        return Ok(());
    }
    if let Some(kin) = template.kin() {
        progress("taking over the dependencies of an earlier build");
        take_over(&kin.join("cell").join("target"), &template.cell().join("target"))?;
    }
    lay_out(project, template)?;
    run_cargo(project, toolchain, template, progress)?;
    lock::compare(&project.root().join("Cargo.lock"), &template.cell().join("Cargo.lock"))?;
    remember_metadata(toolchain, template)?;
    fs::write(folder.join("stamp.json"), serde_json::to_vec_pretty(template.stamp())?).context("cannot write the template's stamp")?;
    progress("ready");
    Ok(())
}

/// Writes all but what cargo builds.
fn lay_out(project: &Project, template: &Template) -> Result<()> {
    for file in project.files()? {
        let target = template.project().join(&file);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        copy_with_times(&project.root().join(&file), &target)?;
    }
    write(&template.notebook().join("Cargo.toml"), &manifests::dylib(&template.project().to_string_lossy()))?;
    write(&template.notebook().join("src/notebook.rs"), manifests::DYLIB_SOURCE)?;
    let dependencies = format!("{} = {}\n", manifests::DEPENDENCY, template.dependency());
    write(&template.cell().join("Cargo.toml"), &manifests::cell(&dependencies, "0"))?;
    write(&template.cell().join("src/lib.rs"), "")?;
    fs::copy(project.root().join("Cargo.lock"), template.cell().join("Cargo.lock")).context("cannot copy the lock file")?;
    write(&template.folder().join(".cargo/config.toml"), &manifests::cargo_config(&project.manifest()?, template.stamp().profile))?;
    fs::create_dir_all(template.calls())?;
    fs::create_dir_all(template.answers())?;
    Ok(())
}

/// Builds with the environment that evcxr gives cargo, so that later builds find everything fresh.
fn run_cargo(project: &Project, toolchain: &Toolchain, template: &Template, progress: &mut dyn FnMut(&str)) -> Result<()> {
    let manifest = fs::read_to_string(template.cell().join("Cargo.toml"))?;
    let record = template.calls().join(tools::call_name(&manifest));
    let mut child = cell_cargo(toolchain, template)
        .arg("build")
        .args(["--target", toolchain.host()?])
        .env("RUSTC_WRAPPER", tools::link(&template.folder().join("tools"), tools::Tool::Wrapper)?)
        .env(paths::RECORD_VARIABLE, &record)
        // The copy records the commit it was taken from, as the crate's build script does anywhere else.
        .env("GIT_DIR", project.root().join(".git"))
        .env("GIT_WORK_TREE", template.project())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot run cargo")?;
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let mut compiled = 0;
        for line in BufReader::new(stderr).lines() {
            let line = line.context("cannot read what cargo says")?;
            match line.trim_start().strip_prefix("Compiling ") {
                Some(what) => {
                    compiled += 1;
                    progress(&format!("compiling {compiled}: {what}"));
                }
                None => said.push(line),
            }
        }
    }
    if !child.wait().context("cannot wait for cargo")?.success() {
        bail!("the crate does not build for notebooks:\n{}", said.join("\n"));
    }
    if !record.is_file() {
        bail!("cargo built the crate without a call of rustc for the cell; remove {} and try again", template.folder().display());
    }
    Ok(())
}

/// cargo in the cells' package, as evcxr runs it, in the user's own environment also where a session's kernel runs it: another home of
/// cargo would be another path of every dependency, and each would be built again.
fn cell_cargo(toolchain: &Toolchain, template: &Template) -> Command {
    let mut command = Command::new(&toolchain.cargo);
    session::restore_environment(&mut command);
    command
        .current_dir(template.cell())
        .env("CARGO_TARGET_DIR", "target")
        .env("CARGO_BUILD_BUILD_DIR", "target")
        .env("RUSTC", &toolchain.rustc)
        .env("RUSTFLAGS", "-Cprefer-dynamic")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    command
}

/// Asks cargo for its metadata once, for all sessions.
fn remember_metadata(toolchain: &Toolchain, template: &Template) -> Result<()> {
    let output = cell_cargo(toolchain, template)
        .args(["metadata", "--offline", "--format-version", "1", "--filter-platform", toolchain.host()?])
        .output()
        .context("cannot run cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let mut value: Value = serde_json::from_slice(&output.stdout).context("cannot parse what cargo metadata says")?;
    metadata::cut(&mut value);
    write(&template.metadata(), &value.to_string())
}

/// Modification times are cargo's measure of freshness.
pub(super) fn copy_with_times(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    let modified = fs::metadata(from)?.modified()?;
    File::options().write(true).open(to)?.set_modified(modified).with_context(|| format!("cannot date {}", to.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}
