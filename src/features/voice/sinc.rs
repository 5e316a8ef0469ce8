//! Band-limited interpolation of a series: `sin(x) / x` under a raised cosine.
//!
//! P. Boersma (1993), *Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio of a sampled sound*, IFA
//! Proceedings 17, equation 22.

use std::f64::consts::PI;

/// The value at `position` (in samples) from up to `depth` samples on each side. Beyond the ends it is that of the end.
pub(super) fn interpolate(values: &[f64], position: f64, depth: usize) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    if position <= 0.0 || position.is_nan() {
        return values[0];
    }
    if position >= last as f64 {
        return values[last];
    }
    let left = position as usize;
    let fraction = position - left as f64;
    if fraction == 0.0 {
        return values[left];
    }
    let depth = depth.min(left + 1).min(last - left);
    let before = values[left + 1 - depth..=left].iter().rev();
    let after = values[left + 1..=left + depth].iter();
    wing(before, fraction, depth) + wing(after, 1.0 - fraction, depth)
}

/// The part of the samples on one side; the nearest is `distance` away.
#[inline]
fn wing<'a>(values: impl Iterator<Item = &'a f64>, distance: f64, depth: usize) -> f64 {
    // Each sample further, the sine changes its sign and the cosine of the window turns by the same angle.
    let turn = PI / (distance + depth as f64);
    let (turn_sin, turn_cos) = turn.sin_cos();
    let (mut sin, mut cos) = (distance * turn).sin_cos();
    let mut half_sine = 0.5 * (PI * distance).sin() / PI;
    let mut away = distance;
    let mut sum = 0.0;
    for value in values {
        sum += value * (half_sine / away) * (1.0 + cos);
        (sin, cos) = (cos * turn_sin + sin * turn_cos, cos * turn_cos - sin * turn_sin);
        half_sine = -half_sine;
        away += 1.0;
    }
    sum
}

/// The highest point of the interpolated series within a sample of `index`: where, and how high. By Brent's method (*Algorithms for
/// minimization without derivatives*, 1973, chapter 5).
pub(super) fn maximum(values: &[f64], index: usize, depth: usize) -> (f64, f64) {
    /// The smaller part of the golden section.
    const GOLDEN: f64 = 0.381_966_011_250_105;
    const TOLERANCE: f64 = 1e-9;
    let height = |position: f64| interpolate(values, position, depth);
    let (mut low, mut high) = (index as f64 - 1.0, index as f64 + 1.0);
    let mut best = low + GOLDEN * (high - low);
    let mut best_height = height(best);
    let (mut second, mut second_height, mut third, mut third_height) = (best, best_height, best, best_height);
    let (mut step, mut step_before) = (0.0_f64, 0.0_f64);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        let tolerance = 1.5e-8 * best.abs() + TOLERANCE / 3.0;
        if (best - middle).abs() + 0.5 * (high - low) <= 2.0 * tolerance {
            break;
        }
        // A parabola through the three best points, where it leads to a step that shrinks.
        let r = (best - second) * (best_height - third_height);
        let q = (best - third) * (best_height - second_height);
        let p = (best - third) * q - (best - second) * r;
        let q = 2.0 * (q - r);
        let (p, q) = if q > 0.0 { (-p, q) } else { (p, -q) };
        let parabolic = p.abs() < (0.5 * q * step_before).abs() && p > q * (low - best) && p < q * (high - best);
        step_before = step;
        step = if parabolic { p / q } else { GOLDEN * (if best < middle { high } else { low } - best) };
        let candidate = best + if step.abs() >= tolerance { step } else { tolerance.copysign(step) };
        let candidate_height = height(candidate);
        if candidate_height >= best_height {
            *(if candidate < best { &mut high } else { &mut low }) = best;
            (third, third_height) = (second, second_height);
            (second, second_height) = (best, best_height);
            (best, best_height) = (candidate, candidate_height);
        } else {
            *(if candidate < best { &mut low } else { &mut high }) = candidate;
            if candidate_height >= second_height || second == best {
                (third, third_height) = (second, second_height);
                (second, second_height) = (candidate, candidate_height);
            } else if candidate_height >= third_height || third == best || third == second {
                (third, third_height) = (candidate, candidate_height);
            }
        }
    }
    (best, best_height)
}
