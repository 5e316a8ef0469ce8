//! What can end a run.

use super::load::ConfigError;
use super::record::LeftOut;
use super::store::StoreError;
use crate::balance::BalanceError;
use crate::corpus::CorpusError;
use crate::corpus::splits::SplitError;
use crate::metrics::MetricsError;
use crate::model::{BundleError, ModelError};
use crate::settings::InvalidSetting;

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The experiment file.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A setting that a layer cannot work with.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// The corpus.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The folds.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// Clips that cannot be used, and the corpus is strict.
    #[error("`corpus.strict` is true and {} of the clips cannot be used:{}", clips.len(), list(clips))]
    BrokenClips {
        /// Each with its cause.
        clips: Vec<LeftOut>,
    },
    /// No clip can be used.
    #[error("none of the clips can be used:{}", list(clips))]
    NoClips {
        /// Each with its cause.
        clips: Vec<LeftOut>,
    },
    /// Balancing of a fold.
    #[error("fold {fold}{}: {cause}", label.as_ref().map(|label| format!(", {label}")).unwrap_or_default())]
    Balance {
        /// Name of the fold.
        fold: String,
        /// Name of the class that has too few rows.
        label: Option<String>,
        /// What it lacks.
        cause: BalanceError,
    },
    /// Training or prediction of a fold.
    #[error("fold {fold}, seed {seed}: {cause}")]
    Model {
        /// Name of the fold.
        fold: String,
        /// The seed.
        seed: u64,
        /// What went wrong.
        cause: ModelError,
    },
    /// A bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// Members of a fusion that did not test the same clips in the same folds.
    #[error("member {member} did not test clip {clip} in fold {fold}, as the first member did; members must use the same clips and folds")]
    Fusion {
        /// The member.
        member: String,
        /// The first clip that it lacks.
        clip: String,
        /// The fold it was looked for in.
        fold: String,
    },
    /// Scores.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// The run folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread pool or another resource of the system.
    #[error("the system refused: {0}")]
    System(String),
    /// The user ended it.
    #[error("interrupted; the same command goes on from here")]
    Interrupted,
}

/// The first few clips, a line each.
fn list(clips: &[LeftOut]) -> String {
    const SHOWN: usize = 10;
    let mut text: String = clips.iter().take(SHOWN).map(|left| format!("\n  {}: {}", left.clip, left.cause)).collect();
    if clips.len() > SHOWN {
        text.push_str(&format!("\n  ... and {} more", clips.len() - SHOWN));
    }
    text
}
