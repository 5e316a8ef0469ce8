//! Layer normalisation (Ba et al. 2016) over the channels of each frame.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::simd::{Level, elementwise, norm};
use crate::nn::tensor::{Place, Sequence};
use crate::nn::weights::Weight;

/// Added to the variance, as in PyTorch.
pub(crate) const EPSILON: f32 = 1e-5;

/// `gain * (x - mean) / sqrt(variance + 1e-5) + bias`, mean and variance over each frame's channels.
pub(crate) fn layer_norm<T: Tape<f32, Cpu>>(x: Sequence<T>, gain: &Weight, bias: &Weight) -> Result<Sequence<T>, NnError> {
    let (x, mut tape) = x.take();
    let level = Level::best();
    let mut out = vec![0.0; x.values.len()];
    // What is normalised replaces the input: the backward pass needs no more.
    let mut normal = x.values;
    let channels = x.channels;
    let inverses: Vec<f32> = normal
        .chunks_exact_mut(channels)
        .zip(out.chunks_exact_mut(channels))
        .map(|(frame, out)| {
            let (mean, variance) = norm::moments(level, frame);
            let inverse = 1.0 / (variance + EPSILON).sqrt();
            norm::normalise_row(level, frame, mean, inverse, gain.values(), bias.values(), out);
            inverse
        })
        .collect();

    let out = Sequence::output(out, x.clips, channels)?;
    let place = Place::of_sequence(&out);
    let (gain, bias) = (gain.clone(), bias.clone());
    tape.add_backward_op(move |gradients| {
        let mut d = place.take(gradients)?;
        let (mut d_gain, mut d_bias) = (vec![0.0; channels], vec![0.0; channels]);
        for ((d, normal), inverse) in d.chunks_exact_mut(channels).zip(normal.chunks_exact(channels)).zip(&inverses) {
            norm::normalise_row_backward(level, d, normal, *inverse, gain.values(), &mut d_gain, &mut d_bias);
        }
        elementwise::add(level, gain.gradient(gradients)?, &d_gain);
        elementwise::add(level, bias.gradient(gradients)?, &d_bias);
        match x.gradient {
            Some(gradient) => gradient.set(gradients, d),
            None => Ok(()),
        }
    });
    Ok(out.with_tape(tape))
}
