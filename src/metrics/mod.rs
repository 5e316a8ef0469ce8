//! Scores equal to scikit-learn's, with intervals.
//!
//! [`ConfusionMatrix`] counts, [`Scores`] scores, [`Predictions`] is the table of predictions and [`ScoreTable`] the table of scores made
//! from it, with bootstrap intervals over speakers. [`Pairing`] and [`mcnemar()`] compare two. Where a ratio has nothing to divide by, the rule is written at the score.

mod bootstrap;
mod confusion;
mod ensemble;
mod error;
mod frame;
mod mcnemar;
mod paired;
mod predictions;
mod probability;
mod requirement;
mod score_table;
mod scores;
mod tally;

pub use bootstrap::BootstrapSettings;
pub use confusion::ConfusionMatrix;
pub use ensemble::ensemble;
pub use error::MetricsError;
pub use mcnemar::{McNemar, mcnemar};
pub use paired::{PairedClip, PairedDifference, Pairing};
pub use predictions::{PredictionRow, Predictions};
pub use probability::{argmax, class_auc, log_loss};
pub use requirement::{Requirement, RequirementError};
pub use score_table::{Scope, ScoreRow, ScoreTable, score_table};
pub use scores::{CLASS_METRICS, ClassScores, METRICS, Scores};
