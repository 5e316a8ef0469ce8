//! Power spectra of eight frames at once, by a double-precision FFT with a frame in each lane.
//!
//! A real transform of `N = n_fft` samples is a complex one of `M = N / 2` points `z[n] = x[2n] + i x[2n+1]`, whose halves are then
//! told apart. The complex transform is Bailey's four-step method with `M = rows * columns`, so that every inner transform (8 to 64
//! points) stays in the first-level cache, and the whole block is passed over twice. Double precision because librosa transforms in
//! double precision: the weak upper bands of a loud frame lie under the rounding noise of a single-precision transform.

use std::f64::consts::TAU;

use super::simd::{Kernel, LANES, Lanes, Simd, Wide};

/// A complex factor.
type Twiddle = [f64; 2];

/// A complex value of each of eight frames, in memory.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct WideComplex {
    re: Wide,
    im: Wide,
}

/// A complex value of each of eight frames, in registers.
struct Complex<S: Simd> {
    re: S::F64,
    im: S::F64,
}

impl<S: Simd> Clone for Complex<S> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Simd> Copy for Complex<S> {}

/// Input columns that are read together: eight samples, one transposed tile.
const TILE: usize = LANES / 2;

/// Tables for one FFT length: 128 to 8192, a power of two.
#[derive(Debug, Clone)]
pub(super) struct BatchFft {
    n_fft: usize,
    rows: usize,
    columns: usize,
    /// The window, halved: telling the halves apart adds each bin twice.
    window: Vec<f64>,
    /// `exp(-2 pi i b k / rows)` at `[k * B + b]`, for inner transforms over a column.
    inner_rows: Vec<Twiddle>,
    /// The same for inner transforms over a row.
    inner_columns: Vec<Twiddle>,
    /// `exp(-2 pi i c k / M)` at `[c * rows + k]`, between the two steps.
    between: Vec<Twiddle>,
    /// `exp(-2 pi i k / N)` for bin `k = r + rows * c` at `[r * columns + c]`, to tell the halves apart.
    halves: Vec<Twiddle>,
}

/// Working memory of a [`BatchFft`].
#[derive(Debug, Clone, Default)]
pub(super) struct BatchScratch {
    /// The block between the two steps, `rows` rows of `columns + 1`: the odd stride spreads a column over the cache's sets.
    work: Vec<WideComplex>,
    /// Inputs of inner transforms.
    inputs: Vec<WideComplex>,
    /// Outputs of two inner transforms.
    outputs: Vec<WideComplex>,
}

fn twiddle(index: usize, length: usize) -> Twiddle {
    let angle = -TAU * (index % length) as f64 / length as f64;
    [angle.cos(), angle.sin()]
}

/// The factors `A * B` of an inner transform.
fn factors(length: usize) -> (usize, usize) {
    match length {
        8 => (8, 1),
        16 => (4, 4),
        32 => (4, 8),
        _ => (8, 8),
    }
}

fn inner_table(length: usize) -> Vec<Twiddle> {
    let (a, b) = factors(length);
    (0..a * b).map(|index| twiddle((index / b) * (index % b), length)).collect()
}

impl BatchFft {
    /// Tables for frames under `window`, or `None` where the length is not a power of two of 128 to 8192 samples.
    pub fn new(window: &[f64]) -> Option<Self> {
        let n_fft = window.len();
        if !n_fft.is_power_of_two() || !(128..=8192).contains(&n_fft) {
            return None;
        }
        let points = n_fft / 2;
        let rows = 1 << (points.ilog2() / 2);
        let columns = points / rows;
        Some(Self {
            n_fft,
            rows,
            columns,
            window: window.iter().map(|value| value * 0.5).collect(),
            inner_rows: inner_table(rows),
            inner_columns: inner_table(columns),
            between: (0..points).map(|i| twiddle((i / rows) * (i % rows), points)).collect(),
            halves: (0..points).map(|i| twiddle(i / columns + rows * (i % columns), n_fft)).collect(),
        })
    }
}

