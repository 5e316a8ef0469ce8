//! Over-sampling from the border between classes.

use super::BalanceSettings;
use super::draw::{Draw, Element, Lack};
use super::neighbours::nearest;
use super::smote::from_seeds;

/// SMOTE from rows at a border only: those with at least half, but not all, of their `m_neighbours` nearest rows in other classes.
///
/// Han, Wang & Mao 2005, *Borderline-SMOTE*, ICIC, as imbalanced-learn 0.14's `BorderlineSMOTE(kind="borderline-1", random_state=seed)`
/// has it: new rows lie towards neighbours of the own class, and a class without rows at a border stays as it is.
pub(super) fn borderline_smote<T: Element>(
    rows: &[&[T]],
    labels: &[usize],
    lacks: &[Lack],
    settings: &BalanceSettings,
    seed: u32,
) -> Vec<Draw> {
    lacks
        .iter()
        .flat_map(|lack| {
            let around = nearest(rows, &lack.members, settings.m_neighbours);
            let at_border = |neighbours: &Vec<usize>| {
                let foreign = neighbours.iter().filter(|&&row| labels[row] != lack.class).count();
                2 * foreign >= settings.m_neighbours && foreign < settings.m_neighbours
            };
            let seeds: Vec<usize> = (0..lack.members.len()).filter(|&position| at_border(&around[position])).collect();
            if seeds.is_empty() { Vec::new() } else { from_seeds(rows, lack, &seeds, settings.k_neighbours, seed) }
        })
        .collect()
}
