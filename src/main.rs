//! The command line of intone; see `intone --help`.

mod cli;

use std::process::ExitCode;

/// Training allocates and frees tensors of many sizes; the system's allocator gives pages back each time and faults them in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
