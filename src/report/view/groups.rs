//! Scores of groups of clips that share an attribute.

use super::scores::{Bar, ScoreTable};
use crate::report::format::{count, points};

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GroupRow {
    /// The attribute, where it differs from that of the row above.
    pub attribute: String,
    pub value: String,
    pub clips: String,
    pub uar: String,
    pub interval: String,
    pub bar: Bar,
    pub accuracy: String,
}

/// The groups, attribute by attribute; empty where nothing is known of clips.
pub(super) fn group_rows(table: &ScoreTable) -> Vec<GroupRow> {
    let mut last = String::new();
    let row = |key: String| {
        let (attribute, value) = key.split_once('=')?;
        let score = table.get("group", &key, "uar")?;
        let shown = if attribute == last { String::new() } else { attribute.to_owned() };
        attribute.clone_into(&mut last);
        Some(GroupRow {
            attribute: shown,
            value: value.to_owned(),
            clips: count(score.n),
            uar: points(score.value),
            interval: score.interval().map_or_else(String::new, |(low, high)| format!("{} to {}", points(low), points(high))),
            bar: Bar::new(&score),
            accuracy: table.get("group", &key, "accuracy").map_or_else(String::new, |score| points(score.value)),
        })
    };
    table.keys("group").into_iter().filter_map(row).collect()
}
