//! librosa-equal features, planned into one pass over the frames of a clip.

mod matrix;
mod settings;

pub use matrix::FeatureMatrix;
pub use settings::{FeatureSet, FeatureSettings, Tuning, Window};
