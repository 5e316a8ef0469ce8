//! Local slopes and curvatures over time: `librosa.feature.delta` of order 1 and 2.

use ndarray::{Array2, ArrayView2};

use super::error::FeatureError;

/// Frames that the slope is fitted over.
pub(super) const WIDTH: usize = 9;
const HALF: usize = WIDTH / 2;
/// Sum of the squares of -4 to 4.
const NORM: f64 = 60.0;
/// Weights of the second derivative of the fitted parabola at the centre and one to four frames from it (Savitzky and Golay, 1964).
const CURVATURE: [f64; HALF + 1] = [-20.0, -17.0, -8.0, 7.0, 28.0];
const CURVATURE_NORM: f64 = 462.0;

/// First-order deltas along time of a `(rows, frames)` array: the slope of a straight line fitted over nine frames (Savitzky-Golay,
/// `mode="interp"`). The first and last four frames have the slope of the first and last nine.
///
/// # Errors
/// Fewer than nine frames.
pub fn delta(data: ArrayView2<'_, f32>) -> Result<Array2<f32>, FeatureError> {
    let frames = data.ncols();
    if frames < WIDTH {
        return Err(FeatureError::TooFewFrames { frames, hop_length: 1, needed: WIDTH, what: "a delta" });
    }
    Ok(Array2::from_shape_fn(data.dim(), |(row, frame)| slope(frame, frames, |frame| data[[row, frame]])))
}

/// Second-order deltas along time of a `(rows, frames)` array: the second derivative of a parabola fitted over nine frames
/// (`librosa.feature.delta(order=2)`: Savitzky-Golay, `mode="interp"`). The first and last four frames have that of the first and last
/// nine.
///
/// # Errors
/// Fewer than nine frames.
pub fn delta2(data: ArrayView2<'_, f32>) -> Result<Array2<f32>, FeatureError> {
    let frames = data.ncols();
    if frames < WIDTH {
        return Err(FeatureError::TooFewFrames { frames, hop_length: 1, needed: WIDTH, what: "a delta" });
    }
    Ok(Array2::from_shape_fn(data.dim(), |(row, frame)| curvature(frame, frames, |frame| data[[row, frame]])))
}

/// The slope at `frame` of a series of at least [`WIDTH`] values.
#[inline]
pub(super) fn slope(frame: usize, frames: usize, value: impl Fn(usize) -> f32) -> f32 {
    let centre = frame.clamp(HALF, frames - 1 - HALF);
    let sum: f64 = (1..=HALF).map(|k| k as f64 * (f64::from(value(centre + k)) - f64::from(value(centre - k)))).sum();
    (sum / NORM) as f32
}

/// The second derivative at `frame` of a series of at least [`WIDTH`] values. A parabola's is the same everywhere, so the frames at both
/// ends have that of the nearest full neighbourhood.
#[inline]
pub(super) fn curvature(frame: usize, frames: usize, value: impl Fn(usize) -> f32) -> f32 {
    let centre = frame.clamp(HALF, frames - 1 - HALF);
    let pair = |k: usize| CURVATURE[k] * (f64::from(value(centre + k)) + f64::from(value(centre - k)));
    let sum: f64 = (1..=HALF).map(pair).sum();
    ((sum + CURVATURE[0] * f64::from(value(centre))) / CURVATURE_NORM) as f32
}
