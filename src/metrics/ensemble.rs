//! The seeds of a run taken as one recogniser.

use std::collections::BTreeMap;

use super::PredictionRow;

/// Averages the probabilities of each clip over its seeds: what the models of all seeds would answer together. A row a clip and fold,
/// in the order in which they first come, under the lowest seed.
///
/// Averaging the members' probabilities is the usual deep ensemble (Lakshminarayanan, Pritzel & Blundell 2017, section 2.4). It uses more
/// computation than a single model, and so is scored apart from the mean over seeds.
pub fn ensemble(rows: &[PredictionRow]) -> Vec<PredictionRow> {
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut merged: Vec<(PredictionRow, f64)> = Vec::new();
    for row in rows {
        let place = *places.entry((&row.fold, &row.clip)).or_insert(merged.len());
        match merged.get_mut(place) {
            None => merged.push((row.clone(), 1.0)),
            Some((sum, members)) => {
                sum.seed = sum.seed.min(row.seed);
                *members += 1.0;
                for (sum, probability) in sum.probabilities.iter_mut().zip(&row.probabilities) {
                    *sum += probability;
                }
            }
        }
    }
    for (row, members) in &mut merged {
        row.probabilities.iter_mut().for_each(|probability| *probability /= *members);
    }
    let seed = merged.iter().map(|(row, _)| row.seed).min().unwrap_or_default();
    merged.into_iter().map(|(row, _)| PredictionRow { seed, ..row }).collect()
}
