//! Counts of truth against prediction, and every score that follows from counts alone.

use serde::{Deserialize, Serialize};

use super::MetricsError;

/// Counts of truth against prediction: rows are the truth, columns the prediction, as scikit-learn's `confusion_matrix`.
///
/// Zero-division rule: a ratio with nothing to divide by is 0 (scikit-learn's `zero_division="warn"`), and means over classes leave out
/// what scikit-learn leaves out; each method says what that is. Over no rows at all, accuracy and means are NaN.
///
/// ```
/// use intone::metrics::ConfusionMatrix;
/// let matrix = ConfusionMatrix::from_pairs(&[0, 0, 1, 1], &[0, 1, 1, 1], 2)?;
/// assert_eq!(matrix.row(0), [1, 1]);
/// assert_eq!(matrix.uar(), 0.75);
/// # Ok::<(), intone::metrics::MetricsError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    classes: usize,
    /// Row by row.
    counts: Vec<u64>,
}

impl ConfusionMatrix {
    /// No counts yet.
    pub fn new(classes: usize) -> Self {
        Self { classes, counts: vec![0; classes * classes] }
    }

    /// Counts pairs of class indices.
    ///
    /// # Errors
    /// Slices of different length, or an index that is not below `classes`.
    pub fn from_pairs(truth: &[usize], predicted: &[usize], classes: usize) -> Result<Self, MetricsError> {
        if truth.len() != predicted.len() {
            return Err(MetricsError::Lengths { truth: truth.len(), predicted: predicted.len() });
        }
        let mut matrix = Self::new(classes);
        for (row, (&truth, &predicted)) in truth.iter().zip(predicted).enumerate() {
            if let Some(&class) = [truth, predicted].iter().find(|&&class| class >= classes) {
                return Err(MetricsError::Class { row, class, classes });
            }
            matrix.counts[truth * classes + predicted] += 1;
        }
        Ok(matrix)
    }

    /// Adds the counts of a matrix over the same classes, `times` times.
    pub(super) fn add(&mut self, other: &Self, times: u64) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more * times;
        }
    }

    /// Adds one pair of class indices below [`classes`](Self::classes).
    pub(crate) fn count_pair(&mut self, truth: usize, predicted: usize) {
        self.counts[truth * self.classes + predicted] += 1;
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Counts of the rows whose truth is `truth`, by predicted class; empty for an index that no class has.
    pub fn row(&self, truth: usize) -> &[u64] {
        self.counts.chunks(self.classes.max(1)).nth(truth).unwrap_or(&[])
    }

    /// Percent of each true class by predicted class; rows of absent classes are 0.
    pub fn row_percent(&self) -> Vec<Vec<f64>> {
        (0..self.classes)
            .map(|truth| {
                let support = self.support(truth);
                self.row(truth).iter().map(|&count| 100.0 * ratio(count, support)).collect()
            })
            .collect()
    }

    /// Rows counted.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Rows predicted right.
    pub fn correct(&self) -> u64 {
        (0..self.classes).map(|class| self.hits(class)).sum()
    }

    /// Rows of `class` that were predicted right.
    fn hits(&self, class: usize) -> u64 {
        self.row(class).get(class).copied().unwrap_or(0)
    }

    /// Rows whose truth is `class`.
    pub fn support(&self, class: usize) -> u64 {
        self.row(class).iter().sum()
    }

    /// Rows predicted as `class`.
    pub fn predicted(&self, class: usize) -> u64 {
        (0..self.classes).filter_map(|truth| self.row(truth).get(class)).sum()
    }

    /// Part of all rows that was predicted right.
    pub fn accuracy(&self) -> f64 {
        self.correct() as f64 / self.total() as f64
    }

    /// Part of the rows of `class` that was predicted right; 0 where it has none.
    pub fn recall(&self, class: usize) -> f64 {
        ratio(self.hits(class), self.support(class))
    }

    /// Part of the rows predicted as `class` that are of it; 0 where there are none.
    pub fn precision(&self, class: usize) -> f64 {
        ratio(self.hits(class), self.predicted(class))
    }

    /// Harmonic mean of precision and recall, `2 TP / (2 TP + FP + FN)`; 0 where the class is neither true nor predicted.
    pub fn f1(&self, class: usize) -> f64 {
        ratio(2 * self.hits(class), self.support(class) + self.predicted(class))
    }

    /// Accuracy of "`class` or not": true positives and true negatives over all rows.
    pub fn ovr_accuracy(&self, class: usize) -> f64 {
        let total = self.total();
        let missed = self.support(class) - self.hits(class);
        let wrong = self.predicted(class) - self.hits(class);
        (total - missed - wrong) as f64 / total as f64
    }

    /// Unweighted average recall: the mean of the recalls of the classes that are in the truth (scikit-learn's
    /// `balanced_accuracy_score`).
    pub fn uar(&self) -> f64 {
        mean((0..self.classes).filter(|&class| self.support(class) > 0).map(|class| self.recall(class)))
    }

    /// Mean of the F1 of the classes that are true or predicted somewhere (scikit-learn's `f1_score(average="macro")`).
    pub fn macro_f1(&self) -> f64 {
        mean((0..self.classes).filter(|&class| self.support(class) + self.predicted(class) > 0).map(|class| self.f1(class)))
    }

    /// Mean of the F1 of the classes, weighted by support (scikit-learn's `f1_score(average="weighted")`).
    pub fn weighted_f1(&self) -> f64 {
        let sum: f64 = (0..self.classes).map(|class| self.f1(class) * self.support(class) as f64).sum();
        sum / self.total() as f64
    }
}

/// `part / whole`; 0 where there is no whole.
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Arithmetic mean; NaN of nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    sum / f64::from(count)
}
