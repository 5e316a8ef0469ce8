//! The corpus as its speakers.

use std::collections::BTreeMap;

use crate::corpus::{Corpus, PART_COLUMN, compare_names};

/// A speaker and the rows of that speaker's clips.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub name: String,
    /// Empty where it is not known.
    pub sex: String,
    /// The part of a corpus of several; empty where it is one.
    pub part: String,
    /// Rows that may be in any part.
    pub testable: Vec<usize>,
    /// Rows that may only be trained on.
    pub train_only: Vec<usize>,
}

/// All speakers, in the order of their names.
pub(super) fn people(corpus: &Corpus) -> Vec<Person> {
    let mut by_name: BTreeMap<&str, Person> = BTreeMap::new();
    for (row, clip) in corpus.clips.iter().enumerate() {
        let sex = clip.extra.get("sex").map_or("", String::as_str);
        let person = by_name.entry(&clip.speaker).or_insert_with(|| Person {
            name: clip.speaker.clone(),
            sex: sex.to_owned(),
            part: clip.extra.get(PART_COLUMN).cloned().unwrap_or_default(),
            testable: Vec::new(),
            train_only: Vec::new(),
        });
        // Where a table contradicts itself, the order of its rows must not decide.
        if sex > person.sex.as_str() {
            person.sex = sex.to_owned();
        }
        if clip.train_only { person.train_only.push(row) } else { person.testable.push(row) }
    }
    let mut people: Vec<Person> = by_name.into_values().collect();
    people.sort_by(|a, b| compare_names(&a.name, &b.name));
    people
}
