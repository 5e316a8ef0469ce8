//! Rows of a normalisation: statistics and the affine map, with sums kept in 16 lanes.

use super::level::for_each_level;
use super::math::{LANES, load, multiply_add, store};

for_each_level! {
    /// Mean and biased variance of a row.
    pub(crate) fn moments(row: &[f32]) -> (f32, f32) {
        let mut sums = [0.0_f32; LANES];
        for at in (0..row.len()).step_by(LANES) {
            let block = load(row, at);
            for lane in 0..LANES {
                sums[lane] += block[lane];
            }
        }
        let mean = sums.iter().sum::<f32>() / row.len() as f32;
        let mut squares = [0.0_f32; LANES];
        for at in (0..row.len()).step_by(LANES) {
            let block = load(row, at);
            let valid = (row.len() - at).min(LANES);
            for (lane, (square, value)) in squares.iter_mut().zip(&block).enumerate() {
                let distance = if lane < valid { *value - mean } else { 0.0 };
                *square = multiply_add::<FMA>(distance, distance, *square);
            }
        }
        (mean, squares.iter().sum::<f32>() / row.len() as f32)
    }
}

for_each_level! {
    /// `x = (x - mean) * inverse_deviation`, `out = x * gain + bias`, over the columns of one row; mean and deviation are one number for
    /// the row.
    pub(crate) fn normalise_row(x: &mut [f32], mean: f32, inverse_deviation: f32, gain: &[f32], bias: &[f32], out: &mut [f32]) {
        for at in (0..x.len()).step_by(LANES) {
            let (mut n, g, mut b) = (load(x, at), load(gain, at), load(bias, at));
            for lane in 0..LANES {
                n[lane] = (n[lane] - mean) * inverse_deviation;
                b[lane] = multiply_add::<FMA>(n[lane], g[lane], b[lane]);
            }
            store(x, at, &n);
            store(out, at, &b);
        }
    }
}

for_each_level! {
    /// `x = (x - mean) * inverse_deviation`, `out = x * gain + bias`, each a number a column.
    pub(crate) fn normalise_columns(
        x: &mut [f32],
        mean: &[f32],
        inverse_deviation: &[f32],
        gain: &[f32],
        bias: &[f32],
        out: &mut [f32],
    ) {
        for at in (0..x.len()).step_by(LANES) {
            let (mut n, m, s, g, mut b) = (load(x, at), load(mean, at), load(inverse_deviation, at), load(gain, at), load(bias, at));
            for lane in 0..LANES {
                n[lane] = (n[lane] - m[lane]) * s[lane];
                b[lane] = multiply_add::<FMA>(n[lane], g[lane], b[lane]);
            }
            store(x, at, &n);
            store(out, at, &b);
        }
    }
}

for_each_level! {
    /// The gradient of [`normalise_row`] with its statistics: `gradient` is that of the output and becomes that of `x`; those of gain
    /// and bias are added to `d_gain` and `d_bias`.
    pub(crate) fn normalise_row_backward(
        gradient: &mut [f32],
        normal: &[f32],
        inverse_deviation: f32,
        gain: &[f32],
        d_gain: &mut [f32],
        d_bias: &mut [f32],
    ) {
        let columns = gradient.len();
        let (mut sums, mut products) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        for at in (0..columns).step_by(LANES) {
            let (mut d, n, g) = (load(gradient, at), load(normal, at), load(gain, at));
            let (mut dg, mut db) = (load(d_gain, at), load(d_bias, at));
            for lane in 0..LANES {
                dg[lane] = multiply_add::<FMA>(d[lane], n[lane], dg[lane]);
                db[lane] += d[lane];
                d[lane] *= g[lane];
                sums[lane] += d[lane];
                products[lane] = multiply_add::<FMA>(d[lane], n[lane], products[lane]);
            }
            store(gradient, at, &d);
            store(d_gain, at, &dg);
            store(d_bias, at, &db);
        }
        let mean = sums.iter().sum::<f32>() / columns as f32;
        let projection = products.iter().sum::<f32>() / columns as f32;
        for at in (0..columns).step_by(LANES) {
            let (mut d, n) = (load(gradient, at), load(normal, at));
            for lane in 0..LANES {
                d[lane] = inverse_deviation * (d[lane] - mean - n[lane] * projection);
            }
            store(gradient, at, &d);
        }
    }
}

for_each_level! {
    /// `sums += gradient`, `products += gradient * normal`, a number a column.
    pub(crate) fn add_products(sums: &mut [f32], products: &mut [f32], gradient: &[f32], normal: &[f32]) {
        for at in (0..sums.len()).step_by(LANES) {
            let (mut s, mut p, d, n) = (load(sums, at), load(products, at), load(gradient, at), load(normal, at));
            for lane in 0..LANES {
                s[lane] += d[lane];
                p[lane] = multiply_add::<FMA>(d[lane], n[lane], p[lane]);
            }
            store(sums, at, &s);
            store(products, at, &p);
        }
    }
}

for_each_level! {
    /// `gradient = scale * (gradient - mean - normal * projection)`, each a number a column.
    pub(crate) fn centre_columns(gradient: &mut [f32], normal: &[f32], scale: &[f32], mean: &[f32], projection: &[f32]) {
        for at in (0..gradient.len()).step_by(LANES) {
            let (mut d, n, s, m, p) = (load(gradient, at), load(normal, at), load(scale, at), load(mean, at), load(projection, at));
            for lane in 0..LANES {
                d[lane] = s[lane] * (d[lane] - m[lane] - n[lane] * p[lane]);
            }
            store(gradient, at, &d);
        }
    }
}

for_each_level! {
    /// `squares += (x - centre)^2`, a number a column.
    pub(crate) fn add_squares(squares: &mut [f32], x: &[f32], centre: &[f32]) {
        for at in (0..squares.len()).step_by(LANES) {
            let (mut s, x, c) = (load(squares, at), load(x, at), load(centre, at));
            for lane in 0..LANES {
                let distance = x[lane] - c[lane];
                s[lane] = multiply_add::<FMA>(distance, distance, s[lane]);
            }
            store(squares, at, &s);
        }
    }
}
