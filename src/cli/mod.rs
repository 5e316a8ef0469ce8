//! Definitions of the commands, one file a command, and the exit codes.
//!
//! | code | meaning |
//! | --- | --- |
//! | 0 | done |
//! | 1 | failed |
//! | 2 | the command line or the configuration is wrong |
//! | 3 | done, but some inputs were left out, each named on standard error |

mod compare;
mod config;
mod corpus;
mod exit;
mod features;
mod fetch;
mod inputs;
mod notebooks;
mod predict;
mod progress;
mod report;
mod reproduce;
mod run;
mod runs;
#[cfg(feature = "web")]
mod serve;
mod sweep;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use exit::{Done, Failure};

/// A speech-emotion laboratory: from folders of emotional speech to an honest, reproducible report.
#[derive(Debug, Parser)]
#[command(name = "intone", version, max_term_width = 110)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Execute an experiment file: features, folds, training, scores, report; or the runs of its sweep
    Run(run::Arguments),
    /// List, show or remove finished and unfinished runs
    Runs(runs::Arguments),
    /// Render the report of runs anew
    Report(report::Arguments),
    /// Execute a finished run again and compare every prediction, to the bit
    Reproduce(reproduce::Arguments),
    /// Write features of clips as a table
    Features(features::Arguments),
    /// Recognise the emotion of clips
    Predict(predict::Arguments),
    /// Open the live page: emotion of uploaded clips and of the microphone
    #[cfg(feature = "web")]
    Serve(serve::Arguments),
    /// Describe or check the corpus of an experiment file, or fetch one
    Corpus(corpus::Arguments),
    /// Print the defaults or the schema of experiment files, or check one
    Config(config::Arguments),
    /// Install the Jupyter kernel, so that notebooks can use this crate
    Kernel(notebooks::Arguments),
    /// Execute notebooks without Jupyter
    Notebook(notebooks::Arguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Parses, acts, and turns the outcome into an exit code.
pub fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Report(arguments) => report::run(&arguments),
        Command::Reproduce(arguments) => reproduce::run(&arguments),
        Command::Features(arguments) => features::run(&arguments),
        Command::Predict(arguments) => predict::run(&arguments),
        #[cfg(feature = "web")]
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Corpus(arguments) => corpus::run(&arguments),
        Command::Config(arguments) => config::run(&arguments),
        Command::Kernel(arguments) => notebooks::run("kernel", &arguments),
        Command::Notebook(arguments) => notebooks::run("notebook", &arguments),
        Command::Completions { shell } => completions(shell),
    };
    exit::code(result)
}

fn completions(shell: clap_complete::Shell) -> Result<Done, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "intone", &mut script);
    print_bytes(&script)
}

/// Prints to standard output; a reader that has gone away (`| head`) is no failure.
fn print_bytes(bytes: &[u8]) -> Result<Done, Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(Done::All),
    }
}

/// Prints a text as [`print_bytes`] does.
fn print(text: &str) -> Result<Done, Failure> {
    print_bytes(text.as_bytes())
}
