//! The `[balance]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::settings::InvalidSetting;

/// What is done about classes of different size, on training rows only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BalanceSettings {
    /// How rows are added or left out.
    pub method: BalanceMethod,
    /// SMOTE, borderline-SMOTE, ADASYN: neighbours within the class that a new row may be drawn towards; ADASYN also weighs a row by as
    /// many neighbours of any class.
    pub k_neighbours: usize,
    /// Borderline-SMOTE: neighbours of any class that tell whether a row is at a border.
    pub m_neighbours: usize,
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
    /// SMOTE from rows at a border between classes only (Han et al. 2005, borderline-1), equal to imbalanced-learn's.
    BorderlineSmote,
    /// Adaptive synthetic sampling (He et al. 2008): more rows where other classes are near, equal to imbalanced-learn's.
    Adasyn,
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

impl BalanceMethod {
    /// As the experiment file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Smote => "smote",
            Self::BorderlineSmote => "borderline-smote",
            Self::Adasyn => "adasyn",
            Self::RandomOver => "random-over",
            Self::RandomUnder => "random-under",
        }
    }

    /// Whether it makes synthetic rows, which takes neighbours.
    pub fn makes_rows(self) -> bool {
        matches!(self, Self::Smote | Self::BorderlineSmote | Self::Adasyn)
    }
}

impl BalanceSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// No neighbours for a method that needs them.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        let method = self.method.name();
        if self.method.makes_rows() && self.k_neighbours == 0 {
            return Err(InvalidSetting::new("balance.k_neighbours", format!("is 0; {method} needs at least 1 neighbour, usually 5")));
        }
        if self.method == BalanceMethod::BorderlineSmote && self.m_neighbours == 0 {
            return Err(InvalidSetting::new("balance.m_neighbours", format!("is 0; {method} needs at least 1 neighbour, usually 10")));
        }
        Ok(())
    }
}
