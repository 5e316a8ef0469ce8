//! The command line: `kernel` and `notebook`, as `intone` hands them on.
//!
//! Exit codes are those of `intone`: 0 done, 1 failed, 2 the command line is wrong.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::project::Project;
use crate::warm::{Profile, Template, Toolchain, warm};
use crate::{install, notebook, server, session};

/// Rust notebooks with intone at hand.
#[derive(Debug, Parser)]
#[command(name = "intone-kernel", version, max_term_width = 110)]
struct Arguments {
    /// The checkout of intone that notebooks see [default: the one this binary was built from]
    #[arg(long, global = true, value_name = "DIR", env = crate::paths::PROJECT_VARIABLE)]
    project: Option<PathBuf>,
    /// The profile of Cargo.toml that intone and its dependencies are built with for notebooks
    #[arg(long, global = true, value_enum, default_value_t, env = crate::paths::PROFILE_VARIABLE)]
    profile: Profile,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The Jupyter kernel "Rust (intone)"
    #[command(subcommand)]
    Kernel(KernelCommand),
    /// Execute notebooks without Jupyter
    #[command(subcommand)]
    Notebook(NotebookCommand),
    /// Remove a session's folder when its kernel has ended
    #[command(hide = true)]
    Watch { session: PathBuf },
}

#[derive(Debug, Subcommand)]
enum KernelCommand {
    /// Build the crate for notebooks and register the kernel
    Install(install::Arguments),
    /// Remove the kernel's registration and what was built for it
    Uninstall(install::UninstallArguments),
    /// Serve one notebook; Jupyter calls this
    Run {
        /// Says on which ports, and with which key
        connection_file: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
enum NotebookCommand {
    /// Execute a notebook, cell by cell
    Run(notebook::Arguments),
}

/// Parses, acts, and turns the outcome into an exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    act(arguments).unwrap_or_else(|error| {
        eprintln!("intone: {error:#}");
        ExitCode::FAILURE
    })
}

fn act(arguments: Arguments) -> Result<ExitCode> {
    match arguments.command {
        Command::Watch { session } => session::remove_when_orphaned(&session).map(|()| ExitCode::SUCCESS),
        Command::Kernel(KernelCommand::Uninstall(uninstall)) => install::uninstall(&uninstall).map(|()| ExitCode::SUCCESS),
        Command::Kernel(KernelCommand::Install(install)) => {
            let project = Project::find(arguments.project.as_deref())?;
            install::install(&install, &project, arguments.profile).map(|()| ExitCode::SUCCESS)
        }
        Command::Kernel(KernelCommand::Run { connection_file }) => {
            let place = Place::find(arguments.project, arguments.profile)?;
            if !session::is_inside() {
                session::enter(&place.toolchain, &place.template)?;
            }
            server::run(&connection_file, place)
        }
        Command::Notebook(NotebookCommand::Run(run)) => {
            if let Err(message) = run.check() {
                eprintln!("intone: {message}");
                return Ok(ExitCode::from(2));
            }
            let place = Place::find(arguments.project, arguments.profile)?;
            if !session::is_inside() {
                place.warm(&mut |line| eprintln!("{line}"))?;
                session::enter(&place.toolchain, &place.template)?;
            }
            notebook::run(&run, &place)
        }
    }
}

/// The crate that a session sees, and what builds it.
pub struct Place {
    pub project: Project,
    pub toolchain: Toolchain,
    pub template: Template,
}

impl Place {
    fn find(project: Option<PathBuf>, profile: Profile) -> Result<Self> {
        let project = Project::find(project.as_deref())?;
        let toolchain = if session::is_inside() { Toolchain::of_session()? } else { Toolchain::find(project.root())? };
        let template = if session::is_inside() { Template::of_session()? } else { Template::of(&project, &toolchain, profile)? };
        Ok(Self { project, toolchain, template })
    }

    /// Builds the crate for notebooks, if it is not there.
    pub fn warm(&self, progress: &mut dyn FnMut(&str)) -> Result<()> {
        warm(&self.project, &self.toolchain, &self.template, progress)
    }
}
