//! Opinions of several models taken together.

/// Probabilities below this count as this: no member can rule a class out alone.
const LEAST: f64 = 1e-6;

/// The weighted geometric mean of probabilities, a weight and a probability a class from each member, scaled to sum to 1: the logarithmic
/// opinion pool (Genest & Zidek 1986), for equal weights the product rule of Kittler et al. (1998).
///
/// ```
/// let pooled = intone::model::pool(&[(1.0, vec![0.8, 0.2]), (1.0, vec![0.5, 0.5])]);
/// assert!((pooled[0] - 2.0 / 3.0).abs() < 1e-12);
/// ```
pub fn pool(opinions: &[(f64, Vec<f64>)]) -> Vec<f64> {
    let total: f64 = opinions.iter().map(|(weight, _)| weight).sum();
    let classes = opinions.first().map_or(0, |(_, probabilities)| probabilities.len());
    let mut pooled = vec![0.0; classes];
    for (weight, probabilities) in opinions {
        for (sum, p) in pooled.iter_mut().zip(probabilities) {
            *sum += weight / total * p.max(LEAST).ln();
        }
    }
    let most = pooled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    pooled.iter_mut().for_each(|value| *value = (*value - most).exp());
    let sum: f64 = pooled.iter().sum();
    pooled.iter_mut().for_each(|value| *value /= sum);
    pooled
}
