//! Dense layer and ReLU over a batch of vectors.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::gemm::{View, gemm, product};
use crate::nn::simd::{Level, elementwise};
use crate::nn::tensor::{Matrix, Place};
use crate::nn::weights::Weight;

/// `x weight + bias`, with `weight` `(inputs, outputs)`.
pub(crate) fn dense<T: Tape<f32, Cpu>>(x: Matrix<T>, weight: &Weight, bias: &Weight) -> Result<Matrix<T>, NnError> {
    let (rows, inputs) = x.shape();
    let outputs = bias.values().len();
    let (gradient, values, mut tape) = x.take();
    let mut out = product(View::new(&values, rows, inputs), View::new(weight.values(), inputs, outputs));
    elementwise::add_to_rows(Level::best(), &mut out, bias.values());

    let out = Matrix::new(out, (rows, outputs))?;
    let place = Place::of_matrix(&out);
    let (weight, bias) = (weight.clone(), bias.clone());
    tape.add_backward_op(move |gradients| {
        let d = place.take(gradients)?;
        let d_view = View::new(&d, rows, outputs);
        elementwise::add_column_sums(Level::best(), bias.gradient(gradients)?, &d);
        gemm(weight.gradient(gradients)?, outputs, View::new(&values, rows, inputs).transposed(), d_view, true);
        gradient.set(gradients, product(d_view, View::new(weight.values(), inputs, outputs).transposed()))
    });
    Ok(out.with_tape(tape))
}

/// `max(0, x)`.
pub(crate) fn relu<T: Tape<f32, Cpu>>(x: Matrix<T>) -> Result<Matrix<T>, NnError> {
    let shape = x.shape();
    let (gradient, mut values, mut tape) = x.take();
    elementwise::relu_in_place(Level::best(), &mut values);
    let output = values.clone();
    let out = Matrix::new(values, shape)?;
    let place = Place::of_matrix(&out);
    tape.add_backward_op(move |gradients| {
        let mut d = place.take(gradients)?;
        elementwise::relu_backward(Level::best(), &mut d, &output);
        gradient.set(gradients, d)
    });
    Ok(out.with_tape(tape))
}
