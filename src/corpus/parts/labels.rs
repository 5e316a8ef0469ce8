//! One corpus's labels brought to those that all share.

use std::collections::BTreeMap;

use crate::corpus::Corpus;
use crate::corpus::names::did_you_mean;

/// A part whose labels were mapped.
pub(super) struct Mapped {
    pub name: String,
    pub corpus: Corpus,
}

impl Mapped {
    /// Renames labels and leaves out the clips of those that map to nothing; both are noted.
    pub fn new(name: &str, mut corpus: Corpus, map: &BTreeMap<String, String>) -> Self {
        let mut labels: Vec<String> = Vec::new();
        let mut places = Vec::with_capacity(corpus.labels.len());
        let (mut left_out, mut renamed) = (Vec::new(), Vec::new());
        for (old, clips) in corpus.labels.iter().zip(corpus.clips_by_label()) {
            let new = map.get(old).unwrap_or(old);
            if new.is_empty() {
                left_out.push(format!("{clips} clips of {old}"));
                places.push(None);
                continue;
            }
            if new != old {
                renamed.push(format!("{old} counts as {new}"));
            }
            places.push(Some(labels.iter().position(|label| label == new).unwrap_or_else(|| {
                labels.push(new.clone());
                labels.len() - 1
            })));
        }
        corpus.clips.retain_mut(|clip| match places.get(clip.label).copied().flatten() {
            Some(place) => {
                clip.label = place;
                true
            }
            None => false,
        });
        corpus.labels = labels;
        let notes = [(renamed, ""), (left_out, " left out, as `labels` declares")];
        corpus.notes.extend(notes.into_iter().filter(|(items, _)| !items.is_empty()).map(|(items, end)| items.join(", ") + end));
        Self { name: name.to_owned(), corpus }
    }
}

/// Labels that every part has, in the order of the first part; and the others, each with what is to be said of it.
pub(super) fn shared(parts: &[Mapped]) -> (Vec<String>, Vec<String>) {
    let everywhere = |label: &String| parts.iter().all(|part| part.corpus.labels.contains(label));
    let shared: Vec<String> =
        parts.first().map_or(&[][..], |part| &part.corpus.labels).iter().filter(|label| everywhere(label)).cloned().collect();
    let mut others: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for part in parts {
        for label in part.corpus.labels.iter().filter(|label| !everywhere(label)) {
            others.entry(label).or_default().push(&part.name);
        }
    }
    let told = |(label, names): (&str, Vec<&str>)| {
        let elsewhere = parts.iter().filter(|part| !names.contains(&part.name.as_str())).flat_map(|part| &part.corpus.labels);
        let elsewhere = elsewhere.map(String::as_str).filter(|other| *other != label);
        format!("`{label}` (only {}{})", names.join(", "), did_you_mean(label, elsewhere))
    };
    (shared, others.into_iter().map(told).collect())
}
