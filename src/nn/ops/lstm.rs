//! Bidirectional LSTM (Hochreiter & Schmidhuber 1997; PyTorch's `nn.LSTM` over packed sequences) as one operation for the whole sequence.
//!
//! Gates are in the order input, forget, cell, output; each direction has one bias (PyTorch adds two). The reverse direction begins at
//! each clip's own last frame. All input projections of a direction are one matrix product, and so are each of the weight gradients and
//! the input gradient; only the recurrent product is done step by step. Within the operation rows are sorted by length, so that the
//! clips still running at a step are the first ones.

use std::sync::Arc;

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::gemm::{View, gemm, transpose};
use crate::nn::recurrence::Recurrence;
use crate::nn::simd::{Level, elementwise, lstm_cell};
use crate::nn::tensor::Sequence;
use crate::nn::weights::Weight;

/// The weights of one direction: `(inputs, 4 units)`, `(units, 4 units)` and `(4 units)`.
#[derive(Debug, Clone)]
pub(crate) struct Direction {
    pub input: Weight,
    pub recurrent: Weight,
    pub bias: Weight,
}

/// Runs both directions over `x`, `(rows, frames, inputs)`; the output `(rows, frames, 2 units)` holds the forward direction's hidden
/// states first.
pub(crate) fn bilstm<T: Tape<f32, Cpu>>(x: Sequence<T>, forward: &Direction, reverse: &Direction) -> Result<Sequence<T>, NnError> {
    let (rows, frames, inputs) = x.shape();
    let units = forward.bias.values().len() / 4;
    let (x, lengths, mut tape) = x.split();
    let plan = Plan::new(frames, inputs, units, Arc::clone(&lengths));
    let mut out = vec![0.0; rows * frames * 2 * units];
    let runs = [(forward, false), (reverse, true)].map(|(weights, reversed)| plan.run(&x.values, weights, reversed, &mut out));

    let out = Sequence::output(out, (rows, frames, 2 * units), lengths, x.tensor.device())?;
    let (x_ghost, out_ghost) = (x.tensor.ghost(), out.tensor.ghost());
    let (values, differentiable) = (x.values, x.differentiable);
    let directions = [forward.clone(), reverse.clone()];
    tape.add_backward_op(move |gradients| {
        let d_out = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let mut d_x = vec![0.0; if differentiable { values.len() } else { 0 }];
        for ((run, weights), reversed) in runs.into_iter().zip(&directions).zip([false, true]) {
            let (d_gates, before) = plan.run_back(run, weights, reversed, &d_out);
            let d_view = View::new(&d_gates, rows * frames, 4 * units);
            gemm(weights.input.gradient(gradients)?, 4 * units, View::new(&values, rows * frames, inputs).transposed(), d_view, true);
            gemm(weights.recurrent.gradient(gradients)?, 4 * units, View::new(&before, rows * frames, units).transposed(), d_view, true);
            elementwise::add_column_sums(Level::best(), weights.bias.gradient(gradients)?, &d_gates);
            if differentiable {
                let transposed = transpose(weights.input.values(), inputs, 4 * units);
                gemm(&mut d_x, inputs, d_view, View::new(&transposed, 4 * units, inputs), reversed);
            }
        }
        if differentiable {
            **gradients.get_or_alloc_mut(&x_ghost)? = d_x;
        }
        Ok(())
    });
    Ok(out.with_tape(tape))
}

/// What the backward pass of one direction needs, a row a frame of the batch.
struct Run {
    /// Activated gates, `(rows * frames, 4 units)`.
    gates: Vec<f32>,
    /// Cell states after each frame, `(rows * frames, units)`.
    cells: Vec<f32>,
    /// Hidden states before each frame, `(rows * frames, units)`.
    before: Vec<f32>,
}

/// Sizes, and the order in which clips are worked on.
struct Plan {
    frames: usize,
    inputs: usize,
    units: usize,
    lengths: Arc<[usize]>,
    /// Rows by falling length.
    order: Vec<usize>,
    /// Length of the longest clip.
    steps: usize,
}

impl Plan {
    fn new(frames: usize, inputs: usize, units: usize, lengths: Arc<[usize]>) -> Self {
        let mut order: Vec<usize> = (0..lengths.len()).collect();
        order.sort_by_key(|&row| std::cmp::Reverse(lengths[row]));
        let steps = lengths.iter().copied().max().unwrap_or(0);
        Self { frames, inputs, units, lengths, order, steps }
    }

