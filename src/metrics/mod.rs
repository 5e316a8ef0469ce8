//! Scores equal to scikit-learn's, with intervals.

mod predictions;

pub use predictions::Predictions;
