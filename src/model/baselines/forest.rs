//! Random forest.

use std::cell::Cell;

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_ensemble::EnsembleLearnerParams;
use ndarray::{Array1, Array2};
use serde::{Deserialize, Serialize};

use crate::model::{ForestSettings, ModelError};
use crate::seed::stream;

use super::input::Rows;
use super::tree::{Node, Tree, TreeParams};

/// A fitted random forest; a probability is the share of trees that vote for the class.
///
/// linfa-ensemble draws for each tree as many rows as there are, with replacement, and as many columns, also with replacement; the tree
/// tries some of those at each split, as scikit-learn's `max_features`. Drawing few columns once a tree, which is all that linfa-ensemble
/// does by itself, cost 4 points of accuracy on the digits of this crate's tests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Forest {
    trees: Vec<Tree>,
}

impl Forest {
    pub fn fit(settings: &ForestSettings, rows: &Rows, class_weights: Option<&[f64]>, seed: u64) -> Result<Self, ModelError> {
        settings.check()?;
        let tree = TreeParams {
            max_depth: (settings.max_depth > 0).then_some(settings.max_depth),
            weights: rows.weights(class_weights)?,
            tried: tried(settings.feature_part, rows.values.ncols()),
            seed,
            grown: Cell::new(0),
        };
        let dataset = DatasetBase::new(rows.values.clone(), Array1::from(rows.labels.clone()));
        let fitted = EnsembleLearnerParams::new_fixed_rng(tree, stream(seed, &["random-forest", "rows"]))
            .ensemble_size(settings.trees)
            .fit(&dataset)
            .map_err(|error| ModelError::Fit { kind: "random forest", message: error.to_string() })?;
        let trees = fitted.models.into_iter().zip(&fitted.model_features).map(|(tree, columns)| over_all_columns(tree, columns));
        Ok(Self { trees: trees.collect() })
    }

    pub fn probabilities(&self, rows: &Array2<f32>, out: &mut Array2<f64>) {
        for (row, mut out) in rows.rows().into_iter().zip(out.rows_mut()) {
            let row = row.to_vec();
            for tree in &self.trees {
                out[tree.vote(&row)] += 1.0 / self.trees.len() as f64;
            }
        }
    }

    pub fn fits(&self, classes: usize, columns: usize) -> bool {
        !self.trees.is_empty() && self.trees.iter().all(|tree| tree.fits(classes, columns))
    }
}

/// Number of columns tried at a split.
fn tried(part: f64, columns: usize) -> usize {
    let wanted = if part > 0.0 { part * columns as f64 } else { (columns as f64).sqrt() };
    (wanted.round() as usize).max(1)
}

/// A tree over drawn columns as one over all.
fn over_all_columns(mut tree: Tree, drawn: &[usize]) -> Tree {
    for node in &mut tree.nodes {
        if let Node::Split { column, .. } = node {
            *column = drawn[*column];
        }
    }
    tree
}