    /// How many clips have a frame at this step.
    fn active(&self, step: usize) -> usize {
        self.order.partition_point(|&row| self.lengths[row] > step)
    }

    /// The frame, counted over the batch, that a row works on at a step.
    fn frame(&self, row: usize, step: usize, reversed: bool) -> usize {
        row * self.frames + if reversed { self.lengths[row] - 1 - step } else { step }
    }

    /// One direction forward; its hidden states go to its half of `out`.
    fn run(&self, x: &[f32], weights: &Direction, reversed: bool, out: &mut [f32]) -> Run {
        let (units, level) = (self.units, Level::best());
        let all = self.lengths.len() * self.frames;
        let mut gates = vec![0.0; all * 4 * units];
        for row in gates.chunks_exact_mut(4 * units) {
            row.copy_from_slice(weights.bias.values());
        }
        let input = View::new(weights.input.values(), self.inputs, 4 * units);
        gemm(&mut gates, 4 * units, View::new(x, all, self.inputs), input, true);

        let mut cells = vec![0.0; all * units];
        let mut before = vec![0.0; all * units];
        let mut hidden = vec![0.0; self.order.len() * units];
        let mut state = vec![0.0; self.order.len() * units];
        let mut recurrent = vec![0.0; self.order.len() * 4 * units];
        let weight = Recurrence::new(level, weights.recurrent.values(), units, 4 * units);
        for step in 0..self.steps {
            let active = self.active(step);
            if step > 0 {
                weight.multiply(&hidden[..active * units], &mut recurrent);
            }
            for (place, &row) in self.order[..active].iter().enumerate() {
                let frame = self.frame(row, step, reversed);
                let mine = place * units..(place + 1) * units;
                let here = frame * units..(frame + 1) * units;
                let recurrent = if step > 0 { &recurrent[place * 4 * units..(place + 1) * 4 * units] } else { &[] };
                before[here.clone()].copy_from_slice(&hidden[mine.clone()]);
                let gates = &mut gates[frame * 4 * units..(frame + 1) * 4 * units];
                lstm_cell::forward(level, gates, recurrent, &mut state[mine.clone()], &mut hidden[mine.clone()]);
                cells[here].copy_from_slice(&state[mine.clone()]);
                let to = frame * 2 * units + if reversed { units } else { 0 };
                out[to..to + units].copy_from_slice(&hidden[mine]);
            }
        }
        Run { gates, cells, before }
    }

    /// One direction backward: gradients before the gates' activations, zero past each clip's end, and the hidden states before each
    /// frame.
    fn run_back(&self, run: Run, weights: &Direction, reversed: bool, d_out: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let (units, level) = (self.units, Level::best());
        let Run { mut gates, cells, before } = run;
        let transposed = transpose(weights.recurrent.values(), units, 4 * units);
        let weight = Recurrence::new(level, &transposed, 4 * units, units);
        let mut d_gates = vec![0.0; self.order.len() * 4 * units];
        let mut d_hidden = vec![0.0; self.order.len() * units];
        let mut d_state = vec![0.0; self.order.len() * units];
        for step in (0..self.steps).rev() {
            let active = self.active(step);
            let running = self.active(step + 1);
            for (place, &row) in self.order[..active].iter().enumerate() {
                let frame = self.frame(row, step, reversed);
                let mine = place * units..(place + 1) * units;
                let gates = &mut gates[frame * 4 * units..(frame + 1) * 4 * units];
                let state_before = if step > 0 {
                    let previous = self.frame(row, step - 1, reversed);
                    &cells[previous * units..(previous + 1) * units]
                } else {
                    &[]
                };
                let from = frame * 2 * units + if reversed { units } else { 0 };
                let later = if place < running { &d_hidden[mine.clone()] } else { &[][..] };
                let cell = &cells[frame * units..(frame + 1) * units];
                lstm_cell::backward(level, gates, cell, state_before, &d_out[from..from + units], later, &mut d_state[mine]);
                d_gates[place * 4 * units..(place + 1) * 4 * units].copy_from_slice(gates);
            }
            if step > 0 {
                weight.multiply(&d_gates[..active * 4 * units], &mut d_hidden);
            }
        }
        crate::nn::tensor::mask(&mut gates, self.frames, 4 * units, &self.lengths);
        (gates, before)
    }
}
