//! Inverted dropout (Srivastava et al. 2014), drawn from a seeded stream.

use dfdx::tensor::{Cpu, Tape};
use rand::RngCore;
use rand_chacha::ChaCha8Rng;

use crate::nn::error::NnError;
use crate::nn::pass::Pass;
use crate::nn::simd::{Level, elementwise};
use crate::nn::tensor::{Matrix, Place, Sequence};

/// Sets each value to zero with probability `part` and scales the others by `1 / (1 - part)`; nothing when predicting.
pub(crate) fn dropout_sequence<T: Tape<f32, Cpu>>(x: Sequence<T>, part: f32, pass: &mut Pass) -> Result<Sequence<T>, NnError> {
    let Some(random) = pass.dropout().filter(|_| part > 0.0) else { return Ok(x) };
    let (mut x, mut tape) = x.take();
    let factors = drop(&mut x.values, part, random);
    let out = Sequence::output(x.values, x.clips, x.channels)?;
    if let Some(gradient) = x.gradient {
        record(&mut tape, Place::of_sequence(&out), gradient, factors);
    }
    Ok(out.with_tape(tape))
}

/// [`dropout_sequence`] for a batch of vectors.
pub(crate) fn dropout_matrix<T: Tape<f32, Cpu>>(x: Matrix<T>, part: f32, pass: &mut Pass) -> Result<Matrix<T>, NnError> {
    let Some(random) = pass.dropout().filter(|_| part > 0.0) else { return Ok(x) };
    let shape = x.shape();
    let (gradient, mut values, mut tape) = x.take();
    let factors = drop(&mut values, part, random);
    let out = Matrix::new(values, shape)?;
    record(&mut tape, Place::of_matrix(&out), gradient, factors);
    Ok(out.with_tape(tape))
}

/// Drops values in place, by 16 random bits each, so that `part` is met to within 1/65536; returns the factor of each.
fn drop(values: &mut [f32], part: f32, random: &mut ChaCha8Rng) -> Vec<f32> {
    let mut bits = vec![0; 2 * values.len()];
    random.fill_bytes(&mut bits);
    let threshold = (part * 65536.0).round().min(65535.0) as u16;
    let keep = 65536.0 / (65536.0 - f32::from(threshold));
    let mut factors = vec![0.0; values.len()];
    elementwise::dropout_factors(Level::best(), &mut factors, &bits, threshold, keep);
    elementwise::multiply(Level::best(), values, &factors);
    factors
}

/// The gradient of the input is that of the output times the same factors.
fn record<T: Tape<f32, Cpu>>(tape: &mut T, output: Place, input: Place, factors: Vec<f32>) {
    tape.add_backward_op(move |gradients| {
        let mut d = output.take(gradients)?;
        elementwise::multiply(Level::best(), &mut d, &factors);
        input.set(gradients, d)
    });
}
