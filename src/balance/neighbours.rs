//! Exact nearest neighbours within a class.

use ndarray::ArrayView1;
use rayon::prelude::*;

/// The `k` nearest other rows of each row by Euclidean distance, nearest first, of equally near ones the lower index.
///
/// `rows` have one length; distances are summed in `f64`. `k` is below the number of rows.
pub(super) fn nearest(rows: &[ArrayView1<f32>], k: usize) -> Vec<Vec<usize>> {
    (0..rows.len())
        .into_par_iter()
        .map(|row| {
            let mut others: Vec<(f64, usize)> =
                (0..rows.len()).filter(|&other| other != row).map(|other| (squared_distance(rows[row], rows[other]), other)).collect();
            others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            others.into_iter().take(k).map(|(_, other)| other).collect()
        })
        .collect()
}

fn squared_distance(a: ArrayView1<f32>, b: ArrayView1<f32>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum()
}
