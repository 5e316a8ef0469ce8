//! The confusion matrix, counted from the predictions.

use std::collections::{BTreeSet, HashMap};

use super::rows::Tested;
use crate::report::error::ReportError;
use crate::report::format::{list, plural, whole_percent};

/// Confusions named in the text.
const NAMED: usize = 3;

/// Predictions by true and predicted label, pooled over folds and summed over seeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confusion {
    /// Labels in class order.
    pub labels: Vec<String>,
    /// Rows are the truth, columns the prediction.
    pub counts: Vec<Vec<u64>>,
    /// How many seeds were summed.
    pub seeds: usize,
}

impl Confusion {
    pub(super) fn count(labels: &[String], tested: &[Tested]) -> Result<Self, ReportError> {
        let index: HashMap<&str, usize> = labels.iter().enumerate().map(|(i, label)| (label.as_str(), i)).collect();
        let find = |label: &str| index.get(label).copied().ok_or_else(|| ReportError::UnknownLabel { label: label.to_owned() });
        let mut counts = vec![vec![0; labels.len()]; labels.len()];
        let mut seeds = BTreeSet::new();
        for row in tested {
            counts[find(&row.truth)?][find(&row.predicted)?] += 1;
            seeds.insert(row.seed);
        }
        Ok(Self { labels: labels.to_vec(), counts, seeds: seeds.len() })
    }

    /// All predictions.
    pub(crate) fn total(&self) -> u64 {
        self.counts.iter().flatten().sum()
    }

    /// Predictions of clips that are of class `row`.
    pub(crate) fn row_total(&self, row: usize) -> u64 {
        self.counts[row].iter().sum()
    }

    /// Part of the row, 0 to 1; 0 for a class that was never tested.
    pub(crate) fn share(&self, row: usize, column: usize) -> f64 {
        match self.row_total(row) {
            0 => 0.0,
            total => self.counts[row][column] as f64 / total as f64,
        }
    }

    /// UAR of guessing: one over the number of classes that were tested.
    pub(super) fn chance(&self) -> Option<f64> {
        let tested = (0..self.labels.len()).filter(|&row| self.row_total(row) > 0).count();
        (tested > 0).then(|| 1.0 / tested as f64)
    }

    /// "neutral 71%, calm 58%, ...": for readers who do not see the picture.
    pub(crate) fn recalls_in_words(&self) -> String {
        let recalls: Vec<String> =
            self.labels.iter().enumerate().map(|(i, label)| format!("{label} {}", whole_percent(self.share(i, i)))).collect();
        if recalls.is_empty() { String::new() } else { format!("Recognised: {}.", list(&recalls)) }
    }

    /// How the counts come about.
    pub(crate) fn pooling(&self) -> String {
        let all = plural(usize::try_from(self.total()).unwrap_or(usize::MAX), "prediction");
        match self.seeds {
            0 | 1 => format!("{all}, pooled over folds"),
            seeds => format!("{all}, pooled over folds and summed over {seeds} seeds, so each clip counts {seeds} times"),
        }
    }

    /// The most frequent confusions, as a sentence; `None` where there is no error.
    pub(crate) fn most_frequent(&self) -> Option<String> {
        let n = self.labels.len();
        let mut errors: Vec<(f64, usize, usize)> = (0..n)
            .flat_map(|row| (0..n).map(move |column| (row, column)))
            .filter(|&(row, column)| row != column && self.counts[row][column] > 0)
            .map(|(row, column)| (self.share(row, column), row, column))
            .collect();
        errors.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let named: Vec<String> = errors
            .iter()
            .take(NAMED)
            .map(|&(share, row, column)| format!("{} taken for {} ({})", self.labels[row], self.labels[column], whole_percent(share)))
            .collect();
        (!named.is_empty()).then(|| format!("Most frequent confusions: {}.", list(&named)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(pairs: &[(&str, &str)]) -> Vec<Tested> {
        let row = |&(truth, predicted): &(&str, &str)| Tested {
            clip: "c".to_owned(),
            speaker: "s".to_owned(),
            fold: "1".to_owned(),
            seed: 1,
            truth: truth.to_owned(),
            predicted: predicted.to_owned(),
        };
        pairs.iter().map(row).collect()
    }

    #[test]
    fn rows_are_the_truth() {
        let labels = ["a", "b", "c"].map(str::to_owned);
        let matrix = Confusion::count(&labels, &tested(&[("a", "a"), ("a", "b"), ("b", "b"), ("a", "a"), ("a", "b")])).unwrap();
        assert_eq!(matrix.counts, [[2, 2, 0], [0, 1, 0], [0, 0, 0]]);
        assert_eq!(matrix.share(0, 1), 0.5);
        assert_eq!(matrix.share(2, 2), 0.0);
        assert_eq!(matrix.chance(), Some(0.5), "c was never tested");
        assert_eq!(matrix.most_frequent().as_deref(), Some("Most frequent confusions: a taken for b (50%)."));
    }

    #[test]
    fn a_label_from_nowhere_is_an_error() {
        let error = Confusion::count(&["a".to_owned()], &tested(&[("a", "z")])).unwrap_err();
        assert!(error.to_string().contains("`z`"));
    }

    #[test]
    fn without_predictions_nothing_is_claimed() {
        let matrix = Confusion::count(&["a".to_owned()], &[]).unwrap();
        assert_eq!((matrix.total(), matrix.chance(), matrix.most_frequent()), (0, None, None));
    }
}
