//! The `[normalise]` section: bringing columns to zero mean and unit deviation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The `[normalise]` section of the experiment file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NormaliseSettings {
    /// Over what mean and deviation are taken.
    pub over: Normalise,
}

/// Over what mean and deviation of each column are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Normalise {
    /// Values stay as they are.
    None,
    /// Over all frames of the training rows.
    Corpus,
    /// Over all frames of each speaker, test speakers included: it reads their unlabelled clips, and the report says so.
    Speaker,
    /// Over the frames of each clip.
    Clip,
}

/// Mean and deviation of each column, fitted on training rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Normaliser {
    /// A mean a column.
    pub mean: Vec<f32>,
    /// A deviation a column; 1 where a column does not vary.
    pub deviation: Vec<f32>,
}
