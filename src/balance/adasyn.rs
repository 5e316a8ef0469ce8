//! Adaptive synthetic sampling.

use super::BalanceError;
use super::draw::{Draw, Element, Lack, as_u32, select};
use super::mt19937::RandomState;
use super::neighbours::nearest;

/// Draws more rows from those of a class that have more neighbours in other classes.
///
/// He, Bai, Garcia & Li 2008, *ADASYN: adaptive synthetic sampling approach for imbalanced learning*, IJCNN, as imbalanced-learn 0.14's
/// `ADASYN(n_neighbors=k, random_state=seed)` has it: one generator for all classes, and each row's share of the missing rows rounded by
/// itself, so that a class can end a few rows above or below the largest.
pub(super) fn adasyn<T: Element>(rows: &[&[T]], labels: &[usize], lacks: &[Lack], k: usize, seed: u32) -> Result<Vec<Draw>, BalanceError> {
    let mut random = RandomState::new(seed);
    let mut drawn = Vec::new();
    for lack in lacks {
        let copies = shares(rows, labels, lack, k)?;
        let all: Vec<usize> = (0..lack.members.len()).collect();
        let neighbours = nearest(&select(rows, &lack.members), &all, k);
        let seeds: Vec<usize> = all.into_iter().zip(copies).flat_map(|(position, copies)| std::iter::repeat_n(position, copies)).collect();
        let picks: Vec<usize> = seeds.iter().map(|_| random.below(as_u32(k)) as usize).collect();
        drawn.extend(seeds.into_iter().zip(picks).map(|(from, pick)| {
            let to = neighbours[from][pick];
            Draw { class: lack.class, parents: [lack.members[from], lack.members[to]], step: random.uniform() }
        }));
    }
    Ok(drawn)
}

/// How many rows are drawn from each row of a class: in proportion to the part of its `k` neighbours that are of other classes.
fn shares<T: Element>(rows: &[&[T]], labels: &[usize], lack: &Lack, k: usize) -> Result<Vec<usize>, BalanceError> {
    let foreign = |neighbours: Vec<usize>| neighbours.into_iter().filter(|&row| labels[row] != lack.class).count() as f64 / k as f64;
    let ratios: Vec<f64> = nearest(rows, &lack.members, k).into_iter().map(foreign).collect();
    let total = pairwise_sum(&ratios);
    if total == 0.0 {
        return Err(BalanceError::NoForeignNeighbours { class: lack.class, k_neighbours: k });
    }
    let shares: Vec<usize> = ratios.iter().map(|ratio| (ratio / total * lack.missing as f64).round_ties_even() as usize).collect();
    if shares.iter().all(|&share| share == 0) {
        return Err(BalanceError::NothingDrawn { class: lack.class, missing: lack.missing });
    }
    Ok(shares)
}

/// The sum as numpy rounds it: blocks of 128 values in eight lanes, blocks pairwise. A last bit can decide how a share is rounded.
fn pairwise_sum(values: &[f64]) -> f64 {
    if values.len() > 128 {
        let half = values.len() / 2;
        let (left, right) = values.split_at(half - half % 8);
        return pairwise_sum(left) + pairwise_sum(right);
    }
    let (eights, rest) = values.as_chunks::<8>();
    let Some((first, others)) = eights.split_first() else {
        return rest.iter().fold(0.0, |sum, value| sum + value);
    };
    let mut lanes = *first;
    for eight in others {
        lanes.iter_mut().zip(eight).for_each(|(lane, value)| *lane += value);
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    rest.iter().fold(((a + b) + (c + d)) + ((e + f) + (g + h)), |sum, value| sum + value)
}
