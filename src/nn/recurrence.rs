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

    /// Row `i` of `out`, `(at least rows.len(), columns)`, becomes `start` (nothing: zeros) plus row `rows[i]` of `a`, `(any, inner)`,
    /// times the matrix.
    pub fn multiply(&self, a: &[f32], rows: &[usize], start: &[f32], out: &mut [f32]) {
        let out = &mut out[..rows.len() * self.columns];
        #[cfg(target_arch = "x86_64")]
        if let Some(panels) = &self.panels {
            return panels.multiply(a, rows, start, out);
        }
        let gathered: Vec<f32> = rows.iter().flat_map(|row| &a[row * self.inner..(row + 1) * self.inner]).copied().collect();
        if !start.is_empty() {
            out.chunks_exact_mut(self.columns).for_each(|row| row.copy_from_slice(start));
        }
        let (a, matrix) = (View::new(&gathered, rows.len(), self.inner), View::new(self.matrix, self.inner, self.columns));
        gemm(out, self.columns, a, matrix, !start.is_empty());
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
                let (a, matrix) = (values(2 * rows * inner, 1), values(inner * columns, 2));
                let places: Vec<usize> = (0..rows).map(|row| 2 * row + row % 2).collect();
                for start in [vec![], values(columns, 3)] {
                    let mut out = vec![f32::NAN; rows * columns];
                    Recurrence::new(level, &matrix, inner, columns).multiply(&a, &places, &start, &mut out);
                    for (at, got) in out.iter().enumerate() {
                        let (row, column) = (places[at / columns], at % columns);
                        let product = |k: usize| f64::from(a[row * inner + k]) * f64::from(matrix[k * columns + column]);
                        let want: f64 = f64::from(start.get(column).copied().unwrap_or(0.0)) + (0..inner).map(product).sum::<f64>();
                        assert!((f64::from(*got) - want).abs() < 1e-4, "{} {rows} {inner} {columns}", level.name());
                    }
                }
            }
        }
    }
}
