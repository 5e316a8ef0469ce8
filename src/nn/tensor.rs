//! The two shapes of activation that flow between operations, and their identity on dfdx's tape.
//!
//! An activation is used once: neither type is `Clone`, and an operation takes it by value. An operation may therefore work in its
//! input's memory, and its backward pass may *set* the gradient of its input instead of adding to it.

use std::ops::Range;
use std::sync::Arc;

use dfdx::tensor::{Cpu, CpuError, Gradients, NoneTape, PutTape, SplitTape, Tape, Tensor, TensorFromVec};

use super::error::NnError;

/// The tape that gradients are taken from.
pub type GradientTape = dfdx::tensor::OwnedTape<f32, Cpu>;

/// What stands for an activation on the tape: a dfdx tensor without a value. dfdx lends no slice of a tensor, so every operation would
/// have to copy its input out of one, and the tape would fill a gradient with zeros before the operation sets it.
type Handle<T> = Tensor<(usize,), f32, Cpu, T>;

/// Which frames of a batch are which clip's: they stand one after the other, without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clips {
    /// The first frame of each clip, and the number of all frames.
    bounds: Arc<[usize]>,
}

impl Clips {
    /// Clips of these lengths.
    pub fn new(lengths: impl IntoIterator<Item = usize>) -> Self {
        let ends = lengths.into_iter().scan(0, |end, length| {
            *end += length;
            Some(*end)
        });
        Self { bounds: std::iter::once(0).chain(ends).collect() }
    }

    /// Number of clips.
    pub fn count(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Frames of all clips.
    pub fn frames(&self) -> usize {
        self.bounds[self.count()]
    }

    /// The frames of each clip.
    pub fn ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.bounds.windows(2).map(|pair| pair[0]..pair[1])
    }

    /// The number of frames of each clip.
    pub fn lengths(&self) -> impl Iterator<Item = usize> + '_ {
        self.ranges().map(|range| range.len())
    }

    /// `values`, of `columns` numbers a frame, clip by clip.
    pub fn split<'a>(&'a self, values: &'a [f32], columns: usize) -> impl Iterator<Item = &'a [f32]> {
        self.ranges().map(move |range| &values[range.start * columns..range.end * columns])
    }
}

/// A batch of vectors, `(rows, columns)`.
#[derive(Debug)]
pub struct Matrix<T = NoneTape> {
    handle: Handle<T>,
    values: Vec<f32>,
    shape: (usize, usize),
}

/// A batch of sequences of different length, packed: `(frames of all clips, channels)`, channels last.
#[derive(Debug)]
pub struct Sequence<T = NoneTape> {
    handle: Handle<T>,
    values: Vec<f32>,
    clips: Clips,
    channels: usize,
    differentiable: bool,
}

impl Matrix {
    /// A batch of vectors that nothing has been recorded about.
    pub(crate) fn new(values: Vec<f32>, shape: (usize, usize)) -> Result<Self, NnError> {
        Ok(Self { handle: handle()?, values, shape })
    }

    /// The same values, with the tape on which the operation that made them has recorded itself.
    pub(crate) fn with_tape<T: Tape<f32, Cpu>>(self, tape: T) -> Matrix<T> {
        Matrix { handle: self.handle.put_tape(tape), values: self.values, shape: self.shape }
    }
}

impl<T> Matrix<T> {
    /// The number of rows and of columns.
    pub fn shape(&self) -> (usize, usize) {
        self.shape
    }

    /// The values, row after row.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

impl<T: Tape<f32, Cpu>> Matrix<T> {
    /// What an operation takes apart: where the gradient goes, the values and the tape.
    pub(crate) fn take(self) -> (Place, Vec<f32>, T) {
        let (handle, tape) = self.handle.split_tape();
        (Place(handle), self.values, tape)
    }
}

impl Sequence {
    /// A batch of clips whose frames stand one after the other: `lengths[i]` frames of `channels` values are clip `i`.
    ///
    /// `differentiable` says whether the gradient with respect to it will be asked for.
    ///
    /// # Errors
    /// If a length is zero, or the number of values is not that of all frames.
    pub fn new(values: Vec<f32>, lengths: &[usize], channels: usize, differentiable: bool) -> Result<Self, NnError> {
        if let Some(row) = lengths.iter().position(|&length| length == 0) {
            return Err(NnError::Input { row, message: "has no frames".into() });
        }
        let clips = Clips::new(lengths.iter().copied());
        if values.len() != clips.frames() * channels {
            let message = format!("has {} values, which are not {} frames of {channels}", values.len(), clips.frames());
            return Err(NnError::Tensor { name: "input".into(), message });
        }
        Ok(Self { handle: handle()?, values, clips, channels, differentiable })
    }

    /// What an operation has worked out.
    pub(crate) fn output(values: Vec<f32>, clips: Clips, channels: usize) -> Result<Self, NnError> {
        Ok(Self { handle: handle()?, values, clips, channels, differentiable: true })
    }

    /// The same values, with the tape on which the operation that made them has recorded itself.
    pub(crate) fn with_tape<T: Tape<f32, Cpu>>(self, tape: T) -> Sequence<T> {
        let Self { handle, values, clips, channels, differentiable } = self;
        Sequence { handle: handle.put_tape(tape), values, clips, channels, differentiable }
    }

    /// The same values with an empty tape, on which operations record themselves.
    pub fn traced(self) -> Sequence<GradientTape> {
        self.with_tape(GradientTape::default())
    }
}

impl<T> Sequence<T> {
    /// Number of clips.
    pub fn clips(&self) -> usize {
        self.clips.count()
    }

    /// Frames of each clip.
    pub fn lengths(&self) -> Vec<usize> {
        self.clips.lengths().collect()
    }

    /// Values of a frame.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// The values, clip after clip, frame after frame.
    pub fn values(&self) -> &[f32] {
        &self.values
    }
}

impl<T: Tape<f32, Cpu>> Sequence<T> {
    /// What an operation takes apart.
    pub(crate) fn take(self) -> (TakenSequence, T) {
        let (handle, tape) = self.handle.split_tape();
        let gradient = self.differentiable.then_some(Place(handle));
        (TakenSequence { gradient, values: self.values, clips: self.clips, channels: self.channels }, tape)
    }
}

/// A sequence that an operation has taken.
pub(crate) struct TakenSequence {
    /// Where its gradient goes; `None` for plain input, whose gradient nobody asks for.
    pub gradient: Option<Place>,
    pub values: Vec<f32>,
    pub clips: Clips,
    pub channels: usize,
}

/// Where the gradient of an activation is during the backward pass.
pub(crate) struct Place(Handle<NoneTape>);

impl Place {
    /// The place of what an operation has just made.
    pub fn of_matrix(output: &Matrix) -> Self {
        Self(output.handle.clone())
    }

    /// The place of what an operation has just made.
    pub fn of_sequence(output: &Sequence) -> Self {
        Self(output.handle.clone())
    }

    /// Takes the gradient out: it is needed once.
    pub fn take(&self, gradients: &mut Gradients<f32, Cpu>) -> Result<Vec<f32>, CpuError> {
        Ok(std::mem::take(&mut **gradients.get_or_alloc_mut(&self.0)?))
    }

    /// Sets the gradient.
    pub fn set(&self, gradients: &mut Gradients<f32, Cpu>, values: Vec<f32>) -> Result<(), CpuError> {
        **gradients.get_or_alloc_mut(&self.0)? = values;
        Ok(())
    }
}

fn handle() -> Result<Handle<NoneTape>, NnError> {
    Ok(Cpu::default().try_tensor_from_vec(Vec::new(), (0,))?)
}
