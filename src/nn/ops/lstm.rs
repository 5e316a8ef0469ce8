//! Bidirectional LSTM (Hochreiter & Schmidhuber 1997; PyTorch's `nn.LSTM` over packed sequences) as one operation for the whole sequence.
//!
//! Gates are in the order input, forget, cell, output; each direction has one bias (PyTorch adds two). The reverse direction begins at
//! each clip's own last frame. All input projections of a direction are one matrix product, and so are each of the weight gradients and
//! the input gradient; only the recurrent product is done step by step, over the clips that are still running.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::gemm::{View, gemm, product, transpose};
use crate::nn::recurrence::Recurrence;
use crate::nn::simd::{Level, elementwise, lstm_cell};
use crate::nn::tensor::{Clips, Place, Sequence};
use crate::nn::weights::Weight;

/// The weights of one direction: `(inputs, 4 units)`, `(units, 4 units)` and `(4 units)`.
#[derive(Debug, Clone)]
pub(crate) struct Direction {
    pub input: Weight,
    pub recurrent: Weight,
    pub bias: Weight,
}

/// Runs both directions over the clips of `x`; the output has `2 units` channels, the forward direction's hidden states first.
pub(crate) fn bilstm<T: Tape<f32, Cpu>>(x: Sequence<T>, forward: &Direction, reverse: &Direction) -> Result<Sequence<T>, NnError> {
    let (x, mut tape) = x.take();
    let (frames, inputs, units) = (x.clips.frames(), x.channels, forward.bias.values().len() / 4);
    let mut out = vec![0.0; frames * 2 * units];
    let directions = [(forward, false), (reverse, true)].map(|(weights, reversed)| {
        let plan = Plan::new(&x.clips, reversed, units);
        let kept = plan.run(View::new(&x.values, frames, inputs), weights, &mut out);
        (weights.clone(), plan, kept)
    });

    let out = Sequence::output(out, x.clips, 2 * units)?;
    let place = Place::of_sequence(&out);
    tape.add_backward_op(move |gradients| {
        let d_out = place.take(gradients)?;
        let mut d_x = Vec::new();
        for (weights, plan, Kept { gates, cells, before }) in directions {
            let d_gates = plan.run_back(gates, &cells, &weights, &d_out);
            let d_view = View::new(&d_gates, frames, 4 * units);
            gemm(weights.input.gradient(gradients)?, 4 * units, View::new(&x.values, frames, inputs).transposed(), d_view, true);
            gemm(weights.recurrent.gradient(gradients)?, 4 * units, View::new(&before, frames, units).transposed(), d_view, true);
            elementwise::add_column_sums(Level::best(), weights.bias.gradient(gradients)?, &d_gates);
            if x.gradient.is_some() {
                let transposed = transpose(weights.input.values(), inputs, 4 * units);
                let transposed = View::new(&transposed, 4 * units, inputs);
                if d_x.is_empty() {
                    d_x = product(d_view, transposed);
                } else {
                    gemm(&mut d_x, inputs, d_view, transposed, true);
                }
            }
        }
        match x.gradient {
            Some(gradient) => gradient.set(gradients, d_x),
            None => Ok(()),
        }
    });
    Ok(out.with_tape(tape))
}

/// What the backward pass of one direction needs, a row a frame of the batch.
struct Kept {
    /// Activated gates, `(frames, 4 units)`.
    gates: Vec<f32>,
    /// Cell states after each frame, `(frames, units)`.
    cells: Vec<f32>,
    /// Hidden states before each frame, `(frames, units)`.
    before: Vec<f32>,
}

/// The order of one direction's work: which frames are next.
struct Plan {
    units: usize,
    /// Where this direction's states are in an output frame.
    half: usize,
    /// For each step the frames worked on, one of each clip that is still running; longer clips come first, so that a clip keeps its
    /// place for as long as it runs.
    steps: Vec<Vec<usize>>,
}

