//! From scores of classes to probabilities.

/// Writes `exp(score) / sum(exp(score))` of each of the classes `present` into their places of `row`; the others stay as they are.
pub(super) fn softmax(scores: &[f64], present: &[usize], mut put: impl FnMut(usize, f64)) {
    let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scores.iter().map(|score| (score - largest).exp()).sum();
    for (score, &class) in scores.iter().zip(present) {
        put(class, (score - largest).exp() / sum);
    }
}

/// Dot product in `f64`.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}