/// Fills `power`, `(n_fft / 2 + 1)` rows, from eight frames of `n_fft` samples each.
pub(super) struct BatchPower<'a> {
    pub fft: &'a BatchFft,
    pub frames: [&'a [f32]; LANES],
    pub scratch: &'a mut BatchScratch,
    pub power: &'a mut [Lanes],
}

impl Kernel for BatchPower<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { fft, frames, scratch, power } = self;
        scratch.work.resize(fft.rows * (fft.columns + 1), WideComplex::default());
        scratch.inputs.resize(TILE * fft.rows.max(fft.columns), WideComplex::default());
        scratch.outputs.resize(2 * fft.columns, WideComplex::default());
        let frames = frames.map(|frame| &frame[..fft.n_fft]);
        match fft.rows {
            8 => fft.columns_step::<S, 8, 1>(simd, frames, scratch),
            16 => fft.columns_step::<S, 4, 4>(simd, frames, scratch),
            32 => fft.columns_step::<S, 4, 8>(simd, frames, scratch),
            _ => fft.columns_step::<S, 8, 8>(simd, frames, scratch),
        }
        match fft.columns {
            8 => fft.rows_step::<S, 8, 1>(simd, scratch, power),
            16 => fft.rows_step::<S, 4, 4>(simd, scratch, power),
            32 => fft.rows_step::<S, 4, 8>(simd, scratch, power),
            _ => fft.rows_step::<S, 8, 8>(simd, scratch, power),
        }
    }
}

impl BatchFft {
    /// Windows the frames and transforms each column, four columns at a time.
    #[inline(always)]
    fn columns_step<S: Simd, const A: usize, const B: usize>(&self, simd: S, frames: [&[f32]; LANES], scratch: &mut BatchScratch) {
        let rows = A * B;
        let stride = self.columns + 1;
        for first in (0..self.columns).step_by(TILE) {
            for row in 0..rows {
                let sample = 2 * (first + self.columns * row);
                let window: &[f64; LANES] = tile(&self.window, sample);
                let mut tiles = [tile(frames[0], sample); LANES];
                for lane in 1..LANES {
                    tiles[lane] = tile(frames[lane], sample);
                }
                let samples = simd.transpose(tiles);
                for column in 0..TILE {
                    let [even, odd] = [2 * column, 2 * column + 1];
                    let value = Complex {
                        re: simd.mul64(simd.widen(samples[even]), simd.splat64(window[even])),
                        im: simd.mul64(simd.widen(samples[odd]), simd.splat64(window[odd])),
                    };
                    store(simd, value, &mut scratch.inputs[column * rows + row]);
                }
            }
            for column in 0..TILE {
                let twiddles = &self.between[(first + column) * rows..][..rows];
                let work = &mut scratch.work[first + column..];
                let input = &mut scratch.inputs[column * rows..][..rows];
                transform::<S, A, B>(simd, &self.inner_rows, input, |k, value: Complex<S>| {
                    store(simd, times(simd, value, twiddles[k]), &mut work[k * stride]);
                });
            }
        }
    }

    /// Transforms each row, and tells the halves apart: bins `k` and `M - k` lie in rows `r` and `rows - r`.
    #[inline(always)]
    fn rows_step<S: Simd, const A: usize, const B: usize>(&self, simd: S, scratch: &mut BatchScratch, power: &mut [Lanes]) {
        let columns = A * B;
        let BatchScratch { work, outputs, .. } = scratch;
        let (upper, lower) = outputs.split_at_mut(columns);
        let power = &mut power[..self.n_fft / 2 + 1];
        for row in 0..=self.rows / 2 {
            self.one_row::<S, A, B>(simd, work, row, upper);
            let mirror = self.rows - row;
            let twiddles = &self.halves[row * columns..][..columns];
            if row == 0 {
                for column in 0..=columns / 2 {
                    let partner = upper[(columns - column) % columns];
                    self.split(simd, self.rows * column, &upper[column], &partner, twiddles[column], power);
                }
            } else if mirror == row {
                for column in 0..columns / 2 {
                    self.split(simd, row + self.rows * column, &upper[column], &upper[columns - 1 - column], twiddles[column], power);
                }
            } else {
                self.one_row::<S, A, B>(simd, work, mirror, lower);
                for column in 0..columns {
                    self.split(simd, row + self.rows * column, &upper[column], &lower[columns - 1 - column], twiddles[column], power);
                }
            }
        }
    }

