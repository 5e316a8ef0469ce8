//! Kernels over whole slices.

use super::level::for_each_level;
use super::math::{LANES, load, multiply_add, store, tanh};

for_each_level! {
    /// Hyperbolic tangent in place.
    pub(crate) fn tanh_in_place(values: &mut [f32]) {
        for at in (0..values.len()).step_by(LANES) {
            let block = tanh::<FMA>(&load(values, at));
            store(values, at, &block);
        }
    }
}

for_each_level! {
    /// `to += from`.
    pub(crate) fn add(to: &mut [f32], from: &[f32]) {
        for (to, from) in to.iter_mut().zip(from) {
            *to += *from;
        }
    }
}

for_each_level! {
    /// `to += factor * from`.
    pub(crate) fn add_scaled(to: &mut [f32], factor: f32, from: &[f32]) {
        for (to, from) in to.iter_mut().zip(from) {
            *to = multiply_add::<FMA>(factor, *from, *to);
        }
    }
}

for_each_level! {
    /// `sum a b`, over lanes that are added up at the end.
    pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
        let mut lanes = [0.0; LANES];
        for at in (0..a.len()).step_by(LANES) {
            let (x, y) = (load(a, at), load(b, at));
            for lane in 0..LANES {
                lanes[lane] = multiply_add::<FMA>(x[lane], y[lane], lanes[lane]);
            }
        }
        lanes.iter().sum()
    }
}

for_each_level! {
    /// `values[row, j] += row[j]`.
    pub(crate) fn add_to_rows(values: &mut [f32], row: &[f32]) {
        for values in values.chunks_exact_mut(row.len()) {
            for (to, from) in values.iter_mut().zip(row) {
                *to += *from;
            }
        }
    }
}

for_each_level! {
    /// `sums[j] += sum over rows of values[row, j]`.
    pub(crate) fn add_column_sums(sums: &mut [f32], values: &[f32]) {
        for row in values.chunks_exact(sums.len()) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += *value;
            }
        }
    }
}

for_each_level! {
    /// `max(x, 0)` in place.
    pub(crate) fn relu_in_place(values: &mut [f32]) {
        for value in values {
            *value = value.max(0.0);
        }
    }
}

for_each_level! {
    /// Sets gradients to zero where the output of a ReLU was zero.
    pub(crate) fn relu_backward(gradient: &mut [f32], output: &[f32]) {
        for (gradient, output) in gradient.iter_mut().zip(output) {
            *gradient = if *output > 0.0 { *gradient } else { 0.0 };
        }
    }
}

for_each_level! {
    /// `values *= factors`.
    pub(crate) fn multiply(values: &mut [f32], factors: &[f32]) {
        for (value, factor) in values.iter_mut().zip(factors) {
            *value *= *factor;
        }
    }
}

for_each_level! {
    /// A factor a pair of random bytes: 0 where the number that they make is under the threshold, else `keep`.
    pub(crate) fn dropout_factors(factors: &mut [f32], bits: &[u8], threshold: u16, keep: f32) {
        for (factor, bits) in factors.iter_mut().zip(bits.chunks_exact(2)) {
            *factor = if u16::from_le_bytes([bits[0], bits[1]]) < threshold { 0.0 } else { keep };
        }
    }
}

for_each_level! {
    /// One Adam step on a slice: `weights -= rate * (m / correction_1) / (sqrt(v / correction_2) + epsilon)` after
    /// `weights *= keep` (decoupled decay), with the gradient scaled by `scale` and `decay * weights` added to it (L2).
    pub(crate) fn adam(
        weights: &mut [f32],
        gradient: &[f32],
        first: &mut [f32],
        second: &mut [f32],
        step: &AdamStep,
    ) {
        for at in (0..weights.len()).step_by(LANES) {
            let (mut w, d, mut m, mut v) = (load(weights, at), load(gradient, at), load(first, at), load(second, at));
            for lane in 0..LANES {
                let g = multiply_add::<FMA>(step.l2, w[lane], d[lane] * step.scale);
                m[lane] = multiply_add::<FMA>(step.beta_1, m[lane], (1.0 - step.beta_1) * g);
                v[lane] = multiply_add::<FMA>(step.beta_2, v[lane], (1.0 - step.beta_2) * g * g);
                let denominator = multiply_add::<FMA>(v[lane].sqrt(), step.inverse_root_correction_2, step.epsilon);
                w[lane] = w[lane] * step.keep - step.rate_over_correction_1 * m[lane] / denominator;
            }
            store(weights, at, &w);
            store(first, at, &m);
            store(second, at, &v);
        }
    }
}

/// The numbers that one Adam step shares over all weights.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdamStep {
    /// Factor of the gradient (clipping).
    pub scale: f32,
    /// Weight decay that is added to the gradient.
    pub l2: f32,
    /// Factor of the weights (decoupled decay).
    pub keep: f32,
    pub beta_1: f32,
    pub beta_2: f32,
    pub epsilon: f32,
    /// Learning rate over the bias correction of the first moment.
    pub rate_over_correction_1: f32,
    /// One over the root of the bias correction of the second moment.
    pub inverse_root_correction_2: f32,
}
