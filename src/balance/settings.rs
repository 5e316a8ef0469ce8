//! The `[balance]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::settings::InvalidSetting;

/// What is done about classes of different size, on training rows only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BalanceSettings {
    /// How rows are added or left out.
    pub method: BalanceMethod,
    /// SMOTE: neighbours within the class that a new row may be drawn towards.
    pub k_neighbours: usize,
    /// How classes weigh in the loss.
    pub class_weights: ClassWeights,
}

/// How rows are added or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BalanceMethod {
    /// Rows stay as they are.
    None,
    /// Synthetic minority over-sampling (Chawla et al. 2002), equal to imbalanced-learn's.
    Smote,
    /// Rows of small classes are repeated at random.
    RandomOver,
    /// Rows of large classes are left out at random.
    RandomUnder,
}

/// How classes weigh in the loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClassWeights {
    /// Every row weighs the same.
    None,
    /// `n / (classes * count)`, as scikit-learn's `compute_class_weight("balanced")`.
    Balanced,
}

impl BalanceSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// No neighbours for SMOTE.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        if self.method == BalanceMethod::Smote && self.k_neighbours == 0 {
            return Err(InvalidSetting::new("balance.k_neighbours", "is 0; smote needs at least 1 neighbour, usually 5"));
        }
        Ok(())
    }

    /// Whether small classes count twice: rows are resampled and classes weighted. Allowed, for the sake of repeating what others did, but
    /// worth a warning; see [`balance`](super).
    pub fn balances_twice(&self) -> bool {
        self.method != BalanceMethod::None && self.class_weights != ClassWeights::None
    }
}
