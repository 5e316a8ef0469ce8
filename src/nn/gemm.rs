//! Matrix products behind checked views: through the `gemm` crate, and on [portable](crate::portable) threads through `matrixmultiply`.

use super::simd::{self, Level};
use crate::portable::is_portable;

/// A matrix in a slice: element `(i, j)` is at `i * row_stride + j * column_stride`. Rows may overlap (im2col without a copy).
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> View<'a> {
    /// Rows one after the other.
    pub fn new(data: &'a [f32], rows: usize, columns: usize) -> Self {
        Self::strided(data, rows, columns, columns)
    }

    /// Rows that begin `row_stride` apart.
    pub fn strided(data: &'a [f32], rows: usize, columns: usize, row_stride: usize) -> Self {
        Self { data, rows, columns, row_stride, column_stride: 1 }
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The transpose, without a copy.
    pub fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows, row_stride: self.column_stride, column_stride: self.row_stride, ..self }
    }

    fn check(&self) {
        let end = extent(self.rows, self.columns, self.row_stride, self.column_stride);
        assert!(end <= self.data.len(), "a view of {end} values over {}", self.data.len());
    }
}

/// One past the last element of a view.
fn extent(rows: usize, columns: usize, row_stride: usize, column_stride: usize) -> usize {
    if rows == 0 || columns == 0 { 0 } else { (rows - 1) * row_stride + (columns - 1) * column_stride + 1 }
}

/// `out = a b`, or `out += a b` if `accumulate`; `out` is `(a.rows, b.columns)`, its rows `row_stride` apart.
pub(crate) fn gemm(out: &mut [f32], row_stride: usize, a: View<'_>, b: View<'_>, accumulate: bool) {
    let (m, n) = (a.rows, b.columns);
    assert!(row_stride >= n && extent(m, n, row_stride, 1) <= out.len(), "({m}, {n}) into {} values", out.len());
    // SAFETY: the assertion holds every element of the product inside `out`; its rows do not overlap, and the borrow checker keeps it
    // apart from `a` and `b`.
    unsafe { multiply(out.as_mut_ptr(), row_stride, a, b, accumulate) }
}

/// `a b` over contiguous rows.
pub(crate) fn product(a: View<'_>, b: View<'_>) -> Vec<f32> {
    let size = a.rows * b.columns;
    if a.columns == 0 {
        return vec![0.0; size];
    }
    let mut out: Vec<f32> = Vec::with_capacity(size);
    // SAFETY: there is room for the product. Without `accumulate` the product writes every element and reads none, so that all of them
    // hold a value when the length says so.
    unsafe {
        multiply(out.as_mut_ptr(), b.columns, a, b, false);
        out.set_len(size);
    }
    out
}

/// [`gemm`] into memory that need not hold values yet, unless `accumulate`.
///
/// # Safety
/// `out` can be written to at every element of an `(a.rows, b.columns)` matrix whose rows are `row_stride` apart and do not overlap, and
/// nothing else refers to it.
unsafe fn multiply(out: *mut f32, row_stride: usize, a: View<'_>, b: View<'_>, accumulate: bool) {
    let (m, n, k) = (a.rows, b.columns, a.columns);
    a.check();
    b.check();
    assert!(k == b.rows, "({m}, {k}) times ({}, {n})", b.rows);
    let keep = if accumulate { 1.0 } else { 0.0 };
    if is_portable() {
        // The `gemm` crate takes its blocks from the caches it finds, and so the order of its sums; these are fixed.
        // SAFETY: as below; where `keep` is 0, `out` is not read.
        unsafe {
            matrixmultiply::sgemm(
                m,
                k,
                n,
                1.0,
                a.data.as_ptr(),
                a.row_stride as isize,
                a.column_stride as isize,
                b.data.as_ptr(),
                b.row_stride as isize,
                b.column_stride as isize,
                keep,
                out,
                row_stride as isize,
                1,
            );
        }
        return;
    }
    // SAFETY: the assertions hold every element of `a` and `b` inside its slice; `out` is as the caller promises.
    unsafe {
        gemm::gemm(
            m,
            n,
            k,
            out,
            1,
            row_stride as isize,
            accumulate,
            a.data.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            keep,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}

/// A transposed copy of `(rows, columns)`: products run faster over it than over a transposed view.
pub(crate) fn transpose(data: &[f32], rows: usize, columns: usize) -> Vec<f32> {
    let mut out = vec![0.0; data.len()];
    simd::transpose(Level::best(), data, rows, columns, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(a: &[f32], b: &[f32], (m, k, n): (usize, usize, usize)) -> Vec<f32> {
        (0..m * n).map(|at| (0..k).map(|i| a[at / n * k + i] * b[i * n + at % n]).sum()).collect()
    }

    fn values(n: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * 37 % 23) as f32 - 11.0) / 7.0).collect()
    }

    #[test]
    fn equals_the_naive_product_plain_transposed_and_accumulated() {
        check_products();
    }

    #[test]
    fn equals_it_on_a_portable_thread_too() {
        crate::portable::pool(1, true).unwrap().install(check_products);
    }

    fn check_products() {
        let (m, k, n) = (5, 19, 33);
        let (a, b) = (values(m * k), values(k * n));
        let want = naive(&a, &b, (m, k, n));
        let close = |got: &[f32], want: &[f32]| got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-4);
        assert!(close(&product(View::new(&a, m, k), View::new(&b, k, n)), &want));
        let at = transpose(&a, m, k);
        assert!(close(&product(View::new(&at, k, m).transposed(), View::new(&b, k, n)), &want));
        let mut twice = want.clone();
        gemm(&mut twice, n, View::new(&a, m, k), View::new(&b, k, n), true);
        assert!(close(&twice, &want.iter().map(|w| 2.0 * w).collect::<Vec<_>>()));
    }

    #[test]
    #[should_panic(expected = "a view of")]
    fn a_view_past_its_slice_is_refused() {
        product(View::new(&[1.0; 5], 2, 3), View::new(&[1.0; 3], 3, 1));
    }
}
