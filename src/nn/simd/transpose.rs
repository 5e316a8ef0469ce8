//! Transposed copies, in blocks that stay in registers.

use super::level::Level;

/// `out`, `(columns, rows)`, becomes the transpose of `data`, `(rows, columns)`.
pub(crate) fn transpose(level: Level, data: &[f32], rows: usize, columns: usize, out: &mut [f32]) {
    assert!(data.len() == rows * columns && out.len() == data.len(), "{} values for ({rows}, {columns})", data.len());
    let (whole_rows, whole_columns) = whole_blocks(level, data, rows, columns, out);
    for row in 0..rows {
        let done = if row < whole_rows { whole_columns } else { 0 };
        for column in done..columns {
            out[column * rows + row] = data[row * columns + column];
        }
    }
}

/// Transposes as many whole blocks as there are; returns how many rows and columns they cover.
#[cfg(target_arch = "x86_64")]
fn whole_blocks(level: Level, data: &[f32], rows: usize, columns: usize, out: &mut [f32]) -> (usize, usize) {
    if level.0 == super::level::Set::Scalar {
        return (0, 0);
    }
    // SAFETY: every other level has AVX.
    unsafe { avx::whole_blocks(data, rows, columns, out) }
}

#[cfg(not(target_arch = "x86_64"))]
fn whole_blocks(_: Level, _: &[f32], _: usize, _: usize, _: &mut [f32]) -> (usize, usize) {
    (0, 0)
}

#[cfg(target_arch = "x86_64")]
mod avx {
    use std::arch::x86_64::{
        __m256, _mm256_loadu_ps, _mm256_permute2f128_ps, _mm256_shuffle_ps, _mm256_storeu_ps, _mm256_unpackhi_ps, _mm256_unpacklo_ps,
    };

    /// Rows and columns of a block: one register holds a row.
    const BLOCK: usize = 8;

    #[target_feature(enable = "avx")]
    pub fn whole_blocks(data: &[f32], rows: usize, columns: usize, out: &mut [f32]) -> (usize, usize) {
        let (whole_rows, whole_columns) = (rows / BLOCK * BLOCK, columns / BLOCK * BLOCK);
        for column in (0..whole_columns).step_by(BLOCK) {
            for row in (0..whole_rows).step_by(BLOCK) {
                let lines: [__m256; BLOCK] = std::array::from_fn(|line| {
                    let from = &data[(row + line) * columns + column..][..BLOCK];
                    // SAFETY: the slice has the eight values.
                    unsafe { _mm256_loadu_ps(from.as_ptr()) }
                });
                for (line, values) in turned(lines).into_iter().enumerate() {
                    let to = &mut out[(column + line) * rows + row..][..BLOCK];
                    // SAFETY: the slice has room for eight values.
                    unsafe { _mm256_storeu_ps(to.as_mut_ptr(), values) }
                }
            }
        }
        (whole_rows, whole_columns)
    }

    /// The transpose of eight rows: neighbours are interleaved, then pairs, then halves.
    #[inline]
    #[target_feature(enable = "avx")]
    fn turned(rows: [__m256; BLOCK]) -> [__m256; BLOCK] {
        let low = |at: usize| _mm256_unpacklo_ps(rows[at], rows[at + 1]);
        let high = |at: usize| _mm256_unpackhi_ps(rows[at], rows[at + 1]);
        let pairs = [low(0), high(0), low(2), high(2), low(4), high(4), low(6), high(6)];
        let first = |a: usize, b: usize| _mm256_shuffle_ps::<0b01_00_01_00>(pairs[a], pairs[b]);
        let last = |a: usize, b: usize| _mm256_shuffle_ps::<0b11_10_11_10>(pairs[a], pairs[b]);
        let fours = [first(0, 2), last(0, 2), first(1, 3), last(1, 3), first(4, 6), last(4, 6), first(5, 7), last(5, 7)];
        let front = |at: usize| _mm256_permute2f128_ps::<0x20>(fours[at], fours[at + 4]);
        let back = |at: usize| _mm256_permute2f128_ps::<0x31>(fours[at], fours[at + 4]);
        [front(0), front(1), front(2), front(3), back(0), back(1), back(2), back(3)]
    }
}
