//! Every kernel on every instruction set of this machine, the plain one included, against double precision.

use super::elementwise::{self, AdamStep};
use super::{Level, lstm_cell, norm, transpose};

fn values(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|i| (((i + seed) * 7919 % 1009) as f32 / 1009.0 - 0.5) * 4.0).collect()
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[test]
fn tanh_is_within_4e_7_on_every_level() {
    for level in Level::available() {
        let x: Vec<f32> = (-4000..=4000).map(|i| i as f32 / 333.0).collect();
        let mut y = x.clone();
        elementwise::tanh_in_place(level, &mut y);
        for (x, y) in x.iter().zip(&y) {
            assert!((f64::from(*x).tanh() - f64::from(*y)).abs() < 4e-7, "tanh({x}) = {y} on {}", level.name());
        }
    }
}

#[test]
fn the_cell_steps_forward_as_defined_whatever_the_number_of_units() {
    for level in Level::available() {
        for units in [1, 5, 16, 37] {
            let (pre, recurrent, before) = (values(4 * units, 1), values(4 * units, 2), values(units, 3));
            let (mut gates, mut state, mut cell, mut hidden) = (pre.clone(), before.clone(), vec![0.0; units], vec![0.0; units]);
            lstm_cell::forward(level, &mut gates, &recurrent, &mut state, &mut cell, &mut hidden);
            assert_eq!(state, cell);
            for unit in 0..units {
                let gate = |k: usize| f64::from(pre[k * units + unit]) + f64::from(recurrent[k * units + unit]);
                let c = sigmoid(gate(1)) * f64::from(before[unit]) + sigmoid(gate(0)) * gate(2).tanh();
                assert!((c - f64::from(cell[unit])).abs() < 2e-6, "{} {units}", level.name());
                assert!((sigmoid(gate(3)) * c.tanh() - f64::from(hidden[unit])).abs() < 2e-6);
            }
        }
    }
}

#[test]
fn the_cell_steps_backward_alike_on_every_level() {
    let units = 21;
    let run = |level: Level| {
        let mut gates: Vec<f32> = values(4 * units, 1).iter().map(|v| 0.2 * v + 0.5).collect();
        let mut d_cell = values(units, 2);
        lstm_cell::backward(level, &mut gates, &values(units, 3), &values(units, 4), &values(units, 5), &values(units, 6), &mut d_cell);
        gates.extend(d_cell);
        gates
    };
    let want = run(Level::available()[0]);
    for level in Level::available() {
        assert!(run(level).iter().zip(&want).all(|(a, b)| (a - b).abs() < 1e-5), "{}", level.name());
    }
}

#[test]
fn sums_moments_and_adam_agree_with_double_precision_on_every_level() {
    for level in Level::available() {
        let (x, y) = (values(67, 1), values(67, 9));
        let dot: f64 = x.iter().zip(&y).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum();
        assert!((f64::from(elementwise::dot(level, &x, &y)) - dot).abs() < 1e-4);

        let (mean, variance) = norm::moments(level, &x);
        let true_mean = x.iter().map(|v| f64::from(*v)).sum::<f64>() / 67.0;
        let true_variance = x.iter().map(|v| (f64::from(*v) - true_mean).powi(2)).sum::<f64>() / 67.0;
        assert!((f64::from(mean) - true_mean).abs() < 1e-5 && (f64::from(variance) - true_variance).abs() < 1e-5);

        let mut sums = vec![1.0; 19];
        let rows = values(19 * 5, 4);
        elementwise::add_column_sums(level, &mut sums, &rows);
        for (column, sum) in sums.iter().enumerate() {
            let want: f32 = 1.0 + (0..5).map(|row| rows[row * 19 + column]).sum::<f32>();
            assert!((sum - want).abs() < 1e-5);
        }

        let step = AdamStep {
            scale: 0.5,
            l2: 0.1,
            keep: 0.99,
            beta_1: 0.9,
            beta_2: 0.999,
            epsilon: 1e-8,
            rate_over_correction_1: 0.02,
            inverse_root_correction_2: 1.5,
        };
        let (mut w, mut m, mut v) = (x.clone(), values(67, 5), values(67, 6).iter().map(|v| v * v).collect::<Vec<_>>());
        let (m0, v0) = (m.clone(), v.clone());
        elementwise::adam(level, &mut w, &y, &mut m, &mut v, &step);
        for i in 0..67 {
            let g = f64::from(y[i]) * 0.5 + 0.1 * f64::from(x[i]);
            let m = 0.9 * f64::from(m0[i]) + 0.1 * g;
            let v = 0.999 * f64::from(v0[i]) + 0.001 * g * g;
            let want = 0.99 * f64::from(x[i]) - 0.02 * m / (1.5 * v.sqrt() + 1e-8);
            assert!((f64::from(w[i]) - want).abs() < 1e-5, "{} {} {want}", level.name(), w[i]);
        }
    }
}

#[test]
fn transposes_are_exact_on_every_level_whatever_the_sizes() {
    for level in Level::available() {
        for (rows, columns) in [(1, 1), (3, 5), (8, 8), (16, 24), (19, 8), (8, 33), (21, 45)] {
            let data = values(rows * columns, 1);
            let mut out = vec![f32::NAN; data.len()];
            transpose(level, &data, rows, columns, &mut out);
            for (at, value) in data.iter().enumerate() {
                assert_eq!(out[at % columns * rows + at / columns], *value, "{} {rows} {columns}", level.name());
            }
        }
    }
}
