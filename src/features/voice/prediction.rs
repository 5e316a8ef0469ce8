//! Linear prediction by Burg's method: the coefficients whose forward and backward errors together are least.
//!
//! N. Andersen (1974), *On the calculation of filter coefficients for maximum entropy spectral analysis*, Geophysics 39; J. P. Burg (1975).

/// Working memory.
#[derive(Debug, Clone, Default)]
pub(super) struct BurgScratch {
    forward: Vec<f64>,
    backward: Vec<f64>,
}

/// The coefficients of `x[n] = sum of a[k] x[n - 1 - k]`, or `None` where samples are silent or too few.
pub(super) fn burg<const ORDER: usize>(samples: &[f64], scratch: &mut BurgScratch) -> Option<[f64; ORDER]> {
    let count = samples.len();
    if count <= ORDER {
        return None;
    }
    let BurgScratch { forward, backward } = scratch;
    forward.clear();
    forward.extend_from_slice(&samples[..count - 1]);
    backward.clear();
    backward.extend_from_slice(&samples[1..]);
    let mut coefficients = [0.0; ORDER];
    for order in 0..ORDER {
        let left = count - 1 - order;
        let (mut product, mut energy) = (0.0, 0.0);
        for (f, b) in forward[..left].iter().zip(&backward[..left]) {
            product += f * b;
            energy += f * f + b * b;
        }
        if energy <= 0.0 {
            return None;
        }
        let reflection = 2.0 * product / energy;
        let before = coefficients;
        for k in 0..order {
            coefficients[k] = before[k] - reflection * before[order - 1 - k];
        }
        coefficients[order] = reflection;
        for n in 0..left - 1 {
            forward[n] -= reflection * backward[n];
            backward[n] = backward[n + 1] - reflection * forward[n + 1];
        }
    }
    coefficients.iter().all(|coefficient| coefficient.is_finite()).then_some(coefficients)
}
