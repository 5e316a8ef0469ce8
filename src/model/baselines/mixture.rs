//! Gaussian mixtures of diagonal covariance, fitted by expectation and maximisation.

use std::f64::consts::TAU;

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Ends a fit whose mean log-likelihood a frame rises by less; scikit-learn's `tol`.
const TOLERANCE: f64 = 1e-3;

/// Iterations at most; scikit-learn's `max_iter`.
const ITERATIONS: usize = 100;

/// The least variance of a component, as a part of the variance of the column over all frames, after HTK's `HCompV`: a component that sits
/// on a few equal frames (digital silence) would else outweigh all others there.
const FLOOR: f64 = 0.01;

/// Frames of one piece of work; sums over pieces are added in their order, whatever the number of threads.
const PIECE: usize = 1024;

/// Weights, means and variances, a row a component.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Mixture {
    weights: Vec<f32>,
    means: Vec<Vec<f32>>,
    variances: Vec<Vec<f32>>,
}

impl Mixture {
    /// Fits it to `frames`, `(frames, columns)`, from the `means` given, `(components, columns)`, equal weights and the variance over all
    /// frames: what scikit-learn's `GaussianMixture(covariance_type="diag")` does from there, but for the [`FLOOR`].
    pub fn fit(frames: ArrayView2<'_, f64>, means: Array2<f64>) -> Self {
        let components = means.nrows();
        let overall = frames.var_axis(Axis(0), 0.0).mapv(|variance| if variance > 0.0 { variance } else { 1.0 });
        let floor = overall.mapv(|variance| FLOOR * variance);
        let mut state = State {
            weights: Array1::from_elem(components, 1.0 / components as f64),
            variances: Array2::from_shape_fn(means.raw_dim(), |(_, column)| overall[column]),
            means,
        };
        let mut before = f64::NEG_INFINITY;
        for _ in 0..ITERATIONS {
            let sums = state.sums_over(frames);
            state = sums.maximised(&floor);
            let likelihood = sums.likelihood / frames.nrows() as f64;
            if (likelihood - before).abs() < TOLERANCE {
                break;
            }
            before = likelihood;
        }
        let rows = |values: &Array2<f64>| values.rows().into_iter().map(|row| row.iter().map(|&value| value as f32).collect()).collect();
        Self {
            weights: state.weights.iter().map(|&weight| weight as f32).collect(),
            means: rows(&state.means),
            variances: rows(&state.variances),
        }
    }

    /// Numbers of components and of columns.
    pub fn shape(&self) -> (usize, usize) {
        (self.weights.len(), self.means.first().map_or(0, Vec::len))
    }

    /// Whether all parts are of one shape and can be divided by.
    pub fn fits(&self, columns: usize) -> bool {
        let components = self.weights.len();
        let positive = |value: &f32| value.is_finite() && *value > 0.0;
        components > 0
            && self.means.len() == components
            && self.variances.len() == components
            && self.weights.iter().all(positive)
            && self.means.iter().all(|row| row.len() == columns)
            && self.variances.iter().all(|row| row.len() == columns && row.iter().all(positive))
    }

    /// The same in `f64`, to reckon with.
    pub fn state(&self) -> State {
        let table = |rows: &[Vec<f32>]| Array2::from_shape_fn(self.shape(), |(component, column)| f64::from(rows[component][column]));
        State {
            weights: self.weights.iter().map(|&weight| f64::from(weight)).collect(),
            means: table(&self.means),
            variances: table(&self.variances),
        }
    }
}

/// A mixture as numbers to reckon with.
pub(super) struct State {
    /// A weight a component; they sum to 1.
    pub weights: Array1<f64>,
    /// `(components, columns)`.
    pub means: Array2<f64>,
    /// `(components, columns)`.
    pub variances: Array2<f64>,
}

/// Sums over frames, each weighted by the probability that the component made it.
pub(super) struct Sums {
    /// Number of frames of each component.
    pub counts: Array1<f64>,
    /// Sum of the frames, `(components, columns)`.
    pub first: Array2<f64>,
    /// Sum of their squares, `(components, columns)`.
    pub second: Array2<f64>,
    /// Sum of the frames' log-likelihoods.
    likelihood: f64,
}

impl State {
    /// The sums over `frames`, `(frames, columns)`.
    pub fn sums(&self, frames: ArrayView2<'_, f64>) -> Sums {
        let squares = frames.mapv(|value| value * value);
        let (mut posteriors, likelihood) = (self.log_densities(frames, &squares), 0.0);
        let likelihood = posteriors.rows_mut().into_iter().fold(likelihood, |sum, mut row| {
            let largest = row.fold(f64::NEG_INFINITY, |largest, &value| largest.max(value));
            row.mapv_inplace(|value| (value - largest).exp());
            let total = row.sum();
            row.mapv_inplace(|value| value / total);
            sum + largest + total.ln()
        });
        Sums { counts: posteriors.sum_axis(Axis(0)), first: posteriors.t().dot(&frames), second: posteriors.t().dot(&squares), likelihood }
    }

