//! Why a bundle cannot be read, written or used.

use std::path::PathBuf;

use super::BUNDLE_VERSION;
use crate::augment::AugmentError;
use crate::dataset::PrepareError;
use crate::model::ModelError;
use crate::settings::InvalidSetting;

/// A bundle that cannot be read, written or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {cause}", path.display())]
    Io {
        /// "read" or "write".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The system's words.
        cause: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} is not a model bundle: {cause}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        cause: String,
    },
    /// A newer intone wrote it.
    #[error("{} has format version {found}, but this intone reads up to {BUNDLE_VERSION}: update intone", path.display())]
    Newer {
        /// The bundle's `bundle.json`.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// Two bundles that are to serve together tell other classes apart.
    #[error("the live model tells {} apart, the other {}: both must have the same labels in the same order", live.join(", "), labels.join(", "))]
    Labels {
        /// Labels of the one that is asked live.
        live: Vec<String>,
        /// Labels of the other.
        labels: Vec<String>,
    },
    /// A setting in it cannot be used.
    #[error("the bundle's setting {0}")]
    Setting(#[from] InvalidSetting),
    /// The model cannot be made from it or cannot work with an input.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The clip cannot be prepared.
    #[error(transparent)]
    Clip(#[from] PrepareError),
    /// A copy of the clip at another speed cannot be made.
    #[error(transparent)]
    Copy(#[from] AugmentError),
}
