//! Features, labels and speakers together, and the types that keep training and test rows apart.
//!
//! Only a [`TrainingSet`] can be fitted on, and only [`Dataset::training`] makes one, from a fold's
//! [`TrainRows`](crate::corpus::splits::TrainRows): leakage does not compile.

pub mod normalise;
mod pipeline;
mod rows;
mod waves;

pub use normalise::{Normalise, NormaliseSettings, Normaliser, Scale};
pub use pipeline::{Aggregate, FeaturePipeline, PrepareError};
pub use rows::{Dataset, Example, TestSet, TrainingSet, ValidationSet};
pub use waves::{Remeasure, VaryError, Waves};
