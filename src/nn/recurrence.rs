//! The product that a recurrent layer does at every step: some rows with always the same matrix.

use super::gemm::{View, gemm};
use super::simd::Level;
#[cfg(target_arch = "x86_64")]
use super::simd::panels::Panels;

/// A matrix `(inner, columns)`, ready for a product a step.
pub(crate) struct Recurrence<'a> {
    matrix: &'a [f32],
    inner: usize,
    columns: usize,
    #[cfg(target_arch = "x86_64")]
    panels: Option<Panels>,
}

impl<'a> Recurrence<'a> {
    /// Prepares the matrix for this instruction set.
    pub fn new(level: Level, matrix: &'a [f32], inner: usize, columns: usize) -> Self {
        #[cfg(not(target_arch = "x86_64"))]
        let _ = level;
        Self {
            matrix,
            inner,
            columns,
            #[cfg(target_arch = "x86_64")]
            panels: Panels::new(level, matrix, inner, columns),
        }
    }

    /// The first rows of `out`, `(rows, columns)`, become `a`, `(rows, inner)`, times the matrix.
    pub fn multiply(&self, a: &[f32], out: &mut [f32]) {
        let rows = a.len() / self.inner;
        #[cfg(target_arch = "x86_64")]
        if let Some(panels) = &self.panels {
            return panels.multiply(a, &mut out[..rows * self.columns]);
        }
        gemm(out, self.columns, View::new(a, rows, self.inner), View::new(self.matrix, self.inner, self.columns), false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_right_on_every_level_whatever_the_sizes() {
        let values = |n: usize, seed: usize| (0..n).map(|i| (((i + seed) * 37 % 101) as f32 - 50.0) / 50.0).collect::<Vec<_>>();
        for level in Level::available() {
            for (rows, inner, columns) in [(1, 3, 5), (6, 16, 64), (16, 9, 130), (11, 20, 80)] {
                let (a, matrix) = (values(rows * inner, 1), values(inner * columns, 2));
                let mut out = vec![f32::NAN; rows * columns];
                Recurrence::new(level, &matrix, inner, columns).multiply(&a, &mut out);
                for (at, got) in out.iter().enumerate() {
                    let product = |k: usize| f64::from(a[at / columns * inner + k]) * f64::from(matrix[k * columns + at % columns]);
                    let want: f64 = (0..inner).map(product).sum();
                    assert!((f64::from(*got) - want).abs() < 1e-4, "{} {rows} {inner} {columns}", level.name());
                }
            }
        }
    }
}
