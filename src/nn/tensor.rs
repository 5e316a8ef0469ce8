//! The two shapes of activation that flow between operations, both dfdx tensors of run-time shape.
//!
//! An activation is used once: neither type is `Clone`, and an operation takes it by value. The backward pass of an operation may
//! therefore *set* the gradient of its input instead of adding to it, which saves a pass over memory.

use std::sync::Arc;

use dfdx::shapes::{HasShape, Shape};
use dfdx::tensor::{Cpu, NoneTape, PutTape, SplitTape, Tape, Tensor, TensorFromVec};

use super::error::NnError;

/// The tape that gradients are taken from.
pub type GradientTape = dfdx::tensor::OwnedTape<f32, Cpu>;

/// A batch of vectors, `(rows, columns)`.
#[derive(Debug)]
pub struct Matrix<T = NoneTape> {
    pub(crate) tensor: Tensor<(usize, usize), f32, Cpu, T>,
}

/// A batch of sequences, `(rows, frames, channels)`, channels last; row `i` has `lengths[i]` frames, and those past them are zero.
#[derive(Debug)]
pub struct Sequence<T = NoneTape> {
    pub(crate) tensor: Tensor<(usize, usize, usize), f32, Cpu, T>,
    pub(crate) lengths: Arc<[usize]>,
    /// Whether anything before it is trained; the gradient of plain input is not worked out.
    pub(crate) differentiable: bool,
}

impl<T: Tape<f32, Cpu>> Matrix<T> {
    /// The number of rows and of columns.
    pub fn shape(&self) -> (usize, usize) {
        *self.tensor.shape()
    }

    /// The values, row after row.
    pub fn values(&self) -> Vec<f32> {
        read(&self.tensor)
    }
}

impl<T: Tape<f32, Cpu>> Sequence<T> {
    /// Rows, frames of the longest, channels.
    pub fn shape(&self) -> (usize, usize, usize) {
        *self.tensor.shape()
    }

    /// Frames of each row.
    pub fn lengths(&self) -> &[usize] {
        &self.lengths
    }

    /// The values, channels last.
    pub fn values(&self) -> Vec<f32> {
        read(&self.tensor)
    }
}

impl Matrix {
    /// What an operation has worked out.
    pub(crate) fn output(values: Vec<f32>, shape: (usize, usize), device: &Cpu) -> Result<Self, NnError> {
        Ok(Self { tensor: device.try_tensor_from_vec(values, shape)? })
    }

    /// The same values, with the tape on which the operation has recorded itself.
    pub(crate) fn with_tape<T: Tape<f32, Cpu>>(self, tape: T) -> Matrix<T> {
        Matrix { tensor: self.tensor.put_tape(tape) }
    }
}

impl Sequence {
    /// What an operation has worked out.
    pub(crate) fn output(values: Vec<f32>, shape: (usize, usize, usize), lengths: Arc<[usize]>, device: &Cpu) -> Result<Self, NnError> {
        Ok(Self { tensor: device.try_tensor_from_vec(values, shape)?, lengths, differentiable: true })
    }

    /// The same values, with the tape on which the operation has recorded itself.
    pub(crate) fn with_tape<T: Tape<f32, Cpu>>(self, tape: T) -> Sequence<T> {
        Sequence { tensor: self.tensor.put_tape(tape), lengths: self.lengths, differentiable: self.differentiable }
    }

    /// A batch of sequences whose values are `(rows, frames, channels)`, frames past a row's length zero.
    ///
    /// `differentiable` says whether the gradient with respect to it will be asked for.
    ///
    /// # Errors
    /// If the number of values, rows or frames does not fit the shape, a length is zero, or a frame past a row's end is not zero.
    pub fn new(values: Vec<f32>, shape: (usize, usize, usize), lengths: &[usize], differentiable: bool) -> Result<Self, NnError> {
        let (rows, frames, channels) = shape;
        if lengths.len() != rows || values.len() != rows * frames * channels {
            let message = format!("has {} values and {} lengths, which do not make {shape:?}", values.len(), lengths.len());
            return Err(NnError::Tensor { name: "input".into(), message });
        }
        for (row, &length) in lengths.iter().enumerate() {
            if length == 0 || length > frames {
                return Err(NnError::Input { row, message: format!("has {length} frames in a batch of {frames}") });
            }
            if values[(row * frames + length) * channels..(row + 1) * frames * channels].iter().any(|&value| value != 0.0) {
                return Err(NnError::Input { row, message: "has values past its end".into() });
            }
        }
        let tensor = Cpu::default().try_tensor_from_vec(values, shape)?;
        Ok(Self { tensor, lengths: lengths.into(), differentiable })
    }

    /// The same values with an empty tape, on which operations record themselves.
    pub fn traced(self) -> Sequence<GradientTape> {
        Sequence { tensor: self.tensor.put_tape(GradientTape::default()), lengths: self.lengths, differentiable: self.differentiable }
    }
}

impl<T: Tape<f32, Cpu>> Sequence<T> {
    /// Splits off the tape; `values` is what operations read.
    pub(crate) fn split(self) -> (TakenSequence, Arc<[usize]>, T) {
        let values = read(&self.tensor);
        let (tensor, tape) = self.tensor.split_tape();
        (Taken { tensor, values, differentiable: self.differentiable }, self.lengths, tape)
    }
}

impl<T: Tape<f32, Cpu>> Matrix<T> {
    /// Splits off the tape; `values` is what operations read.
    pub(crate) fn split(self) -> (Taken<(usize, usize)>, T) {
        let values = read(&self.tensor);
        let (tensor, tape) = self.tensor.split_tape();
        (Taken { tensor, values, differentiable: true }, tape)
    }
}

/// An input of the shape `(rows, frames, channels)`.
pub(crate) type TakenSequence = Taken<(usize, usize, usize)>;

/// An input that an operation has taken: its identity on the tape, and its values.
pub(crate) struct Taken<S: Shape> {
    pub tensor: Tensor<S, f32, Cpu, NoneTape>,
    pub values: Vec<f32>,
    pub differentiable: bool,
}

fn read<S: dfdx::shapes::Shape, T>(tensor: &Tensor<S, f32, Cpu, T>) -> Vec<f32> {
    let mut values = vec![0.0; tensor.shape().num_elements()];
    tensor.copy_into(&mut values);
    values
}

/// Sets frames past each row's length to zero; `values` is `(rows, frames, channels)`.
pub(crate) fn mask(values: &mut [f32], frames: usize, channels: usize, lengths: &[usize]) {
    for (row, &length) in values.chunks_exact_mut((frames * channels).max(1)).zip(lengths) {
        row[length * channels..].fill(0.0);
    }
}
