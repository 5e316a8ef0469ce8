//! A session: one evaluation of cells after another, in a folder of its own.

mod compile_error;
mod error;
mod folder;
mod frames;
mod place;
mod process;
mod run;

pub use error::CellError;
pub use folder::cell;
pub use folder::{
    enter, folder, is_inside, remove_when_orphaned, restore_environment, run_interruptibly, sysroot, take_over_builds, template,
    wants_types, watch,
};
pub use frames::{Display, Event};
pub use process::{Interrupter, is_evaluation_child, outlive_nobody};
pub use run::{Completions, Session};
