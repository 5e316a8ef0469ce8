//! Attention over time: weighted mean, or weighted mean and deviation (attentive statistics, Okabe et al. 2018), with weights from a small
//! network `softmax over frames of score . tanh(x weight + bias)` (Bahdanau et al. 2015).

use dfdx::tensor::{Cpu, Tape};

use super::pooling::Pooling;
use crate::nn::error::NnError;
use crate::nn::gemm::{View, gemm, product, transpose};
use crate::nn::simd::{Level, elementwise};
use crate::nn::tensor::{Matrix, Sequence};
use crate::nn::weights::Weight;

/// `(channels, hidden)`, `(hidden)` and `(hidden)`.
#[derive(Debug, Clone)]
pub(crate) struct AttentionWeights {
    pub weight: Weight,
    pub bias: Weight,
    pub score: Weight,
}

/// Pools `x`, `(rows, frames, channels)`, to `(rows, channels)`, or `(rows, 2 channels)` with `deviation`.
pub(crate) fn attention_pool<T: Tape<f32, Cpu>>(
    x: Sequence<T>,
    attention: &AttentionWeights,
    deviation: bool,
) -> Result<Matrix<T>, NnError> {
    let (rows, frames, channels) = x.shape();
    let (x, lengths, mut tape) = x.split();
    let level = Level::best();
    let hidden_units = attention.bias.values().len();
    let mut hidden = product(View::new(&x.values, rows * frames, channels), View::new(attention.weight.values(), channels, hidden_units));
    for frame in hidden.chunks_exact_mut(hidden_units) {
        elementwise::add(level, frame, attention.bias.values());
        elementwise::tanh_in_place(level, frame);
    }
    let mut weights: Vec<f32> =
        hidden.chunks_exact(hidden_units).map(|frame| elementwise::dot(level, frame, attention.score.values())).collect();
    for (row, &length) in weights.chunks_exact_mut(frames).zip(lengths.iter()) {
        softmax(&mut row[..length]);
        row[length..].fill(0.0);
    }
    let pooling = Pooling { frames, channels, deviation };
    let pooled = pooling.forward(&x.values, &weights);

    let out = Matrix::output(pooled.clone(), (rows, pooling.width()), x.tensor.device())?;
    let (x_ghost, out_ghost, values) = (x.tensor.ghost(), out.tensor.ghost(), x.values);
    let attention = attention.clone();
    tape.add_backward_op(move |gradients| {
        let d_out = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let mut d_x = vec![0.0; values.len()];
        let mut d_scores = vec![0.0; weights.len()];
        pooling.backward(&values, &weights, &pooled, &d_out, &mut d_x, Some(&mut d_scores));
        for (d, weights) in d_scores.chunks_exact_mut(frames).zip(weights.chunks_exact(frames)) {
            let mean = elementwise::dot(level, d, weights);
            for (d, weight) in d.iter_mut().zip(weights) {
                *d = weight * (*d - mean);
            }
        }
        // The gradient of the hidden layer replaces its values.
        let d_score = attention.score.gradient(gradients)?;
        for (hidden, d) in hidden.chunks_exact_mut(hidden_units).zip(&d_scores) {
            elementwise::add_scaled(level, d_score, *d, hidden);
            for (hidden, score) in hidden.iter_mut().zip(attention.score.values()) {
                *hidden = d * score * (1.0 - *hidden * *hidden);
            }
        }
        elementwise::add_column_sums(level, attention.bias.gradient(gradients)?, &hidden);
        let d_hidden = View::new(&hidden, rows * frames, hidden_units);
        let inputs = View::new(&values, rows * frames, channels);
        gemm(attention.weight.gradient(gradients)?, hidden_units, inputs.transposed(), d_hidden, true);
        let transposed = transpose(attention.weight.values(), channels, hidden_units);
        gemm(&mut d_x, channels, d_hidden, View::new(&transposed, hidden_units, channels), true);
        **gradients.get_or_alloc_mut(&x_ghost)? = d_x;
        Ok(())
    });
    Ok(out.with_tape(tape))
}

fn softmax(scores: &mut [f32]) {
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut total = 0.0;
    for score in scores.iter_mut() {
        *score = (*score - highest).exp();
        total += *score;
    }
    for score in scores {
        *score /= total;
    }
}
