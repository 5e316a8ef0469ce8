//! Scores across corpora: trained on which, tested on which.

use super::scores::ScoreTable;
use crate::corpus::splits::across_name;
use crate::experiment::record::{CorpusPartRecord, Manifest};
use crate::report::format::{count, percent};

/// The section on several corpora.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Across {
    pub parts: Vec<PartRow>,
    /// Labels in class order, for the columns of the parts.
    pub labels: Vec<String>,
    /// Names of the corpora tested on.
    pub tested: Vec<String>,
    /// A row a corpus trained on, with a UAR a corpus tested on; empty where there is none. No rows where folds are not across corpora.
    pub trained: Vec<(String, Vec<String>)>,
}

/// One corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartRow {
    pub name: String,
    pub kind: String,
    pub speakers: String,
    /// A count a label.
    pub by_label: Vec<String>,
    pub clips: String,
    /// What its labels count as, a few words.
    pub map: String,
}

impl Across {
    pub(super) fn new(manifest: &Manifest, table: &ScoreTable) -> Option<Self> {
        let parts = &manifest.corpus.parts;
        let score = |train: &str, test: &str| table.get("fold", &across_name(train, test), "uar").map(|score| percent(score.value));
        let any = |found: &dyn Fn(&str) -> bool| parts.iter().map(|part| part.name.clone()).filter(|name| found(name)).collect::<Vec<_>>();
        let tested = any(&|test| parts.iter().any(|train| score(&train.name, test).is_some()));
        let trained = any(&|train| parts.iter().any(|test| score(train, &test.name).is_some()));
        let row = |train: String| {
            let cells = tested.iter().map(|test| score(&train, test).unwrap_or_default()).collect();
            (train, cells)
        };
        (!parts.is_empty()).then(|| Self {
            parts: parts.iter().map(part_row).collect(),
            labels: manifest.corpus.labels.clone(),
            trained: trained.into_iter().map(row).collect(),
            tested: tested.clone(),
        })
    }
}

fn part_row(part: &CorpusPartRecord) -> PartRow {
    let told = |(from, to): &(String, String)| if to.is_empty() { format!("{from} left out") } else { format!("{from} as {to}") };
    PartRow {
        name: part.name.clone(),
        kind: part.kind.clone(),
        speakers: count(part.speakers as u64),
        by_label: part.clips_by_label.iter().map(|&clips| count(clips as u64)).collect(),
        clips: count(part.clips_by_label.iter().sum::<usize>() as u64),
        map: part.labels.iter().map(told).collect::<Vec<_>>().join(", "),
    }
}
