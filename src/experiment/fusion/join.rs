//! Predictions of several runs, clip by clip.

use std::collections::HashMap;

use crate::experiment::error::RunError;
use crate::metrics::{PredictionRow, Predictions};
use crate::model::pool;

/// The predictions of a member.
pub struct Opinion {
    /// Its name, for messages.
    pub name: String,
    /// Its weight.
    pub weight: f64,
    /// Its rows, of every seed or of one.
    pub rows: Vec<PredictionRow>,
}

/// A row for each of the first member's tested clips and each seed, with the members' probabilities [pooled](pool()). A member with one
/// seed says the same under every seed.
///
/// # Errors
/// [`RunError::Fusion`]: a member did not test a clip of the first in the same fold.
pub fn join(labels: &[String], members: &[Opinion], seeds: &[u64]) -> Result<Predictions, RunError> {
    let tables: Vec<Table<'_>> = members.iter().map(Table::new).collect();
    let Some(first) = tables.first() else { return Ok(Predictions::from_rows(labels, &[])?) };
    let mut out = Vec::with_capacity(first.member.rows.len());
    for &seed in seeds {
        for row in first.of_seed(seed) {
            let opinion = |table: &Table<'_>| Ok::<_, RunError>((table.member.weight, table.find(row, seed)?.probabilities.clone()));
            let opinions = tables.iter().map(opinion).collect::<Result<Vec<_>, _>>()?;
            out.push(PredictionRow { seed, probabilities: pool(&opinions), ..row.clone() });
        }
    }
    Ok(Predictions::from_rows(labels, &out)?)
}

/// A member's rows, by fold, clip and seed.
struct Table<'a> {
    member: &'a Opinion,
    /// Its seed, where it has but one.
    only_seed: Option<u64>,
    by_key: HashMap<(&'a str, &'a str, u64), &'a PredictionRow>,
}

impl<'a> Table<'a> {
    fn new(member: &'a Opinion) -> Self {
        let first = member.rows.first().map(|row| row.seed);
        let only_seed = first.filter(|seed| member.rows.iter().all(|row| row.seed == *seed));
        let by_key = member.rows.iter().map(|row| ((row.fold.as_str(), row.clip.as_str(), row.seed), row)).collect();
        Self { member, only_seed, by_key }
    }

    /// Its rows under a seed.
    fn of_seed(&self, seed: u64) -> impl Iterator<Item = &'a PredictionRow> {
        let own = self.only_seed.unwrap_or(seed);
        self.member.rows.iter().filter(move |row| row.seed == own)
    }

    /// What it says of a clip of another member's.
    fn find(&self, row: &PredictionRow, seed: u64) -> Result<&'a PredictionRow, RunError> {
        let key = (row.fold.as_str(), row.clip.as_str(), self.only_seed.unwrap_or(seed));
        self.by_key.get(&key).copied().ok_or_else(|| RunError::Fusion {
            member: self.member.name.clone(),
            clip: row.clip.clone(),
            fold: row.fold.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(seeds: &[u64], fold: &str, probabilities: [f64; 2]) -> Vec<PredictionRow> {
        let row = |&seed: &u64| PredictionRow {
            clip: "a".to_owned(),
            speaker: "1".to_owned(),
            fold: fold.to_owned(),
            seed,
            truth: 0,
            probabilities: probabilities.to_vec(),
        };
        seeds.iter().map(row).collect()
    }

    fn opinion(name: &str, weight: f64, rows: Vec<PredictionRow>) -> Opinion {
        Opinion { name: name.to_owned(), weight, rows }
    }

    fn labels() -> [String; 2] {
        ["calm".to_owned(), "sad".to_owned()]
    }

    #[test]
    fn opinions_are_weighted_and_a_single_seed_serves_all() {
        let members = [opinion("net", 1.0, rows(&[1, 2], "1", [0.9, 0.1])), opinion("baseline", 3.0, rows(&[1], "1", [0.2, 0.8]))];
        let joined = join(&labels(), &members, &[1, 2]).unwrap();
        assert_eq!(joined.seeds().unwrap(), [1, 2]);
        // By hand: (0.9 * 0.2^3)^(1/4) against (0.1 * 0.8^3)^(1/4).
        let (calm, sad) = ((0.9_f64 * 0.008).powf(0.25), (0.1_f64 * 0.512).powf(0.25));
        let probabilities = joined.probabilities().unwrap();
        assert!(probabilities.column(0).iter().all(|p| (p - calm / (calm + sad)).abs() < 1e-12));
    }

    #[test]
    fn a_clip_tested_in_another_fold_is_named() {
        let members = [opinion("net", 1.0, rows(&[1], "1", [0.9, 0.1])), opinion("baseline", 1.0, rows(&[1], "2", [0.2, 0.8]))];
        let error = join(&labels(), &members, &[1]).unwrap_err().to_string();
        assert!(error.contains("baseline") && error.contains("fold 1"), "{error}");
    }
}
