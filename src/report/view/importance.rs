//! What the model leans on: the fall in UAR when a group of features is another clip's.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::rows::Columns;
use crate::report::error::ReportError;
use crate::report::format::{plural, points};

/// A group of features.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Drop {
    pub group: String,
    pub columns: usize,
    /// Fall in UAR, a fraction; mean over folds, seeds and permutations.
    pub fall: f64,
    /// Deviation over permutations of the mean over folds and seeds; 0 of one permutation.
    pub deviation: f64,
}

/// The section on importance.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Importance {
    /// The most important first.
    pub drops: Vec<Drop>,
    pub summary: String,
}

impl Importance {
    /// `None` of an empty frame.
    pub(super) fn new(frame: &DataFrame) -> Result<Option<Self>, ReportError> {
        let columns = Columns { frame, file: "importance.parquet" };
        let (groups, widths, repeats) = (columns.strings("group")?, columns.whole("columns")?, columns.whole("repeat")?);
        let (before, after) = (columns.numbers("uar")?, columns.numbers("permuted_uar")?);
        let mut falls: BTreeMap<(&str, usize), BTreeMap<u64, Vec<f64>>> = BTreeMap::new();
        for (index, group) in groups.iter().enumerate() {
            let of = falls.entry((group, widths[index] as usize)).or_default();
            of.entry(repeats[index]).or_default().push(before[index] - after[index]);
        }
        let mut drops: Vec<Drop> = falls
            .into_iter()
            .map(|((group, columns), repeats)| {
                let means: Vec<f64> = repeats.values().map(|falls| mean(falls)).collect();
                let fall = mean(&means);
                let squares: f64 = means.iter().map(|mean| (mean - fall).powi(2)).sum();
                let deviation = if means.len() > 1 { (squares / (means.len() - 1) as f64).sqrt() } else { 0.0 };
                Drop { group: group.to_owned(), columns, fall, deviation }
            })
            .collect();
        drops.sort_by(|a, b| b.fall.total_cmp(&a.fall).then_with(|| a.group.cmp(&b.group)));
        let times = repeats.iter().max().map_or(0, |repeat| *repeat as usize + 1);
        let Some(first) = drops.first() else { return Ok(None) };
        let rank = if drops.len() > 1 { format!(", the most of {}", plural(drops.len(), "group")) } else { String::new() };
        let summary = format!(
            "With the {} of another clip, UAR falls by {} points{rank}: mean of {} a fold and seed.",
            first.group,
            points(first.fall),
            plural(times, "permutation"),
        );
        Ok(Some(Self { drops, summary }))
    }

    /// For readers who do not see the picture.
    pub(crate) fn description(&self) -> String {
        let all: Vec<String> = self.drops.iter().map(|drop| format!("{} {}", drop.group, points(drop.fall))).collect();
        format!("Fall in UAR, points: {}.", all.join(", "))
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
