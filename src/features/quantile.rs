//! The means of the largest and the smallest magnitudes of a band, of eight frames at once.
//!
//! librosa sorts every band of every frame. Here the few extreme values are kept in sorted registers: bins come in sorted batches (a
//! sorting network without branches), and half a bitonic merge keeps the smallest or the largest of batch and register. Square roots are
//! taken of the chosen powers only: the order of powers is that of magnitudes.

use std::ops::Range;

use super::simd::{Kernel, LANES, Lanes, Level, Simd};

/// Bins, and how many of them are averaged at either end (at least 1, at most all).
#[derive(Debug, Clone)]
pub(super) struct Extremes {
    pub bins: Range<usize>,
    pub averaged: usize,
}

/// Mean magnitude of the strongest bins to `peak`, of the weakest to `valley`. `column` is working memory.
pub(super) fn extremes(level: Level, band: &Extremes, power: &[Lanes], column: &mut Vec<f32>, peak: &mut Lanes, valley: &mut Lanes) {
    let power = &power[band.bins.clone()];
    match band.averaged {
        1 => level.run(Network::<1> { power, averaged: 1, peak, valley }),
        averaged @ 2..=4 => level.run(Network::<4> { power, averaged, peak, valley }),
        averaged @ 5..=8 => level.run(Network::<8> { power, averaged, peak, valley }),
        averaged @ 9..=16 => level.run(Network::<16> { power, averaged, peak, valley }),
        averaged => select(power, averaged, column, peak, valley),
    }
}

/// Any number of values, by selection in linear time, a frame after the other.
fn select(power: &[Lanes], averaged: usize, column: &mut Vec<f32>, peak: &mut Lanes, valley: &mut Lanes) {
    let mean = |values: &[f32]| values.iter().map(|value| value.sqrt()).sum::<f32>() / averaged as f32;
    for lane in 0..LANES {
        column.clear();
        column.extend(power.iter().map(|row| row.0[lane]));
        column.select_nth_unstable_by(averaged - 1, f32::total_cmp);
        valley.0[lane] = mean(&column[..averaged]);
        let first = column.len() - averaged;
        column.select_nth_unstable_by(first, f32::total_cmp);
        peak.0[lane] = mean(&column[first..]);
    }
}

/// Up to `W` = 1, 4, 8 or 16 values.
struct Network<'a, const W: usize> {
    power: &'a [Lanes],
    averaged: usize,
    peak: &'a mut Lanes,
    valley: &'a mut Lanes,
}

impl<const W: usize> Kernel for Network<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let (least, most) = (simd.splat(f32::INFINITY), simd.splat(f32::NEG_INFINITY));
        let (mut lowest, mut highest) = ([least; W], [most; W]);
        let (batches, rest) = self.power.as_chunks::<W>();
        for batch in batches {
            let mut values = [least; W];
            for (value, row) in values.iter_mut().zip(batch) {
                *value = simd.load(row);
            }
            sort(simd, &mut values);
            keep_lowest(simd, &mut lowest, &values);
            keep_highest(simd, &mut highest, &values);
        }
        if !rest.is_empty() {
            let (mut low, mut high) = ([least; W], [most; W]);
            for (i, row) in rest.iter().enumerate() {
                low[i] = simd.load(row);
                high[i] = low[i];
            }
            sort(simd, &mut low);
            sort(simd, &mut high);
            keep_lowest(simd, &mut lowest, &low);
            keep_highest(simd, &mut highest, &high);
        }
        simd.store(magnitudes::<S>(simd, &lowest[..self.averaged]), self.valley);
        simd.store(magnitudes::<S>(simd, &highest[W - self.averaged..]), self.peak);
        let scale = self.averaged as f32;
        for lane in 0..LANES {
            self.valley.0[lane] /= scale;
            self.peak.0[lane] /= scale;
        }
    }
}

/// The sum of the magnitudes of some powers.
#[inline(always)]
fn magnitudes<S: Simd>(simd: S, powers: &[S::F32]) -> S::F32 {
    let mut sum = simd.splat(0.0);
    for &power in powers {
        sum = simd.add(sum, simd.sqrt(power));
    }
    sum
}

