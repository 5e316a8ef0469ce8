//! Clips at random, whoever speaks them.

use std::collections::BTreeSet;

use rand::seq::SliceRandom;

use super::{Fold, SplitError, TestRows, TrainRows, ValidationRows};
use crate::corpus::Corpus;
use crate::seed;

/// One fold of clips drawn at random, stratified by label.
pub(super) fn fold(corpus: &Corpus, test_part: f64, validation: f64, seed: u64) -> Result<Fold, SplitError> {
    let mut by_label = shuffled_by_label(corpus, seed);
    let clips = by_label.iter().map(Vec::len).sum();
    let test = take(&mut by_label, test_part);
    if test.is_empty() {
        return Err(SplitError::TooFewClips { part: "test", key: "split.test_part", clips });
    }
    let validating = take(&mut by_label, validation);
    if validation > 0.0 && validating.is_empty() {
        return Err(SplitError::TooFewClips { part: "validation", key: "split.validation", clips });
    }
    let mut train: Vec<usize> = by_label.into_iter().flatten().collect();
    train.extend((0..corpus.clips.len()).filter(|&row| corpus.clips[row].train_only));
    Ok(Fold { name: "1".to_owned(), train: TrainRows::new(train), validation: ValidationRows::new(validating), test: TestRows::new(test) })
}

/// As many folds of clips dealt at random within each label: each clip is tested in one fold, whoever speaks it, and a part of the others
/// validates. Folds are called `random 1`, `random 2`, ...
///
/// # Errors
/// Too few clips for a part.
pub fn random_folds(corpus: &Corpus, folds: usize, validation: f64, seed: u64) -> Result<Vec<Fold>, SplitError> {
    let by_label = shuffled_by_label(corpus, seed);
    let clips: usize = by_label.iter().map(Vec::len).sum();
    // Dealt on from label to label, so that folds differ by one clip at most.
    let mut hands = vec![Vec::new(); folds.max(1)];
    let hand_of = |turn: usize| turn % folds.max(1);
    for (turn, &row) in by_label.iter().flatten().enumerate() {
        hands[hand_of(turn)].push(row);
    }
    let few = |part, key| SplitError::TooFewClips { part, key, clips };
    hands
        .iter()
        .enumerate()
        .map(|(index, test)| {
            let tested: BTreeSet<usize> = test.iter().copied().collect();
            let mut rest: Vec<Vec<usize>> =
                by_label.iter().map(|rows| rows.iter().copied().filter(|row| !tested.contains(row)).collect()).collect();
            let validating = take(&mut rest, validation);
            if test.is_empty() {
                return Err(few("test", "split.folds"));
            }
            if validation > 0.0 && validating.is_empty() {
                return Err(few("validation", "split.validation"));
            }
            let mut train: Vec<usize> = rest.into_iter().flatten().collect();
            train.extend((0..corpus.clips.len()).filter(|&row| corpus.clips[row].train_only));
            Ok(Fold {
                name: format!("random {}", index + 1),
                train: TrainRows::new(train),
                validation: ValidationRows::new(validating),
                test: TestRows::new(test.clone()),
            })
        })
        .collect()
}

/// Rows that may be tested on, a list a label, in an order that only ids and the seed decide.
fn shuffled_by_label(corpus: &Corpus, seed: u64) -> Vec<Vec<usize>> {
    let mut rows: Vec<usize> = (0..corpus.clips.len()).filter(|&row| !corpus.clips[row].train_only).collect();
    rows.sort_by(|&a, &b| corpus.clips[a].id.cmp(&corpus.clips[b].id));
    let mut by_label: Vec<Vec<usize>> = corpus.labels.iter().map(|_| Vec::new()).collect();
    for row in rows {
        if let Some(list) = by_label.get_mut(corpus.clips[row].label) {
            list.push(row);
        }
    }
    for (list, label) in by_label.iter_mut().zip(&corpus.labels) {
        list.shuffle(&mut seed::stream(seed, &["split", "random", label]));
    }
    by_label
}

/// Takes `part` of each label's rows away, in total as near to `part` of all as can be; a label's last row stays.
fn take(by_label: &mut [Vec<usize>], part: f64) -> Vec<usize> {
    let counts: Vec<usize> = by_label.iter().map(Vec::len).collect();
    by_label.iter_mut().zip(apportion(&counts, part)).flat_map(|(rows, count)| rows.split_off(rows.len() - count)).collect()
}

/// Shares of `part` of each count, by largest remainder, each less than its count.
fn apportion(counts: &[usize], part: f64) -> Vec<usize> {
    let quota = |index: usize| part * counts[index] as f64;
    let most = |index: usize| counts[index].saturating_sub(1);
    let mut shares: Vec<usize> = (0..counts.len()).map(|index| (quota(index) as usize).min(most(index))).collect();
    let total = (part * counts.iter().sum::<usize>() as f64).round() as usize;
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by(|&a, &b| quota(b).fract().total_cmp(&quota(a).fract()));
    let missing = total.saturating_sub(shares.iter().sum());
    for &index in order.iter().filter(|&&index| shares[index] < most(index)).collect::<Vec<_>>().into_iter().take(missing) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::apportion;

    #[test]
    fn shares_sum_to_the_part_and_leave_one() {
        assert_eq!(apportion(&[10, 10, 5], 0.2), [2, 2, 1]);
        assert_eq!(apportion(&[3, 3, 3, 3], 0.2), [1, 1, 0, 0]);
        assert_eq!(apportion(&[1, 1, 8], 0.5), [0, 0, 5]);
        assert_eq!(apportion(&[4, 0], 0.0), [0, 0]);
    }
}
