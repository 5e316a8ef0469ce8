//! Checks of the `[training]` section.

use super::settings::{FocalAlpha, TrainingSettings};
use crate::settings::InvalidSetting;

impl TrainingSettings {
    /// Whether every value can be used.
    ///
    /// # Errors
    /// The first key whose value cannot.
    pub fn check(&self) -> Result<(), InvalidSetting> {
        for (key, value) in
            [("epochs", self.epochs), ("batch_size", self.batch_size), ("seeds", self.seeds), ("shards", self.shards)]
        {
            if value == 0 {
                return Err(InvalidSetting::new(format!("training.{key}"), "is 0; it must be at least 1"));
            }
        }
        let at_least_zero = |value: f64| value >= 0.0 && value.is_finite();
        let part = |value: f64| (0.0..1.0).contains(&value);
        let alpha_fits = match &self.focal_alpha {
            FocalAlpha::Uniform(alpha) => *alpha > 0.0 && alpha.is_finite(),
            FocalAlpha::PerClass(alpha) => !alpha.is_empty() && alpha.iter().all(|alpha| *alpha > 0.0 && alpha.is_finite()),
        };
        let checks = [
            ("learning_rate", self.learning_rate > 0.0 && self.learning_rate.is_finite(), self.learning_rate, "above 0"),
            ("weight_decay", at_least_zero(self.weight_decay), self.weight_decay, "0 or more"),
            ("warmup", (0.0..=1.0).contains(&self.warmup), self.warmup, "from 0 to 1"),
            ("clip_norm", at_least_zero(self.clip_norm), self.clip_norm, "0 or more"),
            ("focal_gamma", at_least_zero(self.focal_gamma), self.focal_gamma, "0 or more"),
            ("label_smoothing", part(self.label_smoothing), self.label_smoothing, "from 0 to below 1"),
            ("ema", part(self.ema), self.ema, "from 0 to below 1"),
        ];
        for (key, fits, value, wanted) in checks {
            if !fits {
                return Err(InvalidSetting::new(format!("training.{key}"), format!("is {value}; it must be {wanted}")));
            }
        }
        if !alpha_fits {
            return Err(InvalidSetting::new("training.focal_alpha", "must be a number above 0, or a list with one a class"));
        }
        Ok(())
    }
}
