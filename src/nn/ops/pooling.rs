//! From frames to one vector a clip: mean and standard deviation over time, and the last states of a bidirectional layer.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::simd::{Level, elementwise, norm};
use crate::nn::tensor::{Matrix, Sequence};

/// Added to the variance before its root, so that the gradient stays finite for a clip that does not vary.
const EPSILON: f32 = 1e-5;

/// Mean over a clip's frames, followed if `deviation` by `sqrt(biased variance + 1e-5)`: `(rows, channels)` or `(rows, 2 channels)`.
pub(crate) fn pool<T: Tape<f32, Cpu>>(x: Sequence<T>, deviation: bool) -> Result<Matrix<T>, NnError> {
    let (rows, frames, channels) = x.shape();
    let (x, lengths, mut tape) = x.split();
    let mut weights = vec![0.0; rows * frames];
    for (row, &length) in weights.chunks_exact_mut(frames).zip(lengths.iter()) {
        row[..length].fill(1.0 / length as f32);
    }
    let pooling = Pooling { frames, channels, deviation };
    let pooled = pooling.forward(&x.values, &weights);

    let out = Matrix::output(pooled.clone(), (rows, pooling.width()), x.tensor.device())?;
    let (x_ghost, out_ghost, values) = (x.tensor.ghost(), out.tensor.ghost(), x.values);
    tape.add_backward_op(move |gradients| {
        let d_out = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let mut d_x = vec![0.0; values.len()];
        pooling.backward(&values, &weights, &pooled, &d_out, &mut d_x, None);
        **gradients.get_or_alloc_mut(&x_ghost)? = d_x;
        Ok(())
    });
    Ok(out.with_tape(tape))
}

/// Weighted mean, and weighted deviation where asked for; weights sum to 1 over a clip's frames.
#[derive(Clone, Copy)]
pub(super) struct Pooling {
    pub frames: usize,
    pub channels: usize,
    pub deviation: bool,
}

impl Pooling {
    /// Columns of the result.
    pub fn width(&self) -> usize {
        if self.deviation { 2 * self.channels } else { self.channels }
    }

    pub fn forward(&self, values: &[f32], weights: &[f32]) -> Vec<f32> {
        let level = Level::best();
        let mut out = vec![0.0; weights.len() / self.frames * self.width()];
        let mut squares = vec![0.0; self.channels];
        for ((out, clip), weights) in self.clips(&mut out, values, weights) {
            let (mean, deviation) = out.split_at_mut(self.channels);
            for (frame, weight) in clip.chunks_exact(self.channels).zip(weights).filter(|(_, weight)| **weight > 0.0) {
                elementwise::add_scaled(level, mean, *weight, frame);
            }
            if self.deviation {
                for (frame, weight) in clip.chunks_exact(self.channels).zip(weights).filter(|(_, weight)| **weight > 0.0) {
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

    /// Adds to `d_x` the gradient through the values, and writes to `d_weights` that with respect to each weight.
    pub fn backward(
        &self,
        values: &[f32],
        weights: &[f32],
        pooled: &[f32],
        d_out: &[f32],
        d_x: &mut [f32],
        mut d_weights: Option<&mut [f32]>,
    ) {
        let (channels, level) = (self.channels, Level::best());
        for (row, (pooled, d_out)) in pooled.chunks_exact(self.width()).zip(d_out.chunks_exact(self.width())).enumerate() {
            let d_mean = &d_out[..channels];
            let mean = &pooled[..channels];
            // The derivative of the root: d variance = d deviation / (2 deviation).
            let d_variance: Vec<f32> = d_out[channels..].iter().zip(&pooled[channels..]).map(|(d, deviation)| 0.5 * d / deviation).collect();
            for frame in row * self.frames..(row + 1) * self.frames {
                let weight = weights[frame];
                if weight <= 0.0 {
                    continue;
                }
                let at = frame * channels..(frame + 1) * channels;
                let (x, d_x) = (&values[at.clone()], &mut d_x[at]);
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
    }

    fn clips<'a>(
        &self,
        out: &'a mut [f32],
        values: &'a [f32],
        weights: &'a [f32],
    ) -> impl Iterator<Item = ((&'a mut [f32], &'a [f32]), &'a [f32])> + use<'a> {
        out.chunks_exact_mut(self.width()).zip(values.chunks_exact(self.frames * self.channels)).zip(weights.chunks_exact(self.frames))
    }
}

/// The forward direction's state at each clip's last frame and the reverse direction's at its first: what a recurrent layer that does not
/// return sequences gives. `x` is `(rows, frames, 2 units)`, the result `(rows, 2 units)`.
pub(crate) fn last_states<T: Tape<f32, Cpu>>(x: Sequence<T>) -> Result<Matrix<T>, NnError> {
    let (rows, frames, channels) = x.shape();
    let (x, lengths, mut tape) = x.split();
    let units = channels / 2;
    let places: Vec<[usize; 2]> = lengths
        .iter()
        .enumerate()
        .map(|(row, length)| [(row * frames + length - 1) * channels, row * frames * channels + units])
        .collect();
    let out: Vec<f32> = places.iter().flatten().flat_map(|&at| &x.values[at..at + units]).copied().collect();

    let out = Matrix::output(out, (rows, channels), x.tensor.device())?;
    let (x_ghost, out_ghost) = (x.tensor.ghost(), out.tensor.ghost());
    tape.add_backward_op(move |gradients| {
        let d_out = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let d_x = &mut **gradients.get_or_alloc_mut(&x_ghost)?;
        for (&at, d_state) in places.iter().flatten().zip(d_out.chunks_exact(units)) {
            d_x[at..at + units].copy_from_slice(d_state);
        }
        Ok(())
    });
    Ok(out.with_tape(tape))
}
