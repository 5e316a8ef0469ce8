//! Executes notebooks without Jupyter: parameters in, outputs written back as they come.

mod ansi;
mod check;
mod file;
mod highlight;
mod html;
mod machine;
mod outputs;
mod parameters;
mod run;

pub use run::{Arguments, run};
