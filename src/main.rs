//! The command line of intone; see `intone --help`.

mod allocator;
mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    allocator::keep_pages();
    cli::main()
}
