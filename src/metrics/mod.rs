//! Scores equal to scikit-learn's, with intervals.
//!
//! [`ConfusionMatrix`] counts, [`Scores`] scores, [`Predictions`] is the table of predictions and [`ScoreTable`] the table of scores made
//! from it, with bootstrap intervals over speakers. [`Calibration`] and [`RiskCoverage`] say what its probabilities are worth, [`Pairing`]
//! and [`mcnemar()`] compare two. Where a ratio has nothing to divide by, the rule is written at the score.

mod bootstrap;
mod calibration;
mod confusion;
mod coverage;
mod ensemble;
mod error;
mod frame;
mod mcnemar;
mod paired;
mod predictions;
mod probability;
mod projection;
mod requirement;
mod score_table;
mod scores;
mod sure_errors;
mod tally;

pub use bootstrap::BootstrapSettings;
pub use calibration::{Calibration, RELIABILITY_BINS, ReliabilityBin, TEMPERATURES, fit_temperature, reliability, with_temperature};
pub use confusion::ConfusionMatrix;
pub use coverage::{CoveragePoint, RiskCoverage};
pub use ensemble::ensemble;
pub use error::MetricsError;
pub use mcnemar::{McNemar, mcnemar};
pub use paired::{PairedClip, PairedDifference, Pairing};
pub use predictions::{PredictionRow, Predictions};
pub use probability::{argmax, class_auc, log_loss};
pub use projection::{Projection, principal_plane};
pub use requirement::{Requirement, RequirementError};
pub use score_table::{Attribute, MOST_GROUPS, Scope, ScoreRow, ScoreTable, score_table};
pub use scores::{CLASS_METRICS, ClassScores, METRICS, Scores};
pub use sure_errors::sure_errors;