    /// `ln(weight * density)` of each frame and component, `(frames, components)`.
    fn log_densities(&self, frames: ArrayView2<'_, f64>, squares: &Array2<f64>) -> Array2<f64> {
        let precisions = self.variances.mapv(f64::recip);
        let pulls = &self.means * &precisions;
        let constants = (&self.means * &pulls + self.variances.mapv(|variance| (TAU * variance).ln())).sum_axis(Axis(1));
        let constants = self.weights.mapv(f64::ln) - 0.5 * constants;
        frames.dot(&pulls.t()) - 0.5 * squares.dot(&precisions.t()) + constants
    }

    fn sums_over(&self, frames: ArrayView2<'_, f64>) -> Sums {
        let pieces: Vec<Sums> = (0..frames.nrows().div_ceil(PIECE))
            .into_par_iter()
            .map(|piece| self.sums(frames.slice(s![piece * PIECE..frames.nrows().min((piece + 1) * PIECE), ..])))
            .collect();
        let nothing = Sums {
            counts: Array1::zeros(self.weights.len()),
            first: Array2::zeros(self.means.raw_dim()),
            second: Array2::zeros(self.means.raw_dim()),
            likelihood: 0.0,
        };
        pieces.into_iter().fold(nothing, |sum, piece| Sums {
            counts: sum.counts + piece.counts,
            first: sum.first + piece.first,
            second: sum.second + piece.second,
            likelihood: sum.likelihood + piece.likelihood,
        })
    }
}

impl Sums {
    /// The mixture that makes these frames the likeliest; `floor` is the least variance of each column.
    fn maximised(&self, floor: &Array1<f64>) -> State {
        // scikit-learn's guard of a component that no frame is of.
        let counts = &self.counts + 10.0 * f64::EPSILON;
        let each = counts.view().insert_axis(Axis(1));
        let means = &self.first / &each;
        let mut variances = &self.second / &each - &means * &means;
        for mut row in variances.rows_mut() {
            row.zip_mut_with(floor, |variance, &floor| *variance = variance.max(floor));
        }
        let weights = &counts / counts.sum();
        State { weights, means, variances }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn table(value: &Value) -> Array2<f64> {
        let rows: Vec<Vec<f64>> = serde_json::from_value(value.clone()).expect("a table of numbers");
        Array2::from_shape_fn((rows.len(), rows[0].len()), |(row, column)| rows[row][column])
    }

    #[test]
    fn equals_scikit_learn_from_the_same_start() {
        let fixture: Value = serde_json::from_str(include_str!("../../../tests/fixtures/fisher.json")).expect("JSON");
        let fitted = Mixture::fit(table(&fixture["frames"]).view(), table(&fixture["start"])).state();
        let differences = [
            (&fitted.weights.insert_axis(Axis(0)) - &table(&fixture["weights"])).mapv(f64::abs),
            (&fitted.means - &table(&fixture["means"])).mapv(f64::abs),
            (&fitted.variances - &table(&fixture["variances"])).mapv(f64::abs),
        ];
        let largest = differences.iter().flatten().copied().fold(0.0, f64::max);
        println!("weights, means and variances differ by at most {largest:.1e}");
        // Stored as f32: half a unit in the last place of values up to 4.
        assert!(largest < 3e-7, "{largest}");
    }

    #[test]
    fn columns_that_do_not_vary_and_components_on_equal_frames_keep_a_variance() {
        let frames = Array2::from_shape_fn((40, 2), |(row, column)| if column == 0 { 3.0 } else { f64::from(row >= 20) });
        let start = Array2::from_shape_fn((2, 2), |(row, column)| if column == 0 { 3.0 } else { row as f64 });
        let fitted = Mixture::fit(frames.view(), start);
        assert!(fitted.fits(2), "{fitted:?}");
        assert_eq!(fitted.variances[0], [0.01, 0.0025], "a hundredth of 1 and of 1/4");
        let sums = fitted.state().sums(frames.view());
        assert!(sums.counts.iter().all(|count| (count - 20.0).abs() < 1e-9), "{:?}", sums.counts);
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        let frames = Array2::from_shape_fn((5000, 3), |(row, column)| ((row * (column + 7)) as f64 * 0.37).sin());
        let fit = || Mixture::fit(frames.view(), frames.slice(s![..4, ..]).to_owned());
        let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
        assert_eq!(fit(), one_thread.install(fit));
    }
}
