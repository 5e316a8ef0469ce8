//! Corpora whose file names say who speaks and how: EmoDB, CREMA-D, TESS, SAVEE.
//!
//! Each has a `ClipName` that is read strictly and written back as the corpus has it; a name that is not one of its corpus is a
//! [`NameError`] that says which field is wrong. Folders are searched to any depth, as RAVDESS's are.

pub mod crema_d;
pub mod emodb;
mod error;
mod load;
pub mod savee;
pub mod tess;

pub use error::NameError;
pub(super) use load::load;
