//! A classification tree for linfa-ensemble.
//!
//! linfa-trees 0.8.1 cannot serve: it keeps class counts in hash maps with random keys, so that sums are rounded in another order and ties
//! fall another way each time, and the same seed gives other trees. This tree implements linfa's `Fit`, and is the same every time.

use linfa::DatasetBase;
use linfa::traits::Fit;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

/// How a tree is grown: by CART (Breiman et al. 1984) with Gini impurity, unpruned.
#[derive(Debug, Clone)]
pub(super) struct TreeParams {
    /// Deepest level; `None` = until leaves are pure.
    pub max_depth: Option<usize>,
    /// A weight a class.
    pub weights: Vec<f64>,
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
        let grower = Grower { params: self, values: &dataset.records, labels: &dataset.targets };
        Ok(Tree { nodes: grower.grow() })
    }
}

struct Grower<'a> {
    params: &'a TreeParams,
    values: &'a Array2<f32>,
    labels: &'a Array1<usize>,
}

/// A node still to be made: where it goes, and its rows, for each column in the order of that column's values.
struct Pending {
    node: usize,
    depth: usize,
    orders: Vec<Vec<usize>>,
}

struct Split {
    column: usize,
    threshold: f32,
    quality: f64,
}

impl Grower<'_> {
    fn grow(&self) -> Vec<Node> {
        let orders = (0..self.values.ncols())
            .map(|column| {
                let mut order: Vec<usize> = (0..self.values.nrows()).collect();
                order.sort_by(|&a, &b| self.values[(a, column)].total_cmp(&self.values[(b, column)]));
                order
            })
            .collect();
        let mut nodes = vec![Node::Leaf(0)];
        let mut pending = vec![Pending { node: 0, depth: 0, orders }];
        while let Some(Pending { node, depth, orders }) = pending.pop() {
            let counts = self.counts(orders.first().map_or(&[], Vec::as_slice));
            let deep = self.params.max_depth.is_some_and(|deepest| depth >= deepest);
            match if deep { None } else { self.best_split(&orders, &counts) } {
                None => nodes[node] = Node::Leaf(largest(&counts)),
                Some(Split { column, threshold, .. }) => {
                    let (left, right) = (nodes.len(), nodes.len() + 1);
                    nodes[node] = Node::Split { column, threshold, left, right };
                    nodes.extend([Node::Leaf(0), Node::Leaf(0)]);
                    let goes_left = |row: &usize| self.values[(*row, column)] <= threshold;
                    let (lefts, rights) = orders.into_iter().map(|order| order.into_iter().partition(goes_left)).unzip();
                    pending.push(Pending { node: right, depth: depth + 1, orders: rights });
                    pending.push(Pending { node: left, depth: depth + 1, orders: lefts });
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

    /// The split with the least Gini impurity, of equal ones the first column and the lowest threshold; `None` where the node is pure
    /// or its rows are all alike.
    fn best_split(&self, orders: &[Vec<usize>], counts: &[f64]) -> Option<Split> {
        let pure = counts.iter().filter(|&&count| count > 0.0).count() < 2;
        let mut best = Split { column: 0, threshold: 0.0, quality: f64::NEG_INFINITY };
        let mut found = false;
        for (column, order) in orders.iter().enumerate().filter(|_| !pure) {
            let (mut left, mut right) = (vec![0.0; counts.len()], counts.to_vec());
            for pair in order.windows(2) {
                let label = self.labels[pair[0]];
                left[label] += self.params.weights[label];
                right[label] -= self.params.weights[label];
                let (below, above) = (self.values[(pair[0], column)], self.values[(pair[1], column)]);
                if below >= above {
                    continue;
                }
                let quality = purity(&left) + purity(&right);
                if quality > best.quality {
                    best = Split { column, threshold: between(below, above), quality };
                    found = true;
                }
            }
        }
        found.then_some(best)
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

/// Index of the largest count, of equal ones the lowest.
fn largest(counts: &[f64]) -> usize {
    crate::metrics::argmax(counts)
}
