//! Dense layer and ReLU over a batch of vectors.

use dfdx::tensor::{Cpu, Tape};

use crate::nn::error::NnError;
use crate::nn::gemm::{View, gemm, product};
use crate::nn::simd::{Level, elementwise};
use crate::nn::tensor::Matrix;
use crate::nn::weights::Weight;

/// `x weight + bias`, with `weight` `(inputs, outputs)`.
pub(crate) fn dense<T: Tape<f32, Cpu>>(x: Matrix<T>, weight: &Weight, bias: &Weight) -> Result<Matrix<T>, NnError> {
    let (rows, inputs) = x.shape();
    let outputs = bias.values().len();
    let (x, mut tape) = x.split();
    let mut out = product(View::new(&x.values, rows, inputs), View::new(weight.values(), inputs, outputs));
    for row in out.chunks_exact_mut(outputs) {
        elementwise::add(Level::best(), row, bias.values());
    }

    let out = Matrix::output(out, (rows, outputs), x.tensor.device())?;
    let (x_ghost, out_ghost, values) = (x.tensor.ghost(), out.tensor.ghost(), x.values);
    let (weight, bias) = (weight.clone(), bias.clone());
    tape.add_backward_op(move |gradients| {
        let d = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        let d_view = View::new(&d, rows, outputs);
        elementwise::add_column_sums(Level::best(), bias.gradient(gradients)?, &d);
        gemm(weight.gradient(gradients)?, outputs, View::new(&values, rows, inputs).transposed(), d_view, true);
        **gradients.get_or_alloc_mut(&x_ghost)? = product(d_view, View::new(weight.values(), inputs, outputs).transposed());
        Ok(())
    });
    Ok(out.with_tape(tape))
}

/// `max(0, x)`.
pub(crate) fn relu<T: Tape<f32, Cpu>>(x: Matrix<T>) -> Result<Matrix<T>, NnError> {
    let shape = x.shape();
    let (mut x, mut tape) = x.split();
    elementwise::relu_in_place(Level::best(), &mut x.values);
    let output = x.values.clone();
    let out = Matrix::output(x.values, shape, x.tensor.device())?;
    let (x, out_ghost) = (x.tensor.ghost(), out.tensor.ghost());
    tape.add_backward_op(move |gradients| {
        let mut d = std::mem::take(&mut **gradients.get_or_alloc_mut(&out_ghost)?);
        elementwise::relu_backward(Level::best(), &mut d, &output);
        **gradients.get_or_alloc_mut(&x)? = d;
        Ok(())
    });
    Ok(out.with_tape(tape))
}
