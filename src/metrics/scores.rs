//! All scores of one set of predictions.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{ConfusionMatrix, MetricsError, argmax, class_auc, log_loss};

/// Names of the scores of a whole set of predictions, in the order of tables.
pub const METRICS: [&str; 6] = ["uar", "accuracy", "macro_f1", "weighted_f1", "log_loss", "auc"];

/// Names of the scores of one class, in the order of tables.
pub const CLASS_METRICS: [&str; 5] = ["precision", "recall", "f1", "support", "ovr_accuracy"];

/// Scores of one set of predictions, equal to scikit-learn's.
///
/// What is not defined is NaN: everything over no rows, log-loss and AUC without probabilities, and AUC where a class is absent from the
/// truth (or alone in it). Per-class ratios with nothing to divide by are 0; see [`ConfusionMatrix`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Rows scored.
    pub rows: u64,
    /// Unweighted average recall, over the classes that are in the truth.
    pub uar: f64,
    /// Part of the rows predicted right.
    pub accuracy: f64,
    /// Mean F1 of the classes that are true or predicted somewhere.
    pub macro_f1: f64,
    /// Mean F1, weighted by support.
    pub weighted_f1: f64,
    /// Mean of `-ln p(truth)`, nats.
    pub log_loss: f64,
    /// Mean over the classes of the area under the ROC curve, one versus rest.
    pub auc: f64,
    /// Scores of each class, in class order.
    pub classes: Vec<ClassScores>,
}

/// Scores of one class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassScores {
    /// Part of the rows predicted as the class that are of it.
    pub precision: f64,
    /// Part of the rows of the class that was found.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
    /// Rows of the class.
    pub support: u64,
    /// Accuracy of "this class or not".
    pub ovr_accuracy: f64,
}

impl Scores {
    /// Scores that follow from counts; log-loss and AUC are NaN.
    pub fn from_confusion(matrix: &ConfusionMatrix) -> Self {
        let classes = (0..matrix.classes())
            .map(|class| ClassScores {
                precision: matrix.precision(class),
                recall: matrix.recall(class),
                f1: matrix.f1(class),
                support: matrix.support(class),
                ovr_accuracy: matrix.ovr_accuracy(class),
            })
            .collect();
        Self {
            rows: matrix.total(),
            uar: matrix.uar(),
            accuracy: matrix.accuracy(),
            macro_f1: matrix.macro_f1(),
            weighted_f1: matrix.weighted_f1(),
            log_loss: f64::NAN,
            auc: f64::NAN,
            classes,
        }
    }

    /// All scores; `probabilities` is `(rows, classes)`, and the most probable class (of equal ones the lowest) is the prediction.
    ///
    /// # Errors
    /// A number of rows other than that of `truth`, or a class index without a column.
    pub fn from_probabilities(truth: &[usize], probabilities: &Array2<f64>) -> Result<Self, MetricsError> {
        let classes = probabilities.ncols();
        let predicted: Vec<usize> = probabilities.rows().into_iter().map(|row| argmax(&row.to_vec())).collect();
        let mut scores = Self::from_confusion(&ConfusionMatrix::from_pairs(truth, &predicted, classes)?);
        scores.log_loss = log_loss(truth, probabilities)?;
        let areas = (0..classes).map(|class| class_auc(truth, probabilities, class)).collect::<Result<Vec<_>, _>>()?;
        scores.auc = macro_auc(&areas);
        Ok(scores)
    }

    /// Values in the order of [`METRICS`].
    pub fn values(&self) -> [f64; 6] {
        [self.uar, self.accuracy, self.macro_f1, self.weighted_f1, self.log_loss, self.auc]
    }
}

impl ClassScores {
    /// Values in the order of [`CLASS_METRICS`].
    pub fn values(&self) -> [f64; 5] {
        [self.precision, self.recall, self.f1, self.support as f64, self.ovr_accuracy]
    }
}

/// Mean of the classes' areas; NaN where one is not defined.
pub(super) fn macro_auc(areas: &[Option<f64>]) -> f64 {
    areas.iter().map(|area| area.unwrap_or(f64::NAN)).sum::<f64>() / areas.len() as f64
}
