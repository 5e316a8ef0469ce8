//! Rows of different length together in one batch, their targets, and its parts.

use std::borrow::Cow;

use ndarray::Array2;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::error::NnError;
use super::tensor::Sequence;

/// How a network reads the matrix of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// `(frames, columns)`: as many steps as there are frames, of `columns` channels.
    Frames,
    /// `(1, columns)`: `columns` steps of one channel.
    Vector,
}

/// Rows as a batch, one after the other.
///
/// # Errors
/// [`NnError::Input`] if a row is empty, has another number of columns, or a value that is not finite.
pub fn sequence(rows: &[&Array2<f32>], reading: Reading, columns: usize) -> Result<Sequence, NnError> {
    for (row, values) in rows.iter().enumerate() {
        check(values, reading, columns).map_err(|message| NnError::Input { row, message })?;
    }
    let (lengths, channels): (Vec<usize>, usize) = match reading {
        Reading::Frames => (rows.iter().map(|row| row.nrows()).collect(), columns),
        Reading::Vector => (vec![columns; rows.len()], 1),
    };
    let mut values = Vec::with_capacity(rows.iter().map(|row| row.len()).sum());
    for row in rows {
        match row.as_slice() {
            Some(row) => values.extend_from_slice(row),
            None => values.extend(row.iter()),
        }
    }
    Sequence::new(values, &lengths, channels, false)
}

fn check(values: &Array2<f32>, reading: Reading, columns: usize) -> Result<(), String> {
    if values.ncols() != columns {
        return Err(format!("has {} columns; the network reads {columns}", values.ncols()));
    }
    match (reading, values.nrows()) {
        (_, 0) => return Err("has no frames".into()),
        (Reading::Vector, frames @ 2..) => return Err(format!("has {frames} frames; the network reads one vector a clip")),
        _ => {}
    }
    if values.iter().any(|value| !value.is_finite()) {
        return Err("has a value that is not finite".into());
    }
    Ok(())
}

/// Rows with their target distributions.
#[derive(Debug, Clone)]
pub struct Batch<'a> {
    /// A matrix a row, `(frames, columns)`.
    pub rows: Vec<Cow<'a, Array2<f32>>>,
    /// `(rows, classes)`, each row summing to 1.
    pub targets: Vec<f32>,
    /// Number of classes.
    pub classes: usize,
}

impl<'a> Batch<'a> {
    /// Rows of one class each.
    pub fn new(rows: Vec<Cow<'a, Array2<f32>>>, labels: &[usize], classes: usize) -> Self {
        Self { targets: one_hot(labels, classes), rows, classes }
    }

    /// Mixup (Zhang et al. 2018): each row becomes `share` of itself and the rest of another of the batch, one `share` from
    /// Beta(`alpha`, `alpha`) a batch. The longer of the two gives the length; the shorter counts as zeros past its end.
    pub fn mix(&mut self, alpha: f32, random: &mut ChaCha8Rng) {
        let share = beta(f64::from(alpha), random) as f32;
        let mut partners: Vec<usize> = (0..self.rows.len()).collect();
        for place in (1..partners.len()).rev() {
            partners.swap(place, random.gen_range(0..=place));
        }
        let rows: Vec<Cow<'a, Array2<f32>>> = partners
            .iter()
            .zip(&self.rows)
            .map(|(&partner, row)| if self.rows.len() < 2 { row.clone() } else { Cow::Owned(blend(row, &self.rows[partner], share)) })
            .collect();
        let targets: Vec<f32> = partners
            .iter()
            .enumerate()
            .flat_map(|(row, &partner)| {
                let other = &self.targets[partner * self.classes..(partner + 1) * self.classes];
                let own = &self.targets[row * self.classes..(row + 1) * self.classes];
                own.iter().zip(other).map(|(own, other)| share * own + (1.0 - share) * other)
            })
            .collect();
        (self.rows, self.targets) = (rows, targets);
    }

    /// Bounds of `shards` parts of nearly equal size, or of one a row if there are fewer rows.
    pub(crate) fn shards(&self, shards: usize) -> Vec<std::ops::Range<usize>> {
        let rows = self.rows.len();
        let shards = shards.clamp(1, rows.max(1));
        (0..shards).map(|shard| shard * rows / shards..(shard + 1) * rows / shards).collect()
    }
}

/// `(labels, classes)`, 1 at each label.
pub(crate) fn one_hot(labels: &[usize], classes: usize) -> Vec<f32> {
    labels.iter().flat_map(|&label| (0..classes).map(move |class| if class == label { 1.0 } else { 0.0 })).collect()
}

fn blend(a: &Array2<f32>, b: &Array2<f32>, share: f32) -> Array2<f32> {
    let at = |values: &Array2<f32>, place: (usize, usize)| values.get(place).copied().unwrap_or(0.0);
    Array2::from_shape_fn((a.nrows().max(b.nrows()), a.ncols()), |place| share * at(a, place) + (1.0 - share) * at(b, place))
}

/// A draw from Beta(alpha, alpha), by two gamma draws.
fn beta(alpha: f64, random: &mut ChaCha8Rng) -> f64 {
    let (a, b) = (log_gamma_draw(alpha, random), log_gamma_draw(alpha, random));
    1.0 / (1.0 + (b - a).exp())
}

/// The logarithm of a draw from Gamma(alpha, 1): Marsaglia & Tsang 2000, with their boost for alpha below 1; in logarithms, since small
/// alphas give draws that underflow.
fn log_gamma_draw(alpha: f64, random: &mut ChaCha8Rng) -> f64 {
    let d = alpha + 1.0 - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let normal = (-2.0 * (1.0 - random.r#gen::<f64>()).ln()).sqrt() * (std::f64::consts::TAU * random.r#gen::<f64>()).cos();
        let v = (1.0 + c * normal).powi(3);
        if v > 0.0 && (1.0 - random.r#gen::<f64>()).ln() < 0.5 * normal * normal + d - d * v + d * v.ln() {
            return (d * v).ln() + (1.0 - random.r#gen::<f64>()).ln() / alpha;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beta_draws_have_the_mean_and_variance_of_the_distribution() {
        let mut random = crate::seed::stream(3, &["beta"]);
        for alpha in [0.2, 1.0, 4.0] {
            let draws: Vec<f64> = (0..20_000).map(|_| beta(alpha, &mut random)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / 20_000.0;
            assert!((mean - 0.5).abs() < 0.015, "{alpha} {mean}");
            assert!((variance - 1.0 / (4.0 * (2.0 * alpha + 1.0))).abs() < 0.01, "{alpha} {variance}");
        }
    }

    #[test]
    fn mixing_keeps_targets_distributions_and_takes_the_longer_length() {
        let rows = [2, 3, 5].map(|frames| Cow::Owned(Array2::from_elem((frames, 1), frames as f32)));
        let mut batch = Batch::new(rows.to_vec(), &[0, 1, 2], 3);
        batch.mix(1.0, &mut crate::seed::stream(1, &["mix"]));
        for target in batch.targets.chunks(3) {
            assert!((target.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
        assert!(batch.rows.iter().zip([2, 3, 5]).all(|(row, frames)| row.nrows() >= frames));
    }
}
