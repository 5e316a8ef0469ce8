//! k nearest neighbours.

use linfa_nn::distance::L2Dist;
use linfa_nn::{CommonNearestNeighbour, NearestNeighbour};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::model::{KnnSettings, ModelError};

use super::input::Rows;

/// The training rows; a probability is the share of the `k` nearest (Euclidean) that are of the class.
///
/// linfa-nn's linear search finds them: over tens of columns its trees prune nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Knn {
    k: usize,
    rows: Vec<Vec<f32>>,
    labels: Vec<usize>,
}

impl Knn {
    pub fn fit(settings: &KnnSettings, rows: &Rows) -> Result<Self, ModelError> {
        settings.check()?;
        let k = settings.k.min(rows.labels.len());
        Ok(Self { k, rows: rows.values.rows().into_iter().map(|row| row.to_vec()).collect(), labels: rows.labels.clone() })
    }

    pub fn probabilities(&self, rows: &Array2<f32>, out: &mut Array2<f64>) -> Result<(), ModelError> {
        let failed = |message: String| ModelError::Fit { kind: "knn", message };
        let columns = rows.ncols();
        let known = Array2::from_shape_fn((self.rows.len(), columns), |(row, column)| f64::from(self.rows[row][column]));
        let index = CommonNearestNeighbour::LinearSearch.from_batch(&known, L2Dist).map_err(|error| failed(error.to_string()))?;
        for (row, mut out) in rows.rows().into_iter().zip(out.rows_mut()) {
            let nearest = index.k_nearest(row.mapv(f64::from).view(), self.k).map_err(|error| failed(error.to_string()))?;
            for (_, found) in nearest {
                out[self.labels[found]] += 1.0 / self.k as f64;
            }
        }
        Ok(())
    }

    pub fn fits(&self, classes: usize, columns: usize) -> bool {
        (1..=self.rows.len()).contains(&self.k)
            && self.labels.len() == self.rows.len()
            && self.labels.iter().all(|&label| label < classes)
            && self.rows.iter().all(|row| row.len() == columns)
    }
}
