//! What each part of each fold held.

use super::scores::ScoreTable;
use crate::experiment::record::{FoldRecord, Manifest};
use crate::report::format::{NOT_AVAILABLE, count, percent};

/// Speakers named in a row.
const MOST_NAMED: usize = 12;

/// A fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoldRow {
    pub name: String,
    pub train: Part,
    pub balanced: String,
    /// Rows added or left out by label; empty without balancing.
    pub balanced_by_label: String,
    pub validation: Part,
    pub test: Part,
    pub test_speakers: String,
    pub uar: String,
}

/// Clips and speakers of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub clips: String,
    pub speakers: String,
}

impl Part {
    fn new(clips: usize, speakers: &[String]) -> Self {
        Self { clips: count(clips as u64), speakers: count(speakers.len() as u64) }
    }
}

pub(super) fn fold_rows(manifest: &Manifest, table: &ScoreTable) -> Vec<FoldRow> {
    manifest.protocol.folds.iter().map(|fold| fold_row(fold, &manifest.corpus.labels, table)).collect()
}

fn fold_row(fold: &FoldRecord, labels: &[String], table: &ScoreTable) -> FoldRow {
    let changed = labels.iter().zip(&fold.balanced_rows).filter(|&(_, &rows)| rows != 0);
    FoldRow {
        name: fold.name.clone(),
        train: Part::new(fold.train_clips, &fold.train_speakers),
        balanced: signed(fold.balanced_rows.iter().sum()),
        balanced_by_label: changed.map(|(label, &rows)| format!("{label} {}", signed(rows))).collect::<Vec<_>>().join(", "),
        validation: Part::new(fold.validation_clips, &fold.validation_speakers),
        test: Part::new(fold.test_clips, &fold.test_speakers),
        test_speakers: names(&fold.test_speakers),
        uar: table.get("fold", &fold.name, "uar").map_or_else(|| NOT_AVAILABLE.to_owned(), |score| percent(score.value)),
    }
}

fn signed(rows: i64) -> String {
    match rows {
        0 => "0".to_owned(),
        added if added > 0 => format!("+{}", count(added.unsigned_abs())),
        left_out => format!("\u{2212}{}", count(left_out.unsigned_abs())),
    }
}

fn names(speakers: &[String]) -> String {
    let shown = speakers.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(" ");
    match speakers.len().saturating_sub(MOST_NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_added_or_left_out() {
        assert_eq!((signed(1200), signed(-96), signed(0)), ("+1,200".to_owned(), "\u{2212}96".to_owned(), "0".to_owned()));
    }

    #[test]
    fn long_lists_of_speakers_are_cut() {
        let speakers: Vec<String> = (1..=14).map(|i| i.to_string()).collect();
        assert!(names(&speakers).ends_with("12 and 2 more"));
        assert_eq!(names(&speakers[..2]), "1 2");
    }
}
