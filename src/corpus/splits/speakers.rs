//! Folds of whole speakers.

use std::collections::BTreeSet;

use super::deal::{deal, draw};
use super::people::Person;
use super::{Fold, SplitError, TestRows, TrainRows, ValidationRows};
use crate::corpus::names::same_speaker;
use crate::seed;

/// Who is tested on in a fold (indices into the people).
pub(super) struct Tested {
    pub name: String,
    pub speakers: Vec<usize>,
}

/// Speakers dealt into `folds` folds.
pub(super) fn dealt(people: &[Person], folds: usize, seed: u64) -> Result<Vec<Tested>, SplitError> {
    let who = testable(people);
    if folds > who.len() {
        return Err(SplitError::TooManyFolds { folds, speakers: who.len() });
    }
    let hands = deal(people, &who, folds, &mut seed::stream(seed, &["split", "speaker-folds"]));
    Ok(hands.into_iter().enumerate().map(|(index, speakers)| Tested { name: (index + 1).to_string(), speakers }).collect())
}

/// A fold a speaker.
pub(super) fn one_each(people: &[Person]) -> Vec<Tested> {
    testable(people).into_iter().map(|index| Tested { name: people[index].name.clone(), speakers: vec![index] }).collect()
}

/// Folds by lists of names, and the names that the corpus lacks.
pub(super) fn listed(people: &[Person], lists: &[Vec<String>]) -> Result<(Vec<Tested>, Vec<String>), SplitError> {
    let (mut folds, mut missing, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (index, list) in lists.iter().enumerate() {
        let name = (index + 1).to_string();
        let mut speakers = Vec::new();
        for wanted in list {
            let Some(found) = position(people, wanted) else {
                missing.push(wanted.clone());
                continue;
            };
            if !seen.insert(found) {
                return Err(SplitError::RepeatedSpeaker { speaker: wanted.clone(), fold: name });
            }
            speakers.push(found);
        }
        folds.push(Tested { name, speakers });
    }
    Ok((folds, missing))
}

/// The fold that tests on those speakers: some of the others validate, the rest train.
pub(super) fn fold(people: &[Person], tested: &Tested, validation: f64, seed: u64, key: &'static str) -> Result<Fold, SplitError> {
    if !has_test_rows(people, tested) {
        return Err(SplitError::NoTestSpeaker { key, fold: tested.name.clone() });
    }
    parts(people, tested, &others(people, tested), validation, (seed, &tested.name))
}

/// The name of the fold that trains on one corpus and tests on another.
pub fn across_name(train: &str, test: &str) -> String {
    format!("{train} to {test}")
}

/// The fold that trains on one corpus, where some speakers validate, and tests on all of another. Speakers of the same corpus validate,
/// whatever is tested on, so that a model's scores on two corpora are of the same training.
pub(super) fn across(people: &[Person], (train, test): (&str, &str), validation: f64, seed: u64) -> Result<Fold, SplitError> {
    let of = |part: &str| (0..people.len()).filter(|&index| people[index].part == part).collect::<Vec<_>>();
    let tested = Tested { name: across_name(train, test), speakers: of(test) };
    if !has_test_rows(people, &tested) {
        return Err(SplitError::NoTestSpeaker { key: "split.test_on", fold: tested.name });
    }
    parts(people, &tested, &of(train), validation, (seed, train))
}

/// A part for validation, everyone else for training, no one tested on: for the model that is kept after the folds were scored.
pub(super) fn untested(people: &[Person], validation: f64, seed: u64) -> Result<Fold, SplitError> {
    let tested = Tested { name: "final".to_owned(), speakers: Vec::new() };
    parts(people, &tested, &others(people, &tested), validation, (seed, &tested.name))
}

/// Everyone who is not tested on.
fn others(people: &[Person], tested: &Tested) -> Vec<usize> {
    (0..people.len()).filter(|index| !tested.speakers.contains(index)).collect()
}

/// `others` train and validate; the validating ones are drawn from the seed and the name beside it.
fn parts(
    people: &[Person],
    tested: &Tested,
    others: &[usize],
    validation: f64,
    (seed, drawn_for): (u64, &str),
) -> Result<Fold, SplitError> {
    let candidates: Vec<usize> = others.iter().copied().filter(|&index| !people[index].testable.is_empty()).collect();
    let few = || SplitError::TooFewSpeakers { fold: tested.name.clone(), speakers: others.len(), validation: validation.to_string() };
    let validating = if validation > 0.0 {
        if candidates.len() < 2 {
            return Err(few());
        }
        let count = ((validation * candidates.len() as f64).round() as usize).clamp(1, candidates.len() - 1);
        draw(people, &candidates, count, &mut seed::stream(seed, &["split", "validation", drawn_for]))
    } else {
        Vec::new()
    };
    let training: Vec<usize> = others.iter().copied().filter(|index| !validating.contains(index)).collect();
    if training.is_empty() {
        return Err(few());
    }
    let rows = |who: &[usize]| who.iter().flat_map(|&index| people[index].testable.iter().copied()).collect::<Vec<_>>();
    let mut train = rows(&training);
    train.extend(training.iter().flat_map(|&index| people[index].train_only.iter().copied()));
    Ok(Fold {
        name: tested.name.clone(),
        train: TrainRows::new(train),
        validation: ValidationRows::new(rows(&validating)),
        test: TestRows::new(rows(&tested.speakers)),
    })
}

fn testable(people: &[Person]) -> Vec<usize> {
    (0..people.len()).filter(|&index| !people[index].testable.is_empty()).collect()
}

fn has_test_rows(people: &[Person], tested: &Tested) -> bool {
    tested.speakers.iter().any(|&index| !people[index].testable.is_empty())
}

/// By exact name first: "1" and "01" may be two people.
fn position(people: &[Person], wanted: &str) -> Option<usize> {
    let exact = people.iter().position(|person| person.name == wanted);
    exact.or_else(|| people.iter().position(|person| same_speaker(&person.name, wanted)))
}
