//! Checks of the settings of baselines.

use crate::model::{ForestSettings, KnnSettings, LogisticSettings, RidgeSettings, SvmSettings};
use crate::settings::InvalidSetting;

impl SvmSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        positive("model.svm.c", self.c)?;
        not_negative("model.svm.gamma", self.gamma, "0 stands for 1 / (columns * variance)")
    }
}

impl LogisticSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        not_negative("model.logistic.alpha", self.alpha, "0 stands for no penalty")?;
        at_least_one("model.logistic.max_iterations", self.max_iterations)
    }
}

impl RidgeSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        positive("model.ridge.alpha", self.alpha)?;
        positive("model.ridge.temperature", self.temperature)
    }
}

impl ForestSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        at_least_one("model.random-forest.trees", self.trees as u64)?;
        if !(0.0..=1.0).contains(&self.feature_part) {
            return Err(InvalidSetting::new(
                "model.random-forest.feature_part",
                format!("is {}; it is a part, from 0 (the square root of the columns) to 1", self.feature_part),
            ));
        }
        Ok(())
    }
}

impl KnnSettings {
    /// Checks the values.
    ///
    /// # Errors
    /// The first that cannot be used.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        at_least_one("model.knn.k", self.k as u64)
    }
}

fn positive(key: &str, value: f64) -> Result<(), InvalidSetting> {
    if value.is_finite() && value > 0.0 {
        return Ok(());
    }
    Err(InvalidSetting::new(key, format!("is {value}; it must be a number above 0")))
}

fn not_negative(key: &str, value: f64, zero: &str) -> Result<(), InvalidSetting> {
    if value.is_finite() && value >= 0.0 {
        return Ok(());
    }
    Err(InvalidSetting::new(key, format!("is {value}; it must be a number, at least 0 ({zero})")))
}

fn at_least_one(key: &str, value: u64) -> Result<(), InvalidSetting> {
    if value >= 1 {
        return Ok(());
    }
    Err(InvalidSetting::new(key, "is 0; it must be at least 1"))
}
