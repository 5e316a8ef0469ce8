//! Random forest.

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
/// linfa-ensemble draws for each tree as many rows as there are, with replacement, and a part of the columns, also with replacement
/// (random subspaces, Ho 1998).
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
        };
        let dataset = DatasetBase::new(rows.values.clone(), Array1::from(rows.labels.clone()));
        let fitted = EnsembleLearnerParams::new_fixed_rng(tree, stream(seed, &["random-forest"]))
            .ensemble_size(settings.trees)
            .feature_proportion(proportion(settings.feature_part, rows.values.ncols()))
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

/// The part of the columns that gives the wanted number when linfa-ensemble rounds up.
fn proportion(part: f64, columns: usize) -> f64 {
    let columns = columns as f64;
    let wanted = if part > 0.0 { (part * columns).round() } else { columns.sqrt().round() };
    ((wanted.max(1.0) - 0.5) / columns).min(1.0)
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