    #[inline(always)]
    fn one_row<S: Simd, const A: usize, const B: usize>(&self, simd: S, work: &mut [WideComplex], row: usize, out: &mut [WideComplex]) {
        let input = &mut work[row * (A * B + 1)..][..A * B];
        transform::<S, A, B>(simd, &self.inner_columns, input, |k, value| store(simd, value, &mut out[k]));
    }

    /// Power of bins `k` and `M - k` from `Z[k]` and `Z[M - k]`.
    #[inline(always)]
    fn split<S: Simd>(&self, simd: S, k: usize, value: &WideComplex, partner: &WideComplex, twiddle: Twiddle, power: &mut [Lanes]) {
        let (z, p) = (load(simd, value), load(simd, partner));
        let even = Complex::<S> { re: simd.add64(z.re, p.re), im: simd.sub64(z.im, p.im) };
        let odd = Complex::<S> { re: simd.add64(z.im, p.im), im: simd.sub64(p.re, z.re) };
        let odd = times(simd, odd, twiddle);
        let (plus, minus) = (sum(simd, even, odd), difference(simd, even, odd));
        simd.store(simd.narrow(squared(simd, plus)), &mut power[k]);
        simd.store(simd.narrow(squared(simd, minus)), &mut power[self.n_fft / 2 - k]);
    }
}

/// Eight consecutive values.
#[inline(always)]
fn tile<T>(values: &[T], start: usize) -> &[T; LANES] {
    values[start..].first_chunk().expect("tiles lie within n_fft, a multiple of eight")
}

/// Transforms `A * B` points; hands output `k` to `keep`. `input` is used as working memory.
#[inline(always)]
fn transform<S: Simd, const A: usize, const B: usize>(
    simd: S,
    twiddles: &[Twiddle],
    input: &mut [WideComplex],
    mut keep: impl FnMut(usize, Complex<S>),
) {
    let input = &mut input[..A * B];
    let twiddles = &twiddles[..A * B];
    for b in 0..B {
        let mut x = [zero(simd); 8];
        for a in 0..A {
            x[a] = load(simd, &input[b + B * a]);
        }
        let y = butterfly::<S, A>(simd, x);
        store(simd, y[0], &mut input[b]);
        for a in 1..A {
            let value = if b == 0 { y[a] } else { times(simd, y[a], twiddles[a * B + b]) };
            store(simd, value, &mut input[a * B + b]);
        }
    }
    for a in 0..A {
        let mut x = [zero(simd); 8];
        for b in 0..B {
            x[b] = load(simd, &input[a * B + b]);
        }
        let y = butterfly::<S, B>(simd, x);
        for (b, value) in y[..B].iter().enumerate() {
            keep(a + A * b, *value);
        }
    }
}

/// A transform of `R` = 1, 4 or 8 points in registers.
#[inline(always)]
fn butterfly<S: Simd, const R: usize>(simd: S, x: [Complex<S>; 8]) -> [Complex<S>; 8] {
    match R {
        8 => butterfly8(simd, x),
        4 => {
            let [y0, y1, y2, y3] = butterfly4(simd, [x[0], x[1], x[2], x[3]]);
            [y0, y1, y2, y3, x[4], x[5], x[6], x[7]]
        }
        _ => x,
    }
}

