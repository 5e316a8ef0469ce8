//! Synthetic minority over-sampling.

use super::draw::{Draw, Element, Lack, as_u32, select};
use super::mt19937::RandomState;
use super::neighbours::nearest;

/// Draws rows until every class has as many as the largest.
///
/// A new row is `a + u (b - a)`, where `a` is a random row of the class, `b` a random one of its `k` nearest rows within the class, and
/// `u` uniform in [0, 1): imbalanced-learn 0.14's `SMOTE(random_state=seed)`. It seeds its generator anew for each class, so this does.
pub(super) fn smote<T: Element>(rows: &[&[T]], lacks: &[Lack], k: usize, seed: u32) -> Vec<Draw> {
    lacks.iter().flat_map(|lack| from_seeds(rows, lack, &(0..lack.members.len()).collect::<Vec<_>>(), k, seed)).collect()
}

/// The rows that a class lacks, each drawn from one of `seeds` (positions in the class) towards one of its neighbours in the class.
pub(super) fn from_seeds<T: Element>(rows: &[&[T]], lack: &Lack, seeds: &[usize], k: usize, seed: u32) -> Vec<Draw> {
    let neighbours = nearest(&select(rows, &lack.members), seeds, k);
    let mut random = RandomState::new(seed);
    let pairs = as_u32(seeds.len() * k);
    let picks: Vec<usize> = (0..lack.missing).map(|_| random.below(pairs) as usize).collect();
    picks
        .into_iter()
        .map(|pick| {
            let (from, to) = (seeds[pick / k], neighbours[pick / k][pick % k]);
            Draw { class: lack.class, parents: [lack.members[from], lack.members[to]], step: random.uniform() }
        })
        .collect()
}
