//! Products of a few rows with one matrix, over and over: the recurrence of an LSTM.
//!
//! A general product packs its operands on every call, which costs much where there are only some rows. Here the matrix is packed once
//! into panels of 64 columns; a tile of up to six rows by 64 columns stays in 24 AVX-512 registers. There is no narrower variant: other
//! machines use the general product.

use std::arch::x86_64::{__m512, _mm512_fmadd_ps, _mm512_load_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps};

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
        if level.0 != Set::Avx512 || inner == 0 || matrix.len() != inner * columns {
            return None;
        }
        let mut lines = vec![Line([0.0; LANES]); columns.div_ceil(COLUMNS) * inner * WIDTH];
        for (panel, to) in lines.chunks_exact_mut(inner * WIDTH).enumerate() {
            for (line, to) in to.iter_mut().enumerate() {
                let (row, first) = (line / WIDTH, panel * COLUMNS + line % WIDTH * LANES);
                let from = &matrix[row * columns..(row + 1) * columns];
                for (to, value) in to.0.iter_mut().zip(from.iter().skip(first)) {
                    *to = *value;
                }
            }
        }
        Some(Self { lines, inner, columns })
    }

    /// `out = a matrix`, with `a` `(rows, inner)` and `out` `(rows, columns)`.
    pub fn multiply(&self, a: &[f32], out: &mut [f32]) {
        let rows = a.len() / self.inner;
        assert!(
            a.len() == rows * self.inner && out.len() == rows * self.columns,
            "{} values times {} into {}",
            a.len(),
            self.inner,
            out.len()
        );
        // SAFETY: `Panels` are only made where the processor has AVX-512.
        unsafe { self.tiles(a, out, rows) }
    }

    #[target_feature(enable = "avx512f")]
    fn tiles(&self, a: &[f32], out: &mut [f32], rows: usize) {
        // Rows are spread evenly over the tiles: 16 are 5, 5 and 6.
        let tiles = rows.div_ceil(ROWS);
        for (panel, lines) in self.lines.chunks_exact(self.inner * WIDTH).enumerate() {
            for tile in 0..tiles {
                let (first, end) = (tile * rows / tiles, (tile + 1) * rows / tiles);
                let a = &a[first * self.inner..end * self.inner];
                let out = &mut out[first * self.columns..end * self.columns];
                match end - first {
                    1 => self.tile::<1>(a, lines, panel, out),
                    2 => self.tile::<2>(a, lines, panel, out),
                    3 => self.tile::<3>(a, lines, panel, out),
                    4 => self.tile::<4>(a, lines, panel, out),
                    5 => self.tile::<5>(a, lines, panel, out),
                    _ => self.tile::<6>(a, lines, panel, out),
                }
            }
        }
    }

    /// `N` rows by one panel.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn tile<const N: usize>(&self, a: &[f32], lines: &[Line], panel: usize, out: &mut [f32]) {
        let inner = self.inner;
        assert!(a.len() == N * inner && lines.len() == inner * WIDTH);
        let mut sums = [[_mm512_setzero_ps(); WIDTH]; N];
        for k in 0..inner {
            let mut weights = [_mm512_setzero_ps(); WIDTH];
            for (block, weight) in weights.iter_mut().enumerate() {
                // SAFETY: `k < inner` and `block < WIDTH`, and there are `inner * WIDTH` lines, which are aligned.
                *weight = unsafe { _mm512_load_ps(lines.as_ptr().add(k * WIDTH + block).cast()) };
            }
            for (row, sums) in sums.iter_mut().enumerate() {
                // SAFETY: `row < N` and `k < inner`, and `a` has `N * inner` values.
                let value = _mm512_set1_ps(unsafe { *a.as_ptr().add(row * inner + k) });
                for (sum, weight) in sums.iter_mut().zip(weights) {
                    *sum = _mm512_fmadd_ps(value, weight, *sum);
                }
            }
        }
        for (sums, out) in sums.into_iter().zip(out.chunks_exact_mut(self.columns)) {
            write(sums, &mut out[panel * COLUMNS..]);
        }
    }
}

/// Writes a row of a tile, as far as the matrix goes.
#[inline]
#[target_feature(enable = "avx512f")]
fn write(sums: [__m512; WIDTH], out: &mut [f32]) {
    for (sum, out) in sums.into_iter().zip(out.chunks_mut(LANES)) {
        let mut line = Line([0.0; LANES]);
        // SAFETY: a line holds the 16 floats of a register.
        unsafe { _mm512_storeu_ps(line.0.as_mut_ptr(), sum) };
        out.copy_from_slice(&line.0[..out.len()]);
    }
}
