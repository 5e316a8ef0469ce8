//! The `[sweep]` section of the experiment file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::settings::InvalidSetting;

/// Many runs from one experiment file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SweepSettings {
    /// Which runs.
    pub method: SweepMethod,
    /// `random`: how many combinations are drawn. `successive-halving`: how many begin; 0 = every combination.
    pub samples: usize,
    /// `successive-halving`: epochs of the first rung; the last has `training.epochs`.
    pub min_epochs: usize,
    /// `successive-halving`: from rung to rung, epochs are multiplied and runs are divided by this.
    pub reduction: usize,
    /// `ablation`: the parts that are turned off; empty = all that the file turns on.
    pub parts: Vec<String>,
    /// `ablation`: also each part without the others, and none of them.
    pub alone: bool,
    /// The keys that vary.
    #[serde(default)]
    pub over: BTreeMap<String, OverSettings>,
}

/// What a key takes in turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OverSettings {
    /// Its values, one a run.
    Values(Vec<serde_json::Value>),
    /// Numbers between two bounds (`random`, and `successive-halving` with `samples`).
    Range(Range),
}

/// Numbers between two bounds; whole ones where both bounds are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The lowest.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// Drawn evenly on a logarithmic scale.
    #[serde(default)]
    pub log: bool,
    /// Whole numbers only.
    #[serde(skip)]
    pub whole: bool,
}

/// Which runs a sweep has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SweepMethod {
    /// Every combination of the values.
    Grid,
    /// Combinations drawn at random.
    Random,
    /// Many runs of few epochs, of which the best go on to more (Jamieson & Talwalkar 2016).
    SuccessiveHalving,
    /// The experiment, and the experiment without each of its parts.
    Ablation,
}

impl SweepMethod {
    /// As the experiment file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Random => "random",
            Self::SuccessiveHalving => "successive-halving",
            Self::Ablation => "ablation",
        }
    }

    /// Whether one of the runs is chosen in the end.
    pub fn chooses(self) -> bool {
        self != Self::Ablation
    }
}

impl SweepSettings {
    /// Checks the values that do not depend on the keys.
    ///
    /// # Errors
    /// The first value that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        if self.method == SweepMethod::Random && self.samples == 0 {
            return Err(InvalidSetting::new("sweep.samples", "is 0; a random sweep needs the number of combinations to draw, such as 20"));
        }
        if self.min_epochs == 0 {
            return Err(InvalidSetting::new("sweep.min_epochs", "is 0; the first rung needs at least 1 epoch"));
        }
        if self.reduction < 2 {
            return Err(InvalidSetting::new("sweep.reduction", format!("is {}; it must be at least 2, usually 3", self.reduction)));
        }
        Ok(())
    }
}
