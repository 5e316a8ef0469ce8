//! A declared experiment: its configuration, the runner, the feature cache and the store of runs.

pub mod bundles;
pub mod cache;
mod config;
pub mod describe;
mod error;
pub mod events;
pub mod extract;
pub mod feature_file;
pub mod heard;
mod importance;
pub mod load;
pub mod machine;
mod manifest;
pub mod material;
pub mod part;
mod read;
pub mod record;
pub mod reproduce;
pub mod runner;
pub mod schema;
pub mod store;
mod table;
mod traces;

pub use config::{Config, ReportAudio, ReportSettings};
pub use error::RunError;
pub use load::{ConfigError, defaults};
pub use material::Material;
pub use read::{ReadRunError, RunFolder, read_frame, read_manifest};
pub use runner::{RunOptions, RunOutcome};
pub use store::Runs;
pub use table::feature_table;
pub use traces::trace_rows;
