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

/// Drops values in place; returns the factor of each.
fn drop(values: &mut [f32], part: f32, random: &mut ChaCha8Rng) -> Vec<f32> {
    let factors = factors(values.len(), part, random);
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

/// A factor a value, from 16 random bits each: `part` is met to within 1/65536.
fn factors(count: usize, part: f32, random: &mut ChaCha8Rng) -> Vec<f32> {
    let mut bytes = vec![0; 2 * count];
    random.fill_bytes(&mut bytes);
    let threshold = (part * 65536.0).round() as u32;
    let keep = 65536.0 / (65536 - threshold.min(65535)) as f32;
    bytes.chunks_exact(2).map(|pair| if u32::from(u16::from_le_bytes([pair[0], pair[1]])) < threshold { 0.0 } else { keep }).collect()
}
