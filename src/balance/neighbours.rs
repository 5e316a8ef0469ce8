//! Exact nearest neighbours, in the order of scikit-learn's `NearestNeighbors`.
//!
//! Equally near rows (duplicates, values on a grid) make the order visible, and imbalanced-learn drops whichever row comes first, which
//! is then not always the row itself. scikit-learn keeps the nearest rows in a binary heap that a row must be nearer than the farthest
//! kept to enter, and sorts the heap; over more than 15 columns, or for at least half as many neighbours as rows, the heap is built in
//! two passes. So does this. Where scikit-learn's own order of ties hangs on more than the rows (trees of more than 60 rows; over 256
//! rows on several threads), this goes by the order of the rows.

use rayon::prelude::*;

use super::draw::Element;

/// scikit-learn searches rows of at most this many columns by a tree.
const TREE_COLUMNS: usize = 15;

/// For each of `queries`, indices into `rows`, its `k` nearest rows by Euclidean distance but for the very nearest, which is the row
/// itself or its double; nearest first.
///
/// `rows` have one length; distances are summed in `f64`. `k` is below the number of rows.
pub(super) fn nearest<T: Element>(rows: &[&[T]], queries: &[usize], k: usize) -> Vec<Vec<usize>> {
    queries.par_iter().map(|&query| nearest_of(rows, rows[query], k)).collect()
}

fn nearest_of<T: Element>(rows: &[&[T]], query: &[T], k: usize) -> Vec<usize> {
    let tree = query.len() <= TREE_COLUMNS && k + 1 < rows.len() / 2;
    let distance = if tree { in_order } else { in_lanes };
    let mut kept = Nearest::new(k + 1);
    for (index, row) in rows.iter().enumerate() {
        kept.push(distance(query, row), index);
    }
    if !tree {
        let mut merged = Nearest::new(k + 1);
        kept.0.into_iter().for_each(|(distance, index)| merged.push(distance, index));
        kept = merged;
    }
    kept.0.sort_by(|a, b| a.0.total_cmp(&b.0));
    kept.0.into_iter().skip(1).map(|(_, index)| index).collect()
}

/// Squared distance, summed column by column as the tree does.
fn in_order<T: Element>(a: &[T], b: &[T]) -> f64 {
    a.iter().zip(b).map(|(&a, &b)| (a.into() - b.into()).powi(2)).sum()
}

/// Squared distance, summed eight columns at a time: frames of a clip make rows of ten thousand columns.
fn in_lanes<T: Element>(a: &[T], b: &[T]) -> f64 {
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
            let difference: f64 = a.into() - b.into();
            *sum += difference * difference;
        }
    }
    sums.iter().sum::<f64>() + in_order(a_rest, b_rest)
}

/// The nearest rows so far: a binary heap of fixed size with the farthest on top. Of equal children the left one rises, and a row as far
/// as the farthest does not enter.
struct Nearest(Vec<(f64, usize)>);

impl Nearest {
    fn new(size: usize) -> Self {
        Self(vec![(f64::INFINITY, 0); size])
    }

    fn push(&mut self, distance: f64, index: usize) {
        let heap = &mut self.0;
        if distance >= heap[0].0 {
            return;
        }
        let mut hole = 0;
        loop {
            let left = 2 * hole + 1;
            let Some(&(mut farthest, _)) = heap.get(left) else { break };
            let mut child = left;
            if let Some(&(right, _)) = heap.get(left + 1)
                && right > farthest
            {
                (farthest, child) = (right, left + 1);
            }
            if distance >= farthest {
                break;
            }
            heap[hole] = heap[child];
            hole = child;
        }
        heap[hole] = (distance, index);
    }
}
