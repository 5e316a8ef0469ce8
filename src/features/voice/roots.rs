//! All roots of a polynomial at once (O. Aberth 1973, *Iteration methods for finding all zeros of a polynomial simultaneously*).

use rustfft::num_complex::Complex;

const ITERATIONS: usize = 100;
/// Corrections smaller than this end the search.
const ACCURACY: f64 = 1e-14;

/// The roots of `z^N - c[0] z^(N-1) - ... - c[N-1]`: the poles of a linear prediction filter.
pub(super) fn poles<const N: usize>(coefficients: &[f64; N]) -> [Complex<f64>; N] {
    // Around the circle that poles of speech lie near, off the real axis, so that the pairs can part.
    let mut roots: [Complex<f64>; N] = std::array::from_fn(|k| Complex::from_polar(0.9, 0.4 + std::f64::consts::TAU * k as f64 / N as f64));
    for _ in 0..ITERATIONS {
        let mut largest = 0.0_f64;
        for k in 0..N {
            let root = roots[k];
            let (value, slope) = evaluate(coefficients, root);
            if value == Complex::ZERO {
                continue;
            }
            let newton = value / slope;
            let others: Complex<f64> = (0..N).filter(|&other| other != k).map(|other| (root - roots[other]).inv()).sum();
            let correction = newton / (Complex::new(1.0, 0.0) - newton * others);
            // Where roots meet, wait for the others to move.
            if correction.is_finite() {
                roots[k] = root - correction;
                largest = largest.max(correction.norm());
            }
        }
        if largest < ACCURACY {
            break;
        }
    }
    roots
}

/// The polynomial and its derivative (Horner).
fn evaluate<const N: usize>(coefficients: &[f64; N], z: Complex<f64>) -> (Complex<f64>, Complex<f64>) {
    let (mut value, mut slope) = (Complex::ONE, Complex::ZERO);
    for coefficient in coefficients {
        slope = slope * z + value;
        value = value * z - coefficient;
    }
    (value, slope)
}
