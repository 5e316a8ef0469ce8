//! Ridge regression on the classes.

use linfa_linalg::cholesky::SolveCInplace;
use ndarray::{Array1, Array2, Axis};

use crate::model::{ModelError, RidgeSettings};

use super::input::Rows;
use super::linear::Linear;

/// Fits a score a class, 1 for the rows of the class and 0 for all others, by penalised least squares (Hoerl & Kennard 1970; regularised
/// least-squares classification, Rifkin et al. 2003): the minimum of `sum(weight |y - W x - b|^2) + alpha |W|^2`, the intercept without
/// penalty, in closed form. Probabilities are `softmax(score / temperature)`.
///
/// scikit-learn's `RidgeClassifier(alpha)` fits -1 and 1 instead of 0 and 1: its `decision_function` is twice these scores less 1, and
/// decides the same. A class weight is that of each of its rows, as there.
pub(super) fn fit(settings: &RidgeSettings, rows: &Rows, class_weights: Option<&[f64]>) -> Result<Linear, ModelError> {
    settings.check()?;
    let weights = rows.weights(class_weights)?;
    let of_row: Array1<f64> = rows.labels.iter().map(|&label| weights[label]).collect();
    let mut x = rows.in_f64();
    let mut y = Array2::from_shape_fn((x.nrows(), rows.present.len()), |(row, class)| f64::from(rows.labels[row] == rows.present[class]));
    let means = centre(&mut x, &of_row);
    let shares = centre(&mut y, &of_row);
    let coefficients = solve(&x, &y, settings.alpha)? / settings.temperature;
    let intercepts = shares / settings.temperature - means.dot(&coefficients);
    if !coefficients.iter().chain(&intercepts).all(|&value| (value as f32).is_finite()) {
        return Err(failed("its weights are beyond what a number holds: raise `model.ridge.temperature` or `model.ridge.alpha`"));
    }
    Ok(Linear::new(rows.present.clone(), &coefficients, intercepts.into_iter()))
}

/// Takes the weighted mean of each column out of it, scales rows by the root of their weight, and returns the means.
fn centre(matrix: &mut Array2<f64>, weights: &Array1<f64>) -> Array1<f64> {
    let means = weights.dot(matrix) / weights.sum();
    *matrix -= &means;
    *matrix *= &weights.mapv(f64::sqrt).insert_axis(Axis(1));
    means
}

/// `(X'X + alpha)^-1 X'y`; over as many unknowns as there are rows, `X' (XX' + alpha)^-1 y`, where these are fewer than columns.
fn solve(x: &Array2<f64>, y: &Array2<f64>, alpha: f64) -> Result<Array2<f64>, ModelError> {
    let by_row = x.nrows() < x.ncols();
    let (mut gram, target) = if by_row { (x.dot(&x.t()), y.clone()) } else { (x.t().dot(x), x.t().dot(y)) };
    gram.diag_mut().map_inplace(|value| *value += alpha);
    let solved = gram.solvec_into(target).map_err(|error| failed(&format!("{error}: raise `model.ridge.alpha` ({alpha})")))?;
    Ok(if by_row { x.t().dot(&solved) } else { solved })
}

fn failed(message: &str) -> ModelError {
    ModelError::Fit { kind: "ridge regression", message: message.to_owned() }
}
