//! Convolution over time: same padding, odd kernel, stride 1.
//!
//! `out[b, t, o] = bias[o] + sum over k, c of x[b, t + k - kernel/2, c] * weight[k, c, o]`, frames outside a clip being zero. With rows
//! padded in time, the im2col matrix is the padded input itself read as overlapping rows, so that each of forward, weight gradient and
//! input gradient is one matrix product over the whole batch; the few products that straddle two clips are left out afterwards.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::gemm::{View, gemm, product};
use crate::nn::simd::{Level, elementwise};
use crate::nn::tensor::Sequence;
use crate::nn::weights::Weight;

/// Convolves `x`, `(rows, frames, channels)`, with `weight`, `(kernel, channels, outputs)`.
pub(crate) fn conv1d<T: Tape<f32, Cpu>>(x: Sequence<T>, weight: &Weight, bias: &Weight, kernel: usize) -> Result<Sequence<T>, NnError> {
    let (rows, frames, channels) = x.shape();
    let outputs = bias.values().len();
    let (x, lengths, mut tape) = x.split();
    let layout = Layout { rows, frames, pad: kernel / 2, kernel };

    let padded = layout.pad(&x.values, channels, &lengths);
    drop(x.values);
    let all = product(layout.windows(&padded, channels), View::new(weight.values(), kernel * channels, outputs));
    let mut out = layout.unpad(&all, outputs, &lengths);
    for (row, &length) in out.chunks_exact_mut(frames * outputs).zip(lengths.iter()) {
        for frame in row[..length * outputs].chunks_exact_mut(outputs) {
            elementwise::add(Level::best(), frame, bias.values());
        }
    }

    let out = Sequence::output(out, (rows, frames, outputs), lengths.clone(), x.tensor.device())?;
    let (x, differentiable) = (x.tensor, x.differentiable);
    let (x, out_ghost) = (x.ghost(), out.tensor.ghost());
    let (weight, bias) = (weight.clone(), bias.clone());
    tape.add_backward_op(move |gradients| {
        let d_out = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let d_padded = layout.pad(&d_out, outputs, &lengths);
        drop(d_out);
        elementwise::add_column_sums(Level::best(), bias.gradient(gradients)?, &d_padded);
        let d_weight = weight.gradient(gradients)?;
        let d_rows = View::new(&d_padded[layout.pad * outputs..], layout.products(), outputs);
        gemm(d_weight, outputs, layout.windows(&padded, channels).transposed(), d_rows, true);
        if differentiable {
            let flipped = flip(weight.values(), kernel, channels, outputs);
            let all = product(layout.windows(&d_padded, outputs), View::new(&flipped, kernel * outputs, channels));
            **gradients.get_or_alloc_mut(&x)? = layout.unpad(&all, channels, &lengths);
        }
        Ok(())
    });
    Ok(out.with_tape(tape))
}

/// Where frames are in a batch whose clips have `pad` zero frames on either side.
#[derive(Clone, Copy)]
struct Layout {
    rows: usize,
    frames: usize,
    pad: usize,
    kernel: usize,
}

impl Layout {
    fn stride(&self) -> usize {
        self.frames + 2 * self.pad
    }

    /// Windows of `kernel` frames in the padded batch, those that straddle two clips included.
    fn products(&self) -> usize {
        self.rows * self.stride() - 2 * self.pad
    }

    fn windows<'a>(&self, padded: &'a [f32], channels: usize) -> View<'a> {
        View::strided(padded, self.products(), self.kernel * channels, channels)
    }

    /// A copy with zero frames around each clip, and zeros past its end.
    fn pad(&self, values: &[f32], channels: usize, lengths: &[usize]) -> Vec<f32> {
        let mut padded = vec![0.0; self.rows * self.stride() * channels];
        for (row, &length) in lengths.iter().enumerate() {
            let to = (row * self.stride() + self.pad) * channels;
            let from = row * self.frames * channels;
            padded[to..to + length * channels].copy_from_slice(&values[from..from + length * channels]);
        }
        padded
    }

    /// The windows that belong to a frame of a clip, zeros past its end.
    fn unpad(&self, all: &[f32], channels: usize, lengths: &[usize]) -> Vec<f32> {
        let mut out = vec![0.0; self.rows * self.frames * channels];
        for (row, &length) in lengths.iter().enumerate() {
            let from = row * self.stride() * channels;
            let to = row * self.frames * channels;
            out[to..to + length * channels].copy_from_slice(&all[from..from + length * channels]);
        }
        out
    }
}

/// `(kernel, channels, outputs)` to `(kernel reversed, outputs, channels)`: the weights of the convolution that is the input's gradient.
fn flip(weight: &[f32], kernel: usize, channels: usize, outputs: usize) -> Vec<f32> {
    let size = channels * outputs;
    (0..kernel).rev().flat_map(|k| crate::nn::gemm::transpose(&weight[k * size..(k + 1) * size], channels, outputs)).collect()
}
