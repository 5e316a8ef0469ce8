//! Attention over time: weighted mean, or weighted mean and deviation (attentive statistics, Okabe et al. 2018), with weights from a small
//! network `softmax over frames of score . tanh(x weight + bias)` (Bahdanau et al. 2015).

use dfdx::tensor::{Cpu, Tape};

use super::pooling::Pooling;
use crate::nn::error::NnError;
use crate::nn::gemm::{View, gemm, product, transpose};
use crate::nn::pass::Pass;
use crate::nn::simd::{Level, elementwise};
use crate::nn::tensor::{Matrix, Place, Sequence};
use crate::nn::weights::Weight;

/// `(channels, hidden)`, `(hidden)` and `(hidden)`.
#[derive(Debug, Clone)]
pub(crate) struct AttentionWeights {
    pub weight: Weight,
    pub bias: Weight,
    pub score: Weight,
}

/// Pools the frames of each clip: `(clips, channels)`, or `(clips, 2 channels)` with `deviation`. The pass is told the weights.
pub(crate) fn attention_pool<T: Tape<f32, Cpu>>(
    x: Sequence<T>,
    attention: &AttentionWeights,
    deviation: bool,
    pass: &mut Pass,
) -> Result<Matrix<T>, NnError> {
    let (x, mut tape) = x.take();
    let (level, channels, frames) = (Level::best(), x.channels, x.clips.frames());
    let units = attention.bias.values().len();
    let mut hidden = product(View::new(&x.values, frames, channels), View::new(attention.weight.values(), channels, units));
    elementwise::add_to_rows(level, &mut hidden, attention.bias.values());
    elementwise::tanh_in_place(level, &mut hidden);
    let mut weights: Vec<f32> = hidden.chunks_exact(units).map(|frame| elementwise::dot(level, frame, attention.score.values())).collect();
    for clip in x.clips.ranges() {
        softmax(&mut weights[clip]);
    }
    pass.record_attention(x.clips.split(&weights, 1));
    let pooling = Pooling { clips: x.clips, channels, deviation };
    let pooled = pooling.forward(&x.values, &weights);

    let out = Matrix::new(pooled.clone(), pooling.shape())?;
    let place = Place::of_matrix(&out);
    let attention = attention.clone();
    tape.add_backward_op(move |gradients| {
        let d_out = place.take(gradients)?;
        let mut d_scores = vec![0.0; weights.len()];
        let mut d_x = pooling.backward(&x.values, &weights, &pooled, &d_out, Some(&mut d_scores));
        for clip in pooling.clips.ranges() {
            let (d, weights) = (&mut d_scores[clip.clone()], &weights[clip]);
            let mean = elementwise::dot(level, d, weights);
            for (d, weight) in d.iter_mut().zip(weights) {
                *d = weight * (*d - mean);
            }
        }
        // The gradient of the hidden layer replaces its values.
        let d_score = attention.score.gradient(gradients)?;
        for (hidden, d) in hidden.chunks_exact_mut(units).zip(&d_scores) {
            elementwise::add_scaled(level, d_score, *d, hidden);
            for (hidden, score) in hidden.iter_mut().zip(attention.score.values()) {
                *hidden = d * score * (1.0 - *hidden * *hidden);
            }
        }
        elementwise::add_column_sums(level, attention.bias.gradient(gradients)?, &hidden);
        let d_hidden = View::new(&hidden, frames, units);
        let inputs = View::new(&x.values, frames, channels);
        gemm(attention.weight.gradient(gradients)?, units, inputs.transposed(), d_hidden, true);
        if let Some(gradient) = x.gradient {
            let transposed = transpose(attention.weight.values(), channels, units);
            gemm(&mut d_x, channels, d_hidden, View::new(&transposed, units, channels), true);
            gradient.set(gradients, d_x)?;
        }
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
