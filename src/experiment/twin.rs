//! The leaky twin: the same model on a random split, to show how many points of such a score are the speakers.
//!
//! `report.leaky_twin = true` trains and tests every seed once more, on as many folds as the honest protocol has, but with clips dealt at
//! random within each label: every clip is tested once, with as many clips to train on, and its speaker is heard in training. Both scores
//! are then over the same clips. The twin's predictions go to `leaky.parquet` and nowhere else.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::config::Config;
use super::error::RunError;
use super::material::Material;
use crate::corpus::splits::{Fold, random_folds};
use crate::metrics::{BootstrapSettings, Pairing, Predictions};

/// The file of the run folder with the twin's predictions.
pub const LEAKY: &str = "leaky.parquet";

/// UAR of both splits over the same clips.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TwinScore {
    /// Clips that both test.
    pub clips: usize,
    /// Folds of the random split.
    pub folds: usize,
    /// Seeds of each.
    pub seeds: usize,
    /// UAR of the run.
    pub honest: f64,
    /// UAR on the random split.
    pub leaky: f64,
    /// Lower end of the 95 % interval of `leaky - honest` over speakers, by a paired bootstrap; `None` with fewer than two speakers.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// The folds of the random split; none where the experiment does not ask for it.
///
/// # Errors
/// Too few clips to fill the parts.
pub fn folds(config: &Config, material: &Material) -> Result<Vec<Fold>, RunError> {
    if !config.report.leaky_twin {
        return Ok(Vec::new());
    }
    Ok(random_folds(&material.corpus, material.folds.folds.len(), config.split.validation, config.seed)?)
}

/// The settings of the twin's parts: a model of a fold that has heard everybody is not worth keeping or looking into.
pub fn settings(config: &Config) -> Config {
    let mut settings = config.clone();
    settings.model.save_folds = false;
    settings.report.importance = 0;
    settings
}

/// Scores the twin beside the run.
///
/// # Errors
/// Predictions of other clips.
pub fn score(config: &Config, honest: &Predictions, leaky: &Predictions) -> Result<TwinScore, RunError> {
    let pairing = Pairing::new(honest, leaky)?;
    let folds: BTreeSet<String> = leaky.folds()?.into_iter().collect();
    let differences = pairing.differences(BootstrapSettings { resamples: config.report.bootstrap, seed: config.seed });
    let finite = |value: f64| value.is_finite().then_some(value);
    let uar = differences.iter().find(|difference| difference.metric == "uar");
    let value = |of: fn(&crate::metrics::PairedDifference) -> f64| uar.map_or(f64::NAN, of);
    Ok(TwinScore {
        clips: pairing.clips,
        folds: folds.len(),
        seeds: config.training.seeds,
        honest: value(|uar| uar.first),
        leaky: value(|uar| uar.second),
        low: finite(value(|uar| uar.low)),
        high: finite(value(|uar| uar.high)),
    })
}
