//! What the training loop needs to know about a network.

use dfdx::tensor::{Cpu, Tape};

use super::batch::Reading;
use super::error::NnError;
use super::pass::Pass;
use super::tensor::{Matrix, Sequence};
use super::weights::Weights;

/// A network that can be trained: its weights, how it reads rows, and what it makes of them.
pub trait Trainable: Sync {
    /// All tensors.
    fn weights(&self) -> &Weights;

    /// All tensors, to be changed.
    fn weights_mut(&mut self) -> &mut Weights;

    /// Number of classes.
    fn classes(&self) -> usize;

    /// How rows are read, and how many columns they have.
    fn input(&self) -> (Reading, usize);

    /// Logits `(rows, classes)`, recorded on the input's tape.
    ///
    /// # Errors
    /// [`NnError`] if the tensor library fails.
    fn logits<T: Tape<f32, Cpu>>(&self, input: Sequence<T>, pass: &mut Pass) -> Result<Matrix<T>, NnError>;
}
