//! One time step of an LSTM for one row, forward and backward; gates in PyTorch's order: input, forget, cell, output.

use super::level::for_each_level;
use super::math::{LANES, load, multiply_add, sigmoid, store, tanh};

for_each_level! {
    /// `i, f, o = sigmoid`, `g = tanh` of `gates + recurrent`; `c = f c + i g`; `h = o tanh(c)`.
    ///
    /// `gates` and `recurrent` are `4 units` long, and the activations replace `gates`. `state` holds the old cell state and receives
    /// the new one, which `cell` receives too.
    pub(crate) fn forward(gates: &mut [f32], recurrent: &[f32], state: &mut [f32], cell: &mut [f32], hidden: &mut [f32]) {
        let units = state.len();
        let (gate_i, rest) = gates.split_at_mut(units);
        let (gate_f, rest) = rest.split_at_mut(units);
        let (gate_g, gate_o) = rest.split_at_mut(units);
        let (more_i, rest) = recurrent.split_at(units);
        let (more_f, rest) = rest.split_at(units);
        let (more_g, more_o) = rest.split_at(units);
        for at in (0..units).step_by(LANES) {
            let mut i = load(gate_i, at);
            let mut f = load(gate_f, at);
            let mut g = load(gate_g, at);
            let mut o = load(gate_o, at);
            let (ri, rf, rg, ro) = (load(more_i, at), load(more_f, at), load(more_g, at), load(more_o, at));
            for lane in 0..LANES {
                i[lane] += ri[lane];
                f[lane] += rf[lane];
                g[lane] += rg[lane];
                o[lane] += ro[lane];
            }
            let (i, f, g, o) = (sigmoid::<FMA>(&i), sigmoid::<FMA>(&f), tanh::<FMA>(&g), sigmoid::<FMA>(&o));
            let mut c = load(state, at);
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
            store(state, at, &c);
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
