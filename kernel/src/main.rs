//! The Jupyter kernel and the notebook runner of intone; see `intone kernel --help` and `intone notebook --help`.
//!
//! One binary plays four parts, told apart before anything else happens: under the name of a tool (`cargo`, `rustc`, `rustup`) it
//! answers for that tool inside a session; started by evcxr it is the process that evaluates cells; as `watch` it removes a session's
//! folder when its kernel is gone; else it is the command line.

mod cell;
mod cli;
mod install;
mod notebook;
mod paths;
mod project;
mod server;
mod session;
mod tools;
mod warm;

use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(tool) = tools::Tool::from_own_name() {
        return tools::main(tool);
    }
    if session::is_evaluation_child() {
        session::outlive_nobody();
    }
    evcxr::runtime_hook();
    cli::main()
}
