//! A template: the crate and its dependencies, built once as a dylib for all notebooks.

mod build;
mod lock;
mod manifests;
mod metadata;
mod template;
mod toolchain;

pub use build::warm;
pub use metadata::cut;
pub use template::{Template, link_tree};
pub use toolchain::Toolchain;
