//! A model with everything that prediction needs, as a folder: `bundle.json` and `weights.safetensors` or `baseline.json`; or several
//! models, a folder each, and a `bundle.json` that says what each weighs.
//!
//! The bundle names the audio and feature settings, the normaliser's statistics and the labels, so that a clip is treated exactly as
//! the training clips were. Its card says what the model was trained on, how it scored, and what it must not be used for.

mod ask;
#[cfg(feature = "bundled")]
mod bundled;
mod error;
mod files;
mod manifest;
mod single;

pub use ask::Bundle;
pub use error::BundleError;
pub use manifest::{BUNDLE_VERSION, BundleManifest, Card, FusedManifest, MemberManifest};
