//! Scores of probabilities: log-loss and the area under the ROC curve.

use ndarray::{Array2, ArrayView1};

use super::MetricsError;

/// Index of the largest value; of equal ones the lowest. 0 of nothing.
pub fn argmax(values: &[f64]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = index;
        }
    }
    best
}

/// Mean of `-ln p(truth)`, with each probability clipped to `[2^-52, 1 - 2^-52]`, as scikit-learn's `log_loss`; NaN of no rows.
///
/// `probabilities` is `(rows, classes)`.
///
/// # Errors
/// A number of rows other than that of `truth`, or a class index without a column.
pub fn log_loss(truth: &[usize], probabilities: &Array2<f64>) -> Result<f64, MetricsError> {
    check_shape(truth, probabilities)?;
    let sum: f64 = truth.iter().zip(probabilities.rows()).map(|(&class, row)| surprise(row[class])).sum();
    Ok(sum / truth.len() as f64)
}

/// `-ln p`, clipped as scikit-learn does.
pub(super) fn surprise(probability: f64) -> f64 {
    -probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON).ln()
}

/// Area under the ROC curve of "`class` or not" by the probability of `class`; equal probabilities count half. `None` where no row or
/// every row is of the class (scikit-learn's `roc_auc_score` warns and gives NaN there).
///
/// # Errors
/// As [`log_loss`], and a `class` without a column.
pub fn class_auc(truth: &[usize], probabilities: &Array2<f64>, class: usize) -> Result<Option<f64>, MetricsError> {
    check_shape(truth, probabilities)?;
    if class >= probabilities.ncols() {
        return Err(MetricsError::Class { row: 0, class, classes: probabilities.ncols() });
    }
    let ranking = Ranking::new(truth, probabilities.column(class), class);
    Ok(ranking.auc(|_| 1))
}

pub(super) fn check_shape(truth: &[usize], probabilities: &Array2<f64>) -> Result<(), MetricsError> {
    let (rows, classes) = probabilities.dim();
    if truth.len() != rows {
        return Err(MetricsError::Lengths { truth: truth.len(), predicted: rows });
    }
    match truth.iter().enumerate().find(|&(_, &class)| class >= classes) {
        Some((row, &class)) => Err(MetricsError::Class { row, class, classes }),
        None => Ok(()),
    }
}

/// Rows in the order of their probability of one class, sorted once and scored under many weightings.
#[derive(Debug, Clone)]
pub(super) struct Ranking {
    rows: Vec<Ranked>,
}

#[derive(Debug, Clone)]
struct Ranked {
    /// Index of the row.
    row: usize,
    /// The row is of the class.
    positive: bool,
    /// Its probability is above that of the row before.
    above: bool,
}

impl Ranking {
    /// Sorts the rows by `scores`; all slices have the same length.
    pub fn new(truth: &[usize], scores: ArrayView1<f64>, class: usize) -> Self {
        let mut order: Vec<usize> = (0..truth.len()).collect();
        order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        let mut last = None;
        let rows = order
            .into_iter()
            .map(|row| {
                let above = last.is_some_and(|last| scores[row] > last);
                last = Some(scores[row]);
                Ranked { row, positive: truth[row] == class, above }
            })
            .collect();
        Self { rows }
    }

    /// The area, where row `r` counts `weight(r)` times; `None` where positives or negatives weigh nothing.
    pub fn auc(&self, weight: impl Fn(usize) -> u32) -> Option<f64> {
        // Pairs (positive above negative) count 2 and ties 1, so that everything stays a whole number.
        let (mut pairs, mut below) = (0_u64, 0_u64);
        let (mut tied_positive, mut tied_negative) = (0_u64, 0_u64);
        let (mut positives, mut negatives) = (0_u64, 0_u64);
        for ranked in &self.rows {
            if ranked.above {
                pairs += tied_positive * (2 * below + tied_negative);
                below += tied_negative;
                (tied_positive, tied_negative) = (0, 0);
            }
            let weight = u64::from(weight(ranked.row));
            if ranked.positive {
                tied_positive += weight;
                positives += weight;
            } else {
                tied_negative += weight;
                negatives += weight;
            }
        }
        pairs += tied_positive * (2 * below + tied_negative);
        (positives > 0 && negatives > 0).then(|| pairs as f64 / (2 * positives * negatives) as f64)
    }
}
