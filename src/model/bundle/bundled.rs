//! The model that this binary carries: `models/default`, made by `experiments/ravdess-fusion.toml`.

use super::ask::Bundle;
use super::error::BundleError;
use super::files::{Files, Source};

/// A file of `models/default`.
macro_rules! file {
    ($name:literal) => {
        ($name, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/default/", $name)) as &[u8])
    };
}

static FILES: &[(&str, &[u8])] = &[
    file!("bundle.json"),
    file!("voice/bundle.json"),
    file!("voice/weights.safetensors"),
    file!("voice-by-clip/bundle.json"),
    file!("voice-by-clip/weights.safetensors"),
    file!("log-mel/bundle.json"),
    file!("log-mel/weights.safetensors"),
    file!("functionals/bundle.json"),
    file!("functionals/baseline.json"),
    file!("gabor/bundle.json"),
    file!("gabor/baseline.json"),
];

impl Bundle {
    /// The model that serves where none is named. Its weights were made from RAVDESS (CC BY-NC-SA 4.0) and are for research; its card says
    /// how it scores.
    ///
    /// # Errors
    /// None in a build whose files are whole.
    pub fn bundled() -> Result<Self, BundleError> {
        Self::read(&Files::new(Source::Embedded(FILES)))
    }
}
