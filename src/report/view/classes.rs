//! Scores of each class.

use super::scores::ScoreTable;
use crate::report::format::{NOT_AVAILABLE, count, points};

/// Metrics with a column each, after the support: key and heading.
pub(crate) const CLASS_METRICS: [(&str, &str); 4] =
    [("precision", "Precision"), ("recall", "Recall"), ("f1", "F1"), ("ovr_accuracy", "One-vs-rest accuracy")];

/// A class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClassRow {
    pub label: String,
    pub support: String,
    /// In the order of [`CLASS_METRICS`]; percentages.
    pub values: Vec<Cell>,
}

/// A percentage, how long its bar is, and its interval where one is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    pub text: String,
    pub bar: String,
    pub interval: Option<String>,
}

impl ClassRow {
    /// Headings of the columns after the support.
    pub(crate) fn headings() -> impl Iterator<Item = &'static str> {
        CLASS_METRICS.iter().map(|&(_, heading)| heading)
    }
}

pub(super) fn class_rows(labels: &[String], table: &ScoreTable) -> Vec<ClassRow> {
    labels.iter().map(|label| class_row(label, table)).collect()
}

fn class_row(label: &str, table: &ScoreTable) -> ClassRow {
    let cell = |metric| match table.get("class", label, metric) {
        Some(score) => Cell {
            text: points(score.value),
            bar: points(score.value.clamp(0.0, 1.0)),
            // Intervals of all four would bury the numbers; recall is the one that UAR is made of.
            interval: score.interval().filter(|_| metric == "recall").map(|(low, high)| format!("{} to {}", points(low), points(high))),
        },
        None => Cell { text: NOT_AVAILABLE.to_owned(), bar: "0".to_owned(), interval: None },
    };
    let support = table.get("class", label, "support").map_or_else(|| NOT_AVAILABLE.to_owned(), |s| count(s.value.max(0.0).round() as u64));
    ClassRow { label: label.to_owned(), support, values: CLASS_METRICS.iter().map(|&(metric, _)| cell(metric)).collect() }
}
