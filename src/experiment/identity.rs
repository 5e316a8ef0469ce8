//! What a run is called: its id, from everything that its results depend on.

use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::config::Config;
use super::machine;
use super::record::FORMAT_VERSION;

/// The resolved configuration as an experiment file.
pub(super) fn resolved(config: &Config) -> String {
    toml::to_string(config).unwrap_or_default()
}

/// The id of a run over audio with this `fingerprint`: the same for the same settings, audio and code, wherever the corpus lies.
pub(super) fn run_id(config: &Config, fingerprint: &str) -> String {
    let mut settings = config.clone();
    settings.corpus.path = PathBuf::new();
    settings.corpus.audio_dir = PathBuf::new();
    for part in &mut settings.corpus.parts {
        (part.path, part.audio_dir) = (None, None);
    }
    id_of(&[&resolved(&settings), fingerprint])
}

/// An id of `parts` and the code.
pub(super) fn id_of(parts: &[&str]) -> String {
    let code = machine::code();
    let mut hash = Sha256::new();
    hash.update(FORMAT_VERSION.to_le_bytes());
    for part in parts.iter().copied().chain([code.version.as_str(), code.git_commit.as_deref().unwrap_or_default()]) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(code.git_diff.unwrap_or_default());
    format!("{:x}", hash.finalize())[..12].to_owned()
}