#[inline(always)]
fn butterfly4<S: Simd>(simd: S, x: [Complex<S>; 4]) -> [Complex<S>; 4] {
    let (s0, d0) = (sum(simd, x[0], x[2]), difference(simd, x[0], x[2]));
    let (s1, d1) = (sum(simd, x[1], x[3]), difference(simd, x[1], x[3]));
    let y1 = Complex { re: simd.add64(d0.re, d1.im), im: simd.sub64(d0.im, d1.re) };
    let y3 = Complex { re: simd.sub64(d0.re, d1.im), im: simd.add64(d0.im, d1.re) };
    [sum(simd, s0, s1), y1, difference(simd, s0, s1), y3]
}

#[inline(always)]
fn butterfly8<S: Simd>(simd: S, x: [Complex<S>; 8]) -> [Complex<S>; 8] {
    let root = simd.splat64(std::f64::consts::FRAC_1_SQRT_2);
    let even = butterfly4(simd, [x[0], x[2], x[4], x[6]]);
    let odd = butterfly4(simd, [x[1], x[3], x[5], x[7]]);
    // The odd outputs times (1 - i) / sqrt(2), -i and -(1 + i) / sqrt(2); the signs go into the sums below.
    let [o0, o1, o2, o3] = odd;
    let o1 = Complex::<S> { re: simd.mul64(simd.add64(o1.re, o1.im), root), im: simd.mul64(simd.sub64(o1.im, o1.re), root) };
    let o3 = Complex::<S> { re: simd.mul64(simd.sub64(o3.im, o3.re), root), im: simd.mul64(simd.add64(o3.re, o3.im), root) };
    [
        sum(simd, even[0], o0),
        sum(simd, even[1], o1),
        Complex { re: simd.add64(even[2].re, o2.im), im: simd.sub64(even[2].im, o2.re) },
        Complex { re: simd.add64(even[3].re, o3.re), im: simd.sub64(even[3].im, o3.im) },
        difference(simd, even[0], o0),
        difference(simd, even[1], o1),
        Complex { re: simd.sub64(even[2].re, o2.im), im: simd.add64(even[2].im, o2.re) },
        Complex { re: simd.sub64(even[3].re, o3.re), im: simd.add64(even[3].im, o3.im) },
    ]
}

#[inline(always)]
fn zero<S: Simd>(simd: S) -> Complex<S> {
    Complex { re: simd.splat64(0.0), im: simd.splat64(0.0) }
}

#[inline(always)]
fn load<S: Simd>(simd: S, from: &WideComplex) -> Complex<S> {
    Complex { re: simd.load64(&from.re), im: simd.load64(&from.im) }
}

#[inline(always)]
fn store<S: Simd>(simd: S, value: Complex<S>, to: &mut WideComplex) {
    simd.store64(value.re, &mut to.re);
    simd.store64(value.im, &mut to.im);
}

#[inline(always)]
fn sum<S: Simd>(simd: S, a: Complex<S>, b: Complex<S>) -> Complex<S> {
    Complex { re: simd.add64(a.re, b.re), im: simd.add64(a.im, b.im) }
}

#[inline(always)]
fn difference<S: Simd>(simd: S, a: Complex<S>, b: Complex<S>) -> Complex<S> {
    Complex { re: simd.sub64(a.re, b.re), im: simd.sub64(a.im, b.im) }
}

#[inline(always)]
fn times<S: Simd>(simd: S, a: Complex<S>, factor: Twiddle) -> Complex<S> {
    let (re, im) = (simd.splat64(factor[0]), simd.splat64(factor[1]));
    Complex { re: simd.mul_sub64(a.re, re, simd.mul64(a.im, im)), im: simd.mul_add64(a.re, im, simd.mul64(a.im, re)) }
}

#[inline(always)]
fn squared<S: Simd>(simd: S, a: Complex<S>) -> S::F64 {
    simd.mul_add64(a.re, a.re, simd.mul64(a.im, a.im))
}
