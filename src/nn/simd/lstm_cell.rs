//! One time step of an LSTM for one row, forward and backward; gates in PyTorch's order: input, forget, cell, output.

use super::level::for_each_level;
use super::math::{LANES, load, multiply_add, sigmoid, store, tanh};

for_each_level! {
    /// `i, f, o = sigmoid`, `g = tanh` of `gates + recurrent`; `c = f c + i g`; `h = o tanh(c)`.
    ///
    /// `gates` and `recurrent` are `4 units` long (`recurrent` is empty where the step has no predecessor), and the activations replace
    /// `gates`. `cell` holds the old state and receives the new one.
    pub(crate) fn forward(gates: &mut [f32], recurrent: &[f32], cell: &mut [f32], hidden: &mut [f32]) {
        let units = cell.len();
        let (gate_i, rest) = gates.split_at_mut(units);
        let (gate_f, rest) = rest.split_at_mut(units);
        let (gate_g, gate_o) = rest.split_at_mut(units);
        let empty: &[f32] = &[];
        let mut parts = [empty; 4];
        if !recurrent.is_empty() {
            for (part, values) in parts.iter_mut().zip(recurrent.chunks_exact(units)) {
                *part = values;
            }
        }
        for at in (0..units).step_by(LANES) {
            let mut i = load(gate_i, at);
            let mut f = load(gate_f, at);
            let mut g = load(gate_g, at);
            let mut o = load(gate_o, at);
            if !recurrent.is_empty() {
                let (ri, rf, rg, ro) = (load(parts[0], at), load(parts[1], at), load(parts[2], at), load(parts[3], at));
                for lane in 0..LANES {
                    i[lane] += ri[lane];
                    f[lane] += rf[lane];
                    g[lane] += rg[lane];
                    o[lane] += ro[lane];
                }
            }
            let (i, f, g, o) = (sigmoid::<FMA>(&i), sigmoid::<FMA>(&f), tanh::<FMA>(&g), sigmoid::<FMA>(&o));
            let mut c = load(cell, at);
            for lane in 0..LANES {
                c[lane] = multiply_add::<FMA>(f[lane], c[lane], i[lane] * g[lane]);
            }
            let t = tanh::<FMA>(&c);
            let mut h = [0.0; LANES];
            for lane in 0..LANES {
                h[lane] = o[lane] * t[lane];
            }
            store(gate_i, at, &i);
            store(gate_f, at, &f);
            store(gate_g, at, &g);
            store(gate_o, at, &o);
            store(cell, at, &c);
            store(hidden, at, &h);
        }
    }
}

for_each_level! {
    /// The gradient of [`forward`]: `gates` holds the activations and receives the gradients before them; `cell` and `before` are the
    /// states after and before the step (`before` is empty where the step has no predecessor); `d_hidden` is the gradient of the output
    /// and `d_hidden_next` that through the next step (may be empty); `d_cell` is the gradient of the state after the step and
    /// receives that of the state before.
    pub(crate) fn backward(
        gates: &mut [f32],
        cell: &[f32],
        before: &[f32],
        d_hidden: &[f32],
        d_hidden_next: &[f32],
        d_cell: &mut [f32],
    ) {
        let units = cell.len();
        let (gate_i, rest) = gates.split_at_mut(units);
        let (gate_f, rest) = rest.split_at_mut(units);
        let (gate_g, gate_o) = rest.split_at_mut(units);
        for at in (0..units).step_by(LANES) {
            let (mut i, mut f, mut g, mut o) = (load(gate_i, at), load(gate_f, at), load(gate_g, at), load(gate_o, at));
            let t = tanh::<FMA>(&load(cell, at));
            let c = if before.is_empty() { [0.0; LANES] } else { load(before, at) };
            let mut dh = load(d_hidden, at);
            if !d_hidden_next.is_empty() {
                let next = load(d_hidden_next, at);
                for lane in 0..LANES {
                    dh[lane] += next[lane];
                }
            }
            let mut dc = load(d_cell, at);
            for lane in 0..LANES {
                let d_tanh = dh[lane] * o[lane];
                let total = multiply_add::<FMA>(d_tanh, multiply_add::<FMA>(-t[lane], t[lane], 1.0), dc[lane]);
                let (gi, gf, gg) = (i[lane], f[lane], g[lane]);
                o[lane] = dh[lane] * t[lane] * o[lane] * (1.0 - o[lane]);
                i[lane] = total * gg * gi * (1.0 - gi);
                g[lane] = total * gi * multiply_add::<FMA>(-gg, gg, 1.0);
                f[lane] = total * c[lane] * gf * (1.0 - gf);
                dc[lane] = total * gf;
            }
            store(gate_i, at, &i);
            store(gate_f, at, &f);
            store(gate_g, at, &g);
            store(gate_o, at, &o);
            store(d_cell, at, &dc);
        }
    }
}
