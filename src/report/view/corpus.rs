//! What the run was about.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Fact;
use super::rows::Tested;
use crate::experiment::record::CorpusRecord;
use crate::report::format::{count, duration, plural, points, range};

/// Duplicates listed.
const MOST_GROUPS: usize = 20;

/// Clips of one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LabelRow {
    pub label: String,
    pub clips: String,
    pub share: String,
    /// Length of the bar: the largest class is 100.
    pub bar: String,
    pub speakers: String,
    pub clips_a_speaker: String,
}

/// The section on the corpus.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CorpusView {
    pub facts: Vec<Fact>,
    pub labels: Vec<LabelRow>,
    /// Groups of clips with the same audio, each as one line.
    pub duplicates: Vec<String>,
    pub more_duplicates: usize,
    pub left_out: Vec<(String, String)>,
}

impl CorpusView {
    pub(super) fn new(corpus: &CorpusRecord, tested: &[Tested]) -> Self {
        let mut facts = vec![
            Fact::new("Corpus", format!("{} ({})", corpus.name, corpus.kind)),
            Fact::new(
                "Clips",
                format!(
                    "{} of {}, {} of sound",
                    plural(corpus.clips, "clip"),
                    plural(corpus.speakers.len(), "speaker"),
                    duration(corpus.duration_s)
                ),
            ),
            Fact::new("Mean length", if corpus.clips > 0 { duration(corpus.duration_s / corpus.clips as f64) } else { "n/a".to_owned() }),
        ];
        if let Some(citation) = &corpus.citation {
            facts.push(Fact::new("Source and licence", citation.clone()));
        }
        if !corpus.path.is_empty() {
            facts.push(Fact::code("Read from", corpus.path.clone()));
        }
        Self {
            facts,
            labels: label_rows(corpus, tested),
            duplicates: corpus.duplicates.iter().take(MOST_GROUPS).map(|group| group.join(" = ")).collect(),
            more_duplicates: corpus.duplicates.len().saturating_sub(MOST_GROUPS),
            left_out: corpus.left_out.iter().map(|left| (left.clip.clone(), left.cause.clone())).collect(),
        }
    }
}

fn label_rows(corpus: &CorpusRecord, tested: &[Tested]) -> Vec<LabelRow> {
    let spread = clips_by_label_and_speaker(tested);
    let largest = corpus.clips_by_label.iter().copied().max().unwrap_or(0).max(1);
    let row = |(label, &clips): (&String, &usize)| {
        let speakers = spread.get(label.as_str());
        LabelRow {
            label: label.clone(),
            clips: count(clips as u64),
            share: points(clips as f64 / corpus.clips.max(1) as f64),
            bar: points(clips as f64 / largest as f64),
            speakers: count(speakers.map_or(0, BTreeMap::len) as u64),
            clips_a_speaker: range(speakers.into_iter().flat_map(BTreeMap::values).map(BTreeSet::len)),
        }
    };
    corpus.labels.iter().zip(&corpus.clips_by_label).map(row).collect()
}

/// Tested clips by label, then by speaker.
fn clips_by_label_and_speaker(tested: &[Tested]) -> BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> {
    let mut clips: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for row in tested {
        clips.entry(&row.truth).or_default().entry(&row.speaker).or_default().insert(&row.clip);
    }
    clips
}
