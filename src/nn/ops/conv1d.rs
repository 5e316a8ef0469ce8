//! Convolution over time: same padding, odd kernel, stride 1.
//!
//! `out[t, o] = bias[o] + sum over k, c of x[t + k - kernel/2, c] * weight[k, c, o]` within a clip, frames outside it being zero. With
//! zero frames around the clips, the im2col matrix is the padded batch itself read as overlapping rows, so that each of forward, weight
//! gradient and input gradient is one matrix product over the whole batch; the few products that straddle two clips are left out
//! afterwards.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::gemm::{View, gemm, product};
use crate::nn::simd::{self, Level, elementwise};
use crate::nn::tensor::{Clips, Place, Sequence};
use crate::nn::weights::Weight;

/// Convolves the clips of `x` with `weight`, `(kernel, channels, outputs)`.
pub(crate) fn conv1d<T: Tape<f32, Cpu>>(x: Sequence<T>, weight: &Weight, bias: &Weight, kernel: usize) -> Result<Sequence<T>, NnError> {
    let (x, mut tape) = x.take();
    let (channels, outputs) = (x.channels, bias.values().len());
    let layout = Layout { clips: x.clips, pad: kernel / 2, kernel };

    let padded = layout.pad(&x.values, channels);
    drop(x.values);
    let all = product(layout.windows(&padded, channels), View::new(weight.values(), kernel * channels, outputs));
    let mut out = layout.unpad(&all, outputs);
    elementwise::add_to_rows(Level::best(), &mut out, bias.values());

    let out = Sequence::output(out, layout.clips.clone(), outputs)?;
    let place = Place::of_sequence(&out);
    let (weight, bias) = (weight.clone(), bias.clone());
    tape.add_backward_op(move |gradients| {
        let d_out = place.take(gradients)?;
        elementwise::add_column_sums(Level::best(), bias.gradient(gradients)?, &d_out);
        let d_padded = layout.pad(&d_out, outputs);
        drop(d_out);
        let d_rows = View::new(&d_padded[layout.pad * outputs..], layout.products(), outputs);
        gemm(weight.gradient(gradients)?, outputs, layout.windows(&padded, channels).transposed(), d_rows, true);
        if let Some(gradient) = x.gradient {
            let flipped = flip(weight.values(), channels, outputs);
            let all = product(layout.windows(&d_padded, outputs), View::new(&flipped, kernel * outputs, channels));
            gradient.set(gradients, layout.unpad(&all, channels))?;
        }
        Ok(())
    });
    Ok(out.with_tape(tape))
}

/// Where frames are in a batch with `pad` zero frames before, between and after its clips.
struct Layout {
    clips: Clips,
    pad: usize,
    kernel: usize,
}

impl Layout {
    fn frames(&self) -> usize {
        self.clips.frames() + (self.clips.count() + 1) * self.pad
    }

    /// Windows of `kernel` frames in the padded batch, those that straddle two clips included.
    fn products(&self) -> usize {
        self.frames() - 2 * self.pad
    }

    fn windows<'a>(&self, padded: &'a [f32], channels: usize) -> View<'a> {
        View::strided(padded, self.products(), self.kernel * channels, channels)
    }

    /// A copy with zero frames around the clips.
    fn pad(&self, values: &[f32], channels: usize) -> Vec<f32> {
        let zeros = self.pad * channels;
        let mut padded = Vec::with_capacity(self.frames() * channels);
        padded.resize(zeros, 0.0);
        for clip in self.clips.split(values, channels) {
            padded.extend_from_slice(clip);
            padded.resize(padded.len() + zeros, 0.0);
        }
        padded
    }

    /// The windows around the frames of the clips.
    fn unpad(&self, all: &[f32], channels: usize) -> Vec<f32> {
        let mut out = Vec::with_capacity(self.clips.frames() * channels);
        for (clip, frames) in self.clips.ranges().enumerate() {
            let before = clip * self.pad;
            out.extend_from_slice(&all[(frames.start + before) * channels..(frames.end + before) * channels]);
        }
        out
    }
}

/// `(kernel, channels, outputs)` to `(kernel reversed, outputs, channels)`: the weights of the convolution that is the input's gradient.
fn flip(weight: &[f32], channels: usize, outputs: usize) -> Vec<f32> {
    let mut flipped = vec![0.0; weight.len()];
    for (to, from) in flipped.chunks_exact_mut(channels * outputs).zip(weight.chunks_exact(channels * outputs).rev()) {
        simd::transpose(Level::best(), from, channels, outputs, to);
    }
    flipped
}
