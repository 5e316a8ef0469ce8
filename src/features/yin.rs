//! The period of one frame by YIN: `librosa.yin` (A. de Cheveigné and H. Kawahara, JASA 111(4), 2002).

use super::difference::{is_trough, parabolic_shift};

/// The period, samples, from values of the difference function at periods from `first_period` on: the first minimum under `threshold`,
/// or the least value where there is none, refined by a parabola.
pub(super) fn period(difference: &[f64], first_period: usize, threshold: f64) -> f64 {
    let trough = (0..difference.len()).find(|&index| difference[index] < threshold && is_trough(difference, index));
    let index = trough.unwrap_or_else(|| lowest(difference));
    (first_period + index) as f64 + parabolic_shift(difference, index)
}

/// The first position of the least value.
fn lowest(values: &[f64]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value < values[best] {
            best = index;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_minimum_under_the_threshold_is_the_period() {
        assert_eq!(period(&[1.0, 0.05, 1.0, 0.01, 1.0], 10, 0.1), 11.0);
        assert_eq!(period(&[1.0, 0.5, 1.0, 0.2, 1.0], 10, 0.1), 13.0, "else the least");
        assert_eq!(period(&[0.0; 5], 10, 0.1), 10.0, "silence");
        assert!((period(&[1.0, 0.05, 0.06, 1.0], 10, 0.1) - 11.489_583_333).abs() < 1e-6, "refined");
    }
}
