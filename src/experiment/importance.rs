//! Permutation importance: how much worse the test rows are recognised when one group of features is another clip's.
//!
//! Breiman 2001 (*Random Forests*, section 10), for groups of columns: all columns of a group change hands together, and all frames of a clip,
//! so that what is broken is the tie between the group and the rest, and not the group itself. The model is not fitted anew. It tells what
//! this model leans on; groups that say the same stand in for each other, and both then seem to matter little.

use std::sync::Arc;

use ndarray::Array2;
use polars::prelude::{DataFrame, IntoColumn, NamedFrom, PolarsResult, Series};
use rand::seq::SliceRandom;

use crate::dataset::{Example, TestSet};
use crate::metrics::{ConfusionMatrix, argmax};
use crate::model::{FittedModel, ModelError};
use crate::seed::stream;

/// What is asked: of which model, over which rows.
pub(super) struct Question<'a> {
    pub model: &'a FittedModel,
    pub test: &'a TestSet,
    /// The group of each column.
    pub groups: &'a [String],
    pub fold: &'a str,
    pub seed: u64,
    /// Permutations of each group.
    pub repeats: usize,
    /// UAR of the rows as they are.
    pub uar: f64,
}

/// One permutation of one group.
struct Answer<'a> {
    group: &'a str,
    columns: u32,
    repeat: u32,
    permuted: f64,
}

impl Question<'_> {
    /// The frame of `importance.parquet`, a row a group and permutation; see [`record`](super::record).
    pub fn answer(&self) -> Result<PolarsResult<DataFrame>, ModelError> {
        let mut names: Vec<&str> = self.groups.iter().map(String::as_str).collect();
        let mut seen = std::collections::BTreeSet::new();
        names.retain(|name| seen.insert(*name));
        let mut answers = Vec::with_capacity(names.len() * self.repeats);
        for group in names {
            let columns: Vec<usize> = (0..self.groups.len()).filter(|&column| self.groups[column] == group).collect();
            for repeat in 0..self.repeats {
                let permuted = self.score(group, &columns, repeat)?;
                answers.push(Answer { group, columns: columns.len() as u32, repeat: repeat as u32, permuted });
            }
        }
        Ok(self.frame(&answers))
    }

    fn score(&self, group: &str, columns: &[usize], repeat: usize) -> Result<f64, ModelError> {
        let rows = &self.test.examples;
        let mut giver: Vec<usize> = (0..rows.len()).collect();
        giver.shuffle(&mut stream(self.seed, &["importance", self.fold, group, &repeat.to_string()]));
        let mixed: Vec<Vec<Arc<Array2<f32>>>> = rows.iter().zip(&giver).map(|(row, &giver)| mix(row, &rows[giver], columns)).collect();
        let clips: Vec<Vec<&Array2<f32>>> = mixed.iter().map(|variants| variants.iter().map(AsRef::as_ref).collect()).collect();
        let probabilities = self.model.mean_probabilities(&clips)?;
        let mut matrix = ConfusionMatrix::new(self.test.classes);
        for (row, probabilities) in rows.iter().zip(probabilities.rows()) {
            matrix.count_pair(row.label, argmax(&probabilities.to_vec()));
        }
        Ok(matrix.uar())
    }

    fn frame(&self, answers: &[Answer<'_>]) -> PolarsResult<DataFrame> {
        let height = answers.len();
        DataFrame::new(
            height,
            vec![
                Series::new("fold".into(), vec![self.fold; height]).into_column(),
                Series::new("seed".into(), vec![self.seed; height]).into_column(),
                Series::new("group".into(), answers.iter().map(|answer| answer.group).collect::<Vec<_>>()).into_column(),
                Series::new("columns".into(), answers.iter().map(|answer| answer.columns).collect::<Vec<_>>()).into_column(),
                Series::new("repeat".into(), answers.iter().map(|answer| answer.repeat).collect::<Vec<_>>()).into_column(),
                Series::new("uar".into(), vec![self.uar; height]).into_column(),
                Series::new("permuted_uar".into(), answers.iter().map(|answer| answer.permuted).collect::<Vec<_>>()).into_column(),
            ],
        )
    }
}

/// The row with these columns from the giver, whose frames are stretched to the row's length.
fn mix(row: &Example, giver: &Example, columns: &[usize]) -> Vec<Arc<Array2<f32>>> {
    let of_variant = |(index, frames): (usize, &Arc<Array2<f32>>)| {
        let given = giver.variants.get(index).unwrap_or(&giver.variants[0]);
        let mut out = Array2::clone(frames);
        for (frame, mut values) in out.rows_mut().into_iter().enumerate() {
            let from = frame * given.nrows() / frames.nrows();
            columns.iter().for_each(|&column| values[column] = given[(from, column)]);
        }
        Arc::new(out)
    };
    row.variants.iter().enumerate().map(of_variant).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn columns_of_a_group_come_from_the_giver_over_its_whole_length() {
        let row = Example::new(array![[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]], 0, None);
        let giver = Example::new(array![[-1.0, -10.0], [-2.0, -20.0]], 1, None);
        assert_eq!(*mix(&row, &giver, &[1])[0], array![[1.0, -10.0], [2.0, -10.0], [3.0, -20.0], [4.0, -20.0]]);
        assert_eq!(*mix(&row, &row, &[0, 1])[0], *row.variants[0]);
    }
}
