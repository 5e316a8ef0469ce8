//! A declared experiment: its configuration, the runner, the feature cache and the store of runs.

mod read;
pub mod record;

pub use read::{ReadRunError, RunFolder};
