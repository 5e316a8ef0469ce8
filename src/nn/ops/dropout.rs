//! Inverted dropout (Srivastava et al. 2014), drawn from a seeded stream.

use dfdx::tensor::{Cpu, Tape};
use rand::RngCore;
use rand_chacha::ChaCha8Rng;

use crate::nn::error::NnError;
use crate::nn::pass::Pass;
use crate::nn::simd::{Level, elementwise};
use crate::nn::tensor::{Matrix, Sequence};

/// Sets each value to zero with probability `part` and scales the others by `1 / (1 - part)`; nothing when predicting.
pub(crate) fn dropout_sequence<T: Tape<f32, Cpu>>(x: Sequence<T>, part: f32, pass: &mut Pass) -> Result<Sequence<T>, NnError> {
    let Some(random) = pass.dropout().filter(|_| part > 0.0) else { return Ok(x) };
    let shape = x.shape();
    let (mut x, lengths, mut tape) = x.split();
    let factors = factors(x.values.len(), part, random);
    elementwise::multiply(Level::best(), &mut x.values, &factors);
    let out = Sequence::output(x.values, shape, lengths, x.tensor.device())?;
    let (x, out_ghost) = (x.tensor.ghost(), out.tensor.ghost());
    tape.add_backward_op(move |gradients| {
        let mut d = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        elementwise::multiply(Level::best(), &mut d, &factors);
        **gradients.get_or_alloc_mut(&x)? = d;
        Ok(())
    });
    Ok(out.with_tape(tape))
}

/// [`dropout_sequence`] for a batch of vectors.
pub(crate) fn dropout_matrix<T: Tape<f32, Cpu>>(x: Matrix<T>, part: f32, pass: &mut Pass) -> Result<Matrix<T>, NnError> {
    let Some(random) = pass.dropout().filter(|_| part > 0.0) else { return Ok(x) };
    let shape = x.shape();
    let (mut x, mut tape) = x.split();
    let factors = factors(x.values.len(), part, random);
    elementwise::multiply(Level::best(), &mut x.values, &factors);
    let out = Matrix::output(x.values, shape, x.tensor.device())?;
    let (x, out_ghost) = (x.tensor.ghost(), out.tensor.ghost());
    tape.add_backward_op(move |gradients| {
        let mut d = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        elementwise::multiply(Level::best(), &mut d, &factors);
        **gradients.get_or_alloc_mut(&x)? = d;
        Ok(())
    });
    Ok(out.with_tape(tape))
}

/// A factor a value, from 16 random bits each: `part` is met to within 1/65536.
fn factors(count: usize, part: f32, random: &mut ChaCha8Rng) -> Vec<f32> {
    let mut bytes = vec![0; 2 * count];
    random.fill_bytes(&mut bytes);
    let threshold = (part * 65536.0).round() as u32;
    let keep = 65536.0 / (65536 - threshold.min(65535)) as f32;
    bytes.chunks_exact(2).map(|pair| if u32::from(u16::from_le_bytes([pair[0], pair[1]])) < threshold { 0.0 } else { keep }).collect()
}
