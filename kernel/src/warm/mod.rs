//! A template: the crate and its dependencies, built once as a dylib for all notebooks.

mod build;
mod lock;
mod manifests;
mod metadata;
mod take_over;
mod template;
mod toolchain;

pub use build::warm;
pub use manifests::Profile;
pub use metadata::cut;
pub use take_over::take_over;
pub use template::Template;
pub use toolchain::Toolchain;
