//! First values of weights.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Uniform in `+- sqrt(6 / (inputs + outputs))` (Glorot & Bengio 2010).
pub(crate) fn glorot_uniform(inputs: usize, outputs: usize, count: usize, random: &mut ChaCha8Rng) -> Vec<f32> {
    uniform((6.0 / (inputs + outputs) as f32).sqrt(), count, random)
}

/// Uniform in `+- sqrt(6 / inputs)` (He et al. 2015), for layers that a ReLU follows.
pub(crate) fn he_uniform(inputs: usize, count: usize, random: &mut ChaCha8Rng) -> Vec<f32> {
    uniform((6.0 / inputs as f32).sqrt(), count, random)
}

fn uniform(limit: f32, count: usize, random: &mut ChaCha8Rng) -> Vec<f32> {
    (0..count).map(|_| random.gen_range(-1.0_f32..1.0) * limit).collect()
}

/// A random orthogonal matrix (Saxe et al. 2014), `(size, size)`: Gram-Schmidt, twice, over uniform rows.
pub(crate) fn orthogonal(size: usize, random: &mut ChaCha8Rng) -> Vec<f32> {
    let mut rows: Vec<Vec<f64>> = Vec::with_capacity(size);
    while rows.len() < size {
        let mut row: Vec<f64> = (0..size).map(|_| random.gen_range(-1.0..1.0)).collect();
        for _ in 0..2 {
            for other in &rows {
                let product: f64 = row.iter().zip(other).map(|(a, b)| a * b).sum();
                for (value, other) in row.iter_mut().zip(other) {
                    *value -= product * other;
                }
            }
        }
        let norm = row.iter().map(|value| value * value).sum::<f64>().sqrt();
        // A row that lay almost in the others' span is drawn anew.
        if norm > 1e-6 {
            rows.push(row.iter().map(|value| value / norm).collect());
        }
    }
    rows.into_iter().flatten().map(|value| value as f32).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn orthogonal_rows_are_orthonormal() {
        let matrix = super::orthogonal(12, &mut crate::seed::stream(1, &["test"]));
        for i in 0..12 {
            for j in 0..12 {
                let product: f32 = (0..12).map(|k| matrix[12 * i + k] * matrix[12 * j + k]).sum();
                assert!((product - if i == j { 1.0 } else { 0.0 }).abs() < 1e-5);
            }
        }
    }
}
