//! Class imbalance: resampling of training rows, and class weights.

mod settings;

pub use settings::{BalanceMethod, BalanceSettings, ClassWeights};
