//! The models that this binary carries: `models/default`, made by `experiments/ravdess-fusion-noise.toml`, and for the live page `models/live`,
//! made by `experiments/ravdess-live.toml`.

use super::ask::Bundle;
use super::error::BundleError;
use super::files::{Files, Source};

/// A file of a folder of `models`.
macro_rules! file {
    ($folder:literal, $name:literal) => {
        ($name, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/", $folder, "/", $name)) as &[u8])
    };
}

static DEFAULT: &[(&str, &[u8])] = &[
    file!("default", "bundle.json"),
    file!("default", "voice/bundle.json"),
    file!("default", "voice/weights.safetensors"),
    file!("default", "log-mel/bundle.json"),
    file!("default", "log-mel/weights.safetensors"),
    file!("default", "gabor/bundle.json"),
    file!("default", "gabor/baseline.json"),
    file!("default", "functionals/bundle.json"),
    file!("default", "functionals/baseline.json"),
    file!("default", "fisher-quiet/bundle.json"),
    file!("default", "fisher-quiet/baseline.json"),
];

static LIVE: &[(&str, &[u8])] = &[file!("live", "bundle.json"), file!("live", "baseline.json")];

impl Bundle {
    /// The model that serves where none is named, with another that answers [live](Self::live). Their weights were made from RAVDESS
    /// (CC BY-NC-SA 4.0) and are for research; their cards say how they score.
    ///
    /// # Errors
    /// None in a build whose files are whole.
    pub fn bundled() -> Result<Self, BundleError> {
        Self::read(&Files::new(Source::Embedded(DEFAULT)))?.with_live(Self::read(&Files::new(Source::Embedded(LIVE)))?)
    }
}