impl Plan {
    fn new(clips: &Clips, reversed: bool, units: usize) -> Self {
        let mut order: Vec<_> = clips.ranges().collect();
        order.sort_by_key(|frames| std::cmp::Reverse(frames.len()));
        let longest = order.first().map_or(0, ExactSizeIterator::len);
        let frame = |frames: &std::ops::Range<usize>, step: usize| if reversed { frames.end - 1 - step } else { frames.start + step };
        let steps = (0..longest)
            .map(|step| order.iter().take_while(|frames| frames.len() > step).map(|frames| frame(frames, step)).collect())
            .collect();
        Self { units, half: if reversed { units } else { 0 }, steps }
    }

    /// Forward; the hidden states go to this direction's half of `out`.
    fn run(&self, x: View<'_>, weights: &Direction, out: &mut [f32]) -> Kept {
        let (units, level) = (self.units, Level::best());
        let mut gates = product(x, View::new(weights.input.values(), x.columns(), 4 * units));
        let frames = gates.len() / (4 * units);
        let mut cells = vec![0.0; frames * units];
        let mut before = vec![0.0; frames * units];
        let clips = self.steps.first().map_or(0, Vec::len);
        let mut state = vec![0.0; clips * units];
        let mut recurrent = vec![0.0; clips * 4 * units];
        let recurrence = Recurrence::new(level, weights.recurrent.values(), units, 4 * units);
        for (step, here) in self.steps.iter().enumerate() {
            recurrence.multiply(&before, here, weights.bias.values(), &mut recurrent);
            for (place, &frame) in here.iter().enumerate() {
                let to = frame * 2 * units + self.half;
                let hidden = &mut out[to..to + units];
                lstm_cell::forward(
                    level,
                    &mut gates[frame * 4 * units..(frame + 1) * 4 * units],
                    &recurrent[place * 4 * units..(place + 1) * 4 * units],
                    &mut state[place * units..(place + 1) * units],
                    &mut cells[frame * units..(frame + 1) * units],
                    hidden,
                );
                if let Some(next) = self.frame(step + 1, place) {
                    before[next * units..(next + 1) * units].copy_from_slice(hidden);
                }
            }
        }
        Kept { gates, cells, before }
    }

    /// Backward: the gates become their gradients before activation.
    fn run_back(&self, mut gates: Vec<f32>, cells: &[f32], weights: &Direction, d_out: &[f32]) -> Vec<f32> {
        let (units, level) = (self.units, Level::best());
        let transposed = transpose(weights.recurrent.values(), units, 4 * units);
        let recurrence = Recurrence::new(level, &transposed, 4 * units, units);
        let clips = self.steps.first().map_or(0, Vec::len);
        let mut d_hidden = vec![0.0; clips * units];
        let mut d_state = vec![0.0; clips * units];
        for (step, here) in self.steps.iter().enumerate().rev() {
            if let Some(next) = self.steps.get(step + 1) {
                recurrence.multiply(&gates, next, &[], &mut d_hidden);
            }
            for (place, &frame) in here.iter().enumerate() {
                let mine = place * units..(place + 1) * units;
                let from = frame * 2 * units + self.half;
                let last = step.checked_sub(1).and_then(|step| self.frame(step, place));
                lstm_cell::backward(
                    level,
                    &mut gates[frame * 4 * units..(frame + 1) * 4 * units],
                    &cells[frame * units..(frame + 1) * units],
                    last.map_or(&[], |last| &cells[last * units..(last + 1) * units]),
                    &d_out[from..from + units],
                    if self.frame(step + 1, place).is_some() { &d_hidden[mine.clone()] } else { &[] },
                    &mut d_state[mine],
                );
            }
        }
        gates
    }

    /// The frame that the clip at a place works on in a step, if it is still running.
    fn frame(&self, step: usize, place: usize) -> Option<usize> {
        self.steps.get(step)?.get(place).copied()
    }
}
