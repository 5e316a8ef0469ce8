//! The vectors that a network decides on, as points of a plane.

use std::collections::HashMap;

use super::rows::Tested;
use crate::experiment::record::TraceRow;
use crate::metrics::principal_plane;
use crate::report::format::{percent, plural};

/// A test clip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub at: [f64; 2],
    /// Class index of its emotion.
    pub class: usize,
    /// It was recognised.
    pub right: bool,
}

/// The section on embeddings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Embeddings {
    pub labels: Vec<String>,
    pub points: Vec<Point>,
    /// Names of the axes.
    pub axes: [String; 2],
    /// Which fold and seed are shown.
    pub which: String,
}

impl Embeddings {
    /// The fold with the most test clips, of the first seed: embeddings of different trainings live in different spaces. `None` where there
    /// is no plane to show.
    pub(super) fn new(traces: &[TraceRow], tested: &[Tested], labels: &[String]) -> Option<Self> {
        let first = traces.first()?;
        let mut sizes: Vec<(&str, usize)> = Vec::new();
        for trace in traces.iter().filter(|trace| trace.seed == first.seed) {
            match sizes.iter_mut().find(|(fold, _)| *fold == trace.fold) {
                Some((_, size)) => *size += 1,
                None => sizes.push((&trace.fold, 1)),
            }
        }
        // Of equal ones the first.
        let (fold, _) = sizes.iter().rev().max_by_key(|(_, size)| *size)?;
        let results: HashMap<&str, &Tested> =
            tested.iter().filter(|row| row.seed == first.seed && row.fold == *fold).map(|row| (row.clip.as_str(), row)).collect();
        let shown = traces.iter().filter(|trace| trace.seed == first.seed && trace.fold == *fold);
        let rows: Vec<(&TraceRow, &Tested, usize)> = shown
            .filter_map(|trace| {
                let result = results.get(trace.clip.as_str())?;
                Some((trace, *result, labels.iter().position(|label| *label == result.truth)?))
            })
            .collect();
        let plane = principal_plane(&rows.iter().map(|(trace, ..)| trace.embedding.as_slice()).collect::<Vec<_>>())?;
        let point = |(&at, (_, result, class)): (&[f64; 2], &(&TraceRow, &Tested, usize))| Point {
            at,
            class: *class,
            right: result.truth == result.predicted,
        };
        let axis = |index: usize| format!("component {}: {} of the variance", index + 1, percent(plane.explained[index]));
        Some(Self {
            points: plane.points.iter().zip(&rows).map(point).collect(),
            labels: labels.to_vec(),
            axes: [axis(0), axis(1)],
            which: format!("{} of fold {fold}, seed {}", plural(rows.len(), "test clip"), first.seed),
        })
    }
}