#[inline(always)]
fn keep_lowest<S: Simd, const W: usize>(simd: S, kept: &mut [S::F32; W], sorted: &[S::F32; W]) {
    for i in 0..W {
        kept[i] = simd.min(kept[i], sorted[W - 1 - i]);
    }
    merge(simd, kept);
}

#[inline(always)]
fn keep_highest<S: Simd, const W: usize>(simd: S, kept: &mut [S::F32; W], sorted: &[S::F32; W]) {
    for i in 0..W {
        kept[i] = simd.max(kept[i], sorted[W - 1 - i]);
    }
    merge(simd, kept);
}

/// Puts the smaller of two values first.
#[inline(always)]
fn order<S: Simd, const W: usize>(simd: S, values: &mut [S::F32; W], first: usize, second: usize) {
    let (a, b) = (values[first], values[second]);
    values[first] = simd.min(a, b);
    values[second] = simd.max(a, b);
}

macro_rules! network {
    ($simd:expr, $values:expr, $(($first:literal, $second:literal))*) => {{ $(order($simd, $values, $first, $second);)* }};
}

/// Sorts a bitonic sequence, ascending.
#[inline(always)]
fn merge<S: Simd, const W: usize>(simd: S, values: &mut [S::F32; W]) {
    match W {
        16 => network!(
            simd,
            values,
            (0, 8)(1, 9)(2, 10)(3, 11)(4, 12)(5, 13)(6, 14)(7, 15)(0, 4)(1, 5)(2, 6)(3, 7)(8, 12)(9, 13)(10, 14)(11, 15)(0, 2)(1, 3)(4, 6)(
                5, 7
            )(8, 10)(9, 11)(12, 14)(13, 15)(0, 1)(2, 3)(4, 5)(6, 7)(8, 9)(10, 11)(12, 13)(14, 15)
        ),
        8 => network!(simd, values, (0, 4)(1, 5)(2, 6)(3, 7)(0, 2)(1, 3)(4, 6)(5, 7)(0, 1)(2, 3)(4, 5)(6, 7)),
        4 => network!(simd, values, (0, 2)(1, 3)(0, 1)(2, 3)),
        _ => {}
    }
}

/// Sorts, ascending: Batcher's odd-even merge sort.
#[inline(always)]
fn sort<S: Simd, const W: usize>(simd: S, values: &mut [S::F32; W]) {
    match W {
        16 => network!(
            simd,
            values,
            (0, 1)(2, 3)(4, 5)(6, 7)(8, 9)(10, 11)(12, 13)(14, 15)(0, 2)(1, 3)(4, 6)(5, 7)(8, 10)(9, 11)(12, 14)(13, 15)(1, 2)(5, 6)(9, 10)(
                13, 14
            )(0, 4)(1, 5)(2, 6)(3, 7)(8, 12)(9, 13)(10, 14)(11, 15)(2, 4)(3, 5)(10, 12)(11, 13)(1, 2)(3, 4)(5, 6)(9, 10)(11, 12)(
                13, 14
            )(0, 8)(1, 9)(2, 10)(3, 11)(4, 12)(5, 13)(6, 14)(7, 15)(4, 8)(5, 9)(6, 10)(7, 11)(2, 4)(3, 5)(6, 8)(7, 9)(10, 12)(
                11, 13
            )(1, 2)(3, 4)(5, 6)(7, 8)(9, 10)(11, 12)(13, 14)
        ),
        8 => network!(
            simd,
            values,
            (0, 1)(2, 3)(4, 5)(6, 7)(0, 2)(1, 3)(4, 6)(5, 7)(1, 2)(5, 6)(0, 4)(1, 5)(2, 6)(3, 7)(2, 4)(3, 5)(1, 2)(3, 4)(5, 6)
        ),
        4 => network!(simd, values, (0, 1)(2, 3)(0, 2)(1, 3)(1, 2)),
        _ => {}
    }
}
