//! Products of a few rows with one matrix, over and over: the recurrence of an LSTM.
//!
//! A general product packs its operands on every call, which costs much where there are only some rows. Here the matrix is packed once
//! into panels of 64 columns; a tile of up to six rows by 64 columns stays in 24 AVX-512 registers. There is no narrower variant: other
//! machines use the general product.

use std::arch::x86_64::{
    __mmask16, _mm512_fmadd_ps, _mm512_load_ps, _mm512_mask_storeu_ps, _mm512_maskz_loadu_ps, _mm512_set1_ps, _mm512_setzero_ps,
};

use super::level::{Level, Set};

/// Floats of a register, at an address that one load can fetch.
#[derive(Debug, Clone, Copy)]
#[repr(C, align(64))]
struct Line([f32; LANES]);

const LANES: usize = 16;
/// Registers in a panel's width.
const WIDTH: usize = 4;
/// Columns of a panel.
const COLUMNS: usize = WIDTH * LANES;
/// Rows of a tile, at most.
const ROWS: usize = 6;

/// A matrix `(inner, columns)` in panels, the last filled up with zeros.
#[derive(Debug)]
pub(crate) struct Panels {
    lines: Vec<Line>,
    inner: usize,
    columns: usize,
}

impl Panels {
    /// Packs a matrix; `None` where the machine lacks AVX-512.
    pub fn new(level: Level, matrix: &[f32], inner: usize, columns: usize) -> Option<Self> {
        if level.0 != Set::Avx512 || inner == 0 || columns == 0 || matrix.len() != inner * columns {
            return None;
        }
        let mut lines = vec![Line([0.0; LANES]); columns.div_ceil(COLUMNS) * inner * WIDTH];
        for (panel, to) in lines.chunks_exact_mut(inner * WIDTH).enumerate() {
            for (to, row) in to.chunks_exact_mut(WIDTH).zip(matrix.chunks_exact(columns)) {
                let from = &row[panel * COLUMNS..];
                for (line, from) in to.iter_mut().zip(from.chunks(LANES)) {
                    line.0[..from.len()].copy_from_slice(from);
                }
            }
        }
        Some(Self { lines, inner, columns })
    }

    /// Row `i` of `out`, `(rows.len(), columns)`, becomes `start` (nothing: zeros) plus row `rows[i]` of `a` times the matrix.
    pub fn multiply(&self, a: &[f32], rows: &[usize], start: &[f32], out: &mut [f32]) {
        let fits = rows.iter().all(|row| (row + 1) * self.inner <= a.len());
        assert!(fits && out.len() == rows.len() * self.columns && (start.is_empty() || start.len() == self.columns), "rows that fit");
        // SAFETY: `Panels` are only made where the processor has AVX-512; the assertion above is what `tiles` asks for.
        unsafe { self.tiles(a, rows, start, out) }
    }

    /// # Safety
    /// Every row of `rows` is within `a`, and `start` and `out` are as long as [`Panels::multiply`] says.
    #[target_feature(enable = "avx512f")]
    unsafe fn tiles(&self, a: &[f32], rows: &[usize], start: &[f32], out: &mut [f32]) {
        // Rows are spread evenly over the tiles: 16 are 5, 5 and 6.
        let tiles = rows.len().div_ceil(ROWS);
        for panel in 0..self.columns.div_ceil(COLUMNS) {
            for tile in 0..tiles {
                let (first, end) = (tile * rows.len() / tiles, (tile + 1) * rows.len() / tiles);
                let rows = &rows[first..end];
                let out = &mut out[first * self.columns..end * self.columns];
                // SAFETY: as the caller promises; each arm has as many rows as its name says.
                unsafe {
                    match rows.len() {
                        1 => self.tile::<1>(a, rows, panel, start, out),
                        2 => self.tile::<2>(a, rows, panel, start, out),
                        3 => self.tile::<3>(a, rows, panel, start, out),
                        4 => self.tile::<4>(a, rows, panel, start, out),
                        5 => self.tile::<5>(a, rows, panel, start, out),
                        _ => self.tile::<6>(a, rows, panel, start, out),
                    }
                }
            }
        }
    }

    /// `N` rows by one panel.
    ///
    /// # Safety
    /// As for [`Panels::tiles`], with `N` rows.
    #[inline]
    #[target_feature(enable = "avx512f")]
    unsafe fn tile<const N: usize>(&self, a: &[f32], rows: &[usize], panel: usize, start: &[f32], out: &mut [f32]) {
        let inner = self.inner;
        let lines = self.lines[panel * inner * WIDTH..(panel + 1) * inner * WIDTH].as_ptr();
        let from: [*const f32; N] = std::array::from_fn(|row| a[rows[row] * inner..].as_ptr());
        let masks: [__mmask16; WIDTH] = std::array::from_fn(|block| mask(self.columns, panel * COLUMNS + block * LANES));
        let mut first = [_mm512_setzero_ps(); WIDTH];
        if !start.is_empty() {
            for (block, first) in first.iter_mut().enumerate() {
                let at = start.as_ptr().wrapping_add(panel * COLUMNS + block * LANES);
                // SAFETY: the mask leaves out what is past the last column, and `start` has all columns.
                *first = unsafe { _mm512_maskz_loadu_ps(masks[block], at) };
            }
        }
        let mut sums = [first; N];
        for k in 0..inner {
            let mut weights = [_mm512_setzero_ps(); WIDTH];
            for (block, weight) in weights.iter_mut().enumerate() {
                // SAFETY: `k < inner` and `block < WIDTH`, and the panel has `inner * WIDTH` lines, which are aligned.
                *weight = unsafe { _mm512_load_ps(lines.add(k * WIDTH + block).cast()) };
            }
            for (row, sums) in sums.iter_mut().enumerate() {
                // SAFETY: `k < inner`, and a row of `a` has `inner` values.
                let value = _mm512_set1_ps(unsafe { *from[row].add(k) });
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = _mm512_fmadd_ps(value, weight, *sum);
                }
            }
        }
        for (sums, out) in sums.into_iter().zip(out.chunks_exact_mut(self.columns)) {
            for (block, sum) in sums.into_iter().enumerate() {
                let at = out.as_mut_ptr().wrapping_add(panel * COLUMNS + block * LANES);
                // SAFETY: the mask leaves out what is past the last column, and a row of `out` has all columns.
                unsafe { _mm512_mask_storeu_ps(at, masks[block], sum) };
            }
        }
    }
}

/// The lanes of a register at column `at` that hold a column.
fn mask(columns: usize, at: usize) -> __mmask16 {
    match columns.saturating_sub(at) {
        LANES.. => !0,
        left => (1 << left) - 1,
    }
}
