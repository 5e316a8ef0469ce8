//! The `[augment]` section of the experiment file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What training rows are varied by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AugmentSettings {
    /// Speed factors (resampling: pitch and tempo change together) of which each training clip gets a copy; an epoch draws one of the
    /// copies or the clip itself. Empty = none.
    pub speed: Vec<f32>,
    /// SpecAugment (Park et al. 2019): how many time masks a row and epoch.
    pub time_masks: usize,
    /// Longest time mask, as a part of the row's frames, 0 to 1.
    pub time_mask_part: f32,
    /// SpecAugment: how many masks over neighbouring columns.
    pub frequency_masks: usize,
    /// Widest frequency mask, columns.
    pub frequency_mask_width: usize,
    /// Deviation of Gaussian noise added to normalised features; 0 = none.
    pub feature_noise: f32,
    /// Mixup (Zhang et al. 2018): alpha of the Beta distribution; 0 = none.
    pub mixup: f32,
}
