//! From frames to one vector a clip: mean and standard deviation over time, and the last states of a bidirectional layer.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::simd::{Level, elementwise, norm};
use crate::nn::tensor::{Clips, Matrix, Place, Sequence};

/// Added to the variance before its root, so that the gradient stays finite for a clip that does not vary.
const EPSILON: f32 = 1e-5;

/// Mean over a clip's frames, followed if `deviation` by `sqrt(biased variance + 1e-5)`: `(clips, channels)` or `(clips, 2 channels)`.
pub(crate) fn pool<T: Tape<f32, Cpu>>(x: Sequence<T>, deviation: bool) -> Result<Matrix<T>, NnError> {
    let (x, mut tape) = x.take();
    let weights: Vec<f32> = x.clips.lengths().flat_map(|length| std::iter::repeat_n(1.0 / length as f32, length)).collect();
    let pooling = Pooling { clips: x.clips, channels: x.channels, deviation };
    let pooled = pooling.forward(&x.values, &weights);

    let out = Matrix::new(pooled.clone(), pooling.shape())?;
    let place = Place::of_matrix(&out);
    if let Some(gradient) = x.gradient {
        tape.add_backward_op(move |gradients| {
            let d_out = place.take(gradients)?;
            gradient.set(gradients, pooling.backward(&x.values, &weights, &pooled, &d_out, None))
        });
    }
    Ok(out.with_tape(tape))
}

/// Weighted mean, and weighted deviation where asked for; weights sum to 1 over a clip's frames.
pub(super) struct Pooling {
    pub clips: Clips,
    pub channels: usize,
    pub deviation: bool,
}

impl Pooling {
    /// Rows and columns of the result.
    pub fn shape(&self) -> (usize, usize) {
        (self.clips.count(), if self.deviation { 2 * self.channels } else { self.channels })
    }

    pub fn forward(&self, values: &[f32], weights: &[f32]) -> Vec<f32> {
        let level = Level::best();
        let (clips, width) = self.shape();
        let mut out = vec![0.0; clips * width];
        let mut squares = vec![0.0; self.channels];
        for (frames, out) in self.clips.ranges().zip(out.chunks_exact_mut(width)) {
            let weights = &weights[frames.clone()];
            let clip = &values[frames.start * self.channels..frames.end * self.channels];
            let (mean, deviation) = out.split_at_mut(self.channels);
            for (frame, weight) in clip.chunks_exact(self.channels).zip(weights) {
                elementwise::add_scaled(level, mean, *weight, frame);
            }
            if self.deviation {
                for (frame, weight) in clip.chunks_exact(self.channels).zip(weights) {
                    squares.fill(0.0);
                    norm::add_squares(level, &mut squares, frame, mean);
                    elementwise::add_scaled(level, deviation, *weight, &squares);
                }
                for variance in deviation {
                    *variance = (*variance + EPSILON).sqrt();
                }
            }
        }
        out
    }

    /// The gradient through the values; writes to `d_weights` that with respect to each weight.
    pub fn backward(&self, values: &[f32], weights: &[f32], pooled: &[f32], d_out: &[f32], mut d_weights: Option<&mut [f32]>) -> Vec<f32> {
        let (channels, level) = (self.channels, Level::best());
        let (_, width) = self.shape();
        let mut d_values = vec![0.0; values.len()];
        for (frames, (pooled, d_out)) in self.clips.ranges().zip(pooled.chunks_exact(width).zip(d_out.chunks_exact(width))) {
            let (mean, d_mean) = (&pooled[..channels], &d_out[..channels]);
            // The derivative of the root: d variance = d deviation / (2 deviation).
            let d_variance: Vec<f32> =
                d_out[channels..].iter().zip(&pooled[channels..]).map(|(d, deviation)| 0.5 * d / deviation).collect();
            for frame in frames {
                let weight = weights[frame];
                let at = frame * channels..(frame + 1) * channels;
                let (x, d_x) = (&values[at.clone()], &mut d_values[at]);
                elementwise::add_scaled(level, d_x, weight, d_mean);
                let mut d_weight = 0.0;
                if d_weights.is_some() {
                    d_weight = elementwise::dot(level, d_mean, x);
                }
                for (((d_x, x), mean), d_variance) in d_x.iter_mut().zip(x).zip(mean).zip(&d_variance) {
                    let distance = x - mean;
                    *d_x += 2.0 * weight * distance * d_variance;
                    d_weight += distance * distance * d_variance;
                }
                if let Some(d_weights) = &mut d_weights {
                    d_weights[frame] = d_weight;
                }
            }
        }
        d_values
    }
}

/// The forward direction's state at each clip's last frame and the reverse direction's at its first: what a recurrent layer that does not
/// return sequences gives. `x` has `2 units` channels, the result is `(clips, 2 units)`.
pub(crate) fn last_states<T: Tape<f32, Cpu>>(x: Sequence<T>) -> Result<Matrix<T>, NnError> {
    let (x, mut tape) = x.take();
    let (channels, units) = (x.channels, x.channels / 2);
    let places: Vec<[usize; 2]> = x.clips.ranges().map(|frames| [(frames.end - 1) * channels, frames.start * channels + units]).collect();
    let out: Vec<f32> = places.iter().flatten().flat_map(|&at| &x.values[at..at + units]).copied().collect();

    let out = Matrix::new(out, (places.len(), channels))?;
    let place = Place::of_matrix(&out);
    if let Some(gradient) = x.gradient {
        let size = x.values.len();
        tape.add_backward_op(move |gradients| {
            let d_out = place.take(gradients)?;
            let mut d_x = vec![0.0; size];
            for (&at, d_state) in places.iter().flatten().zip(d_out.chunks_exact(units)) {
                d_x[at..at + units].copy_from_slice(d_state);
            }
            gradient.set(gradients, d_x)
        });
    }
    Ok(out.with_tape(tape))
}
