//! Balanced class weights.

/// Weights that make every class count the same: `n / (classes * count)` over the classes that have rows, as scikit-learn's
/// `compute_class_weight("balanced")`. A class without rows weighs 0; it never enters a loss.
///
/// ```
/// assert_eq!(intone::balance::class_weights(&[6, 2]), [8.0 / 12.0, 8.0 / 4.0]);
/// ```
pub fn class_weights(counts: &[usize]) -> Vec<f64> {
    let rows: usize = counts.iter().sum();
    let present = counts.iter().filter(|&&count| count > 0).count();
    counts.iter().map(|&count| if count == 0 { 0.0 } else { rows as f64 / (present * count) as f64 }).collect()
}
