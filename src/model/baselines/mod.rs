//! Baselines over one vector a clip, fitted through linfa.
//!
//! linfa fits; what it found is kept in plain structures of `f32` that are stored as JSON and read back to the bit, and that predict in
//! `f64`. Scores are never taken from linfa (its precision and recall are swapped); see [`metrics`](crate::metrics).

mod baseline;
mod checks;
mod fisher;
mod forest;
mod input;
mod knn;
mod linear;
mod logistic;
mod mixture;
mod ridge;
mod softmax;
mod svm;
mod tree;

pub use baseline::Baseline;
pub use logistic::Unconverged;
