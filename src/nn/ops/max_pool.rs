//! ReLU and max-pooling over time in one operation (the order of the two does not matter).

use std::sync::Arc;

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::simd::{Level, max_pool};
use crate::nn::tensor::Sequence;

/// `max(0, x)`, then the maximum of each window of `pool` frames; a clip of `n` frames keeps `ceil(n / pool)`. A pool of 1 is a ReLU.
///
/// The gradient goes to the first frame that has the maximum, as in PyTorch.
pub(crate) fn relu_max_pool<T: Tape<f32, Cpu>>(x: Sequence<T>, pool: usize) -> Result<Sequence<T>, NnError> {
    let (rows, frames, channels) = x.shape();
    let (x, lengths, mut tape) = x.split();
    let level = Level::best();
    let pooled = frames.div_ceil(pool);
    let mut out = vec![0.0; rows * pooled * channels];
    let mut winners = vec![max_pool::NOBODY; out.len()];
    let input_rows = x.values.chunks_exact(frames * channels);
    let output_rows = out.chunks_exact_mut(pooled * channels).zip(winners.chunks_exact_mut(pooled * channels));
    for ((input, (output, winners)), &length) in input_rows.zip(output_rows).zip(lengths.iter()) {
        let windows = input[..length * channels].chunks(pool * channels);
        for ((window, out), winner) in windows.zip(output.chunks_exact_mut(channels)).zip(winners.chunks_exact_mut(channels)) {
            max_pool::forward(level, window, out, winner);
        }
    }

    let pooled_lengths: Arc<[usize]> = lengths.iter().map(|length| length.div_ceil(pool)).collect();
    let out = Sequence::output(out, (rows, pooled, channels), pooled_lengths, x.tensor.device())?;
    let (x, out_ghost) = (x.tensor.ghost(), out.tensor.ghost());
    tape.add_backward_op(move |gradients| {
        let d_out = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let mut d = vec![0.0; rows * frames * channels];
        let output_rows = d_out.chunks_exact(pooled * channels).zip(winners.chunks_exact(pooled * channels));
        for ((input, (output, winners)), &length) in d.chunks_exact_mut(frames * channels).zip(output_rows).zip(lengths.iter()) {
            let windows = input[..length * channels].chunks_mut(pool * channels);
            for ((window, out), winner) in windows.zip(output.chunks_exact(channels)).zip(winners.chunks_exact(channels)) {
                max_pool::backward(level, window, out, winner);
            }
        }
        **gradients.get_or_alloc_mut(&x)? = d;
        Ok(())
    });
    Ok(out.with_tape(tape))
}
