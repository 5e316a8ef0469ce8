//! Tonal centroids: `librosa.feature.tonnetz` of a chromagram (Harte, Sandler and Gasser, *Detecting harmonic change in musical audio*,
//! 2006).

use super::chroma::CHROMA;
use super::simd::{LANES, Lanes};

/// Coordinates: two of the fifths, two of the minor and two of the major thirds.
pub(super) const TONNETZ: usize = 6;
/// Half turns a semitone on each circle.
const TURNS: [f64; TONNETZ] = [7.0 / 6.0, 7.0 / 6.0, 3.0 / 2.0, 3.0 / 2.0, 2.0 / 3.0, 2.0 / 3.0];
/// Radii of the circles.
const RADII: [f64; TONNETZ] = [1.0, 1.0, 1.0, 1.0, 0.5, 0.5];

/// The six coordinates of each pitch class.
#[derive(Debug, Clone)]
pub(super) struct Tonnetz {
    weights: [[f64; CHROMA]; TONNETZ],
}

impl Tonnetz {
    pub fn new() -> Self {
        // Even rows are sines.
        let angle = |row: usize, class: usize| TURNS[row] * class as f64 - if row.is_multiple_of(2) { 0.5 } else { 0.0 };
        let weight = |row, class| RADII[row] * (std::f64::consts::PI * angle(row, class)).cos();
        Self { weights: std::array::from_fn(|row| std::array::from_fn(|class| weight(row, class))) }
    }

    /// Coordinates of eight frames: the mean of those of the classes, weighted by chroma; 0 of silent frames.
    pub fn apply_block(&self, chroma: &[Lanes], out: &mut [Lanes]) {
        for lane in 0..LANES {
            let sum: f64 = chroma.iter().map(|class| f64::from(class.0[lane])).sum();
            let length = if sum < f64::from(f32::MIN_POSITIVE) { 1.0 } else { sum };
            for (weights, out) in self.weights.iter().zip(out.iter_mut()) {
                let product: f64 = weights.iter().zip(chroma).map(|(weight, class)| weight * f64::from(class.0[lane])).sum();
                out.0[lane] = (product / length) as f32;
            }
        }
    }
}
