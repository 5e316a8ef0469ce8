//! Rows as a matrix, checked so that no solver meets what it cannot take.

use ndarray::Array2;

use crate::dataset::TrainingSet;
use crate::model::ModelError;

/// Training rows as baselines take them.
pub(super) struct Rows {
    /// `(rows, columns)`.
    pub values: Array2<f32>,
    /// A class index a row.
    pub labels: Vec<usize>,
    /// Number of classes, with rows or without.
    pub classes: usize,
    /// Classes that have rows, ascending; two or more.
    pub present: Vec<usize>,
    /// Rows of each class.
    pub counts: Vec<usize>,
}

impl Rows {
    /// Takes the rows themselves and their augmented copies.
    pub fn new(train: &TrainingSet) -> Result<Self, ModelError> {
        let classes = train.classes;
        let examples = &train.examples;
        let columns = examples.first().ok_or(ModelError::NoRows)?.frames().ncols();
        if let Some(example) = examples.iter().find(|example| example.label >= classes) {
            return Err(ModelError::Class { class: example.label, classes });
        }
        let matrices: Vec<&Array2<f32>> = examples.iter().flat_map(|example| example.variants.iter().map(|variant| &**variant)).collect();
        let labels: Vec<usize> = examples.iter().flat_map(|example| vec![example.label; example.variants.len()]).collect();
        let mut counts = vec![0; classes];
        for &label in &labels {
            counts[label] += 1;
        }
        let present: Vec<usize> = (0..classes).filter(|&class| counts[class] > 0).collect();
        if let [class] = present[..] {
            return Err(ModelError::OneClass { class });
        }
        Ok(Self { values: stack(&matrices, columns)?, labels, classes, present, counts })
    }

    /// The values in `f64`, for solvers.
    pub fn in_f64(&self) -> Array2<f64> {
        self.values.mapv(f64::from)
    }

    /// The class weights, 1 each where there are none.
    pub fn weights(&self, weights: Option<&[f64]>) -> Result<Vec<f64>, ModelError> {
        let Some(weights) = weights else { return Ok(vec![1.0; self.classes]) };
        let usable = |(&weight, &count): (&f64, &usize)| weight.is_finite() && (weight > 0.0 || (weight == 0.0 && count == 0));
        if weights.len() != self.classes || !weights.iter().zip(&self.counts).all(usable) {
            return Err(ModelError::Weights { found: weights.len(), classes: self.classes });
        }
        Ok(weights.to_vec())
    }
}

/// One row a matrix; each must be one vector of `columns` finite values.
pub(super) fn stack(matrices: &[&Array2<f32>], columns: usize) -> Result<Array2<f32>, ModelError> {
    let mut values = Array2::zeros((matrices.len(), columns));
    for (row, (mut target, matrix)) in values.rows_mut().into_iter().zip(matrices).enumerate() {
        if matrix.nrows() != 1 {
            return Err(ModelError::NotAVector { row, frames: matrix.nrows() });
        }
        check(row, matrix, columns)?;
        target.assign(&matrix.row(0));
    }
    Ok(values)
}

/// A row must have `columns` columns of finite values.
pub(super) fn check(row: usize, matrix: &Array2<f32>, columns: usize) -> Result<(), ModelError> {
    if matrix.ncols() != columns {
        return Err(ModelError::Columns { row, expected: columns, found: matrix.ncols() });
    }
    match matrix.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((_, column), _)) => Err(ModelError::NotFinite { row, column }),
        None => Ok(()),
    }
}
