//! Layer normalisation (Ba et al. 2016) over the channels of each frame.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::simd::{Level, norm};
use crate::nn::tensor::Sequence;
use crate::nn::weights::Weight;

/// Added to the variance, as in PyTorch.
pub(crate) const EPSILON: f32 = 1e-5;

/// `gain * (x - mean) / sqrt(variance + 1e-5) + bias`, mean and variance over each frame's channels.
pub(crate) fn layer_norm<T: Tape<f32, Cpu>>(x: Sequence<T>, gain: &Weight, bias: &Weight) -> Result<Sequence<T>, NnError> {
    let shape @ (_, frames, channels) = x.shape();
    let (x, lengths, mut tape) = x.split();
    let level = Level::best();
    let mut out = vec![0.0; x.values.len()];
    // What is normalised replaces the input: the backward pass needs no more.
    let mut normal = x.values;
    let mut inverse_deviations = vec![0.0; shape.0 * frames];
    let mut row_normal = vec![0.0; channels];
    for (row, &length) in lengths.iter().enumerate() {
        let first = row * frames;
        for (frame, inverse_deviation) in inverse_deviations[first..first + length].iter_mut().enumerate() {
            let at = (first + frame) * channels..(first + frame + 1) * channels;
            let (mean, variance) = norm::moments(level, &normal[at.clone()]);
            let inverse = 1.0 / (variance + EPSILON).sqrt();
            norm::normalise_row(
                level,
                &normal[at.clone()],
                mean,
                inverse,
                gain.values(),
                bias.values(),
                &mut row_normal,
                &mut out[at.clone()],
            );
            normal[at].copy_from_slice(&row_normal);
            *inverse_deviation = inverse;
        }
    }

    let out = Sequence::output(out, shape, lengths.clone(), x.tensor.device())?;
    let (x, out_ghost) = (x.tensor.ghost(), out.tensor.ghost());
    let (gain, bias) = (gain.clone(), bias.clone());
    tape.add_backward_op(move |gradients| {
        let mut d = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let (mut d_gain, mut d_bias) = (vec![0.0; channels], vec![0.0; channels]);
        for (row, &length) in lengths.iter().enumerate() {
            let first = row * frames;
            for (frame, &inverse) in inverse_deviations[first..first + length].iter().enumerate() {
                let at = (first + frame) * channels..(first + frame + 1) * channels;
                norm::normalise_row_backward(level, &mut d[at.clone()], &normal[at], inverse, gain.values(), &mut d_gain, &mut d_bias);
            }
        }
        crate::nn::tensor::mask(&mut d, frames, channels, &lengths);
        crate::nn::simd::elementwise::add(level, gain.gradient(gradients)?, &d_gain);
        crate::nn::simd::elementwise::add(level, bias.gradient(gradients)?, &d_bias);
        **gradients.get_or_alloc_mut(&x)? = d;
        Ok(())
    });
    Ok(out.with_tape(tape))
}
