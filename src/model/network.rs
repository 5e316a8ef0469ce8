//! A trainable network of either kind, with its tensors by name.

use dfdx::tensor::{Cpu, Tape};
use ndarray::Array2;

use super::cnn_bilstm::CnnBiLstm;
use super::seed_vector_net::SeedVectorNet;
use super::settings::{CnnBiLstmSettings, SeedVectorSettings};
use crate::nn::layers::Builder;
use crate::nn::{self, Matrix, NamedTensor, NnError, Pass, Reading, Sequence, Trace, Trainable, Weights};
use crate::seed;

/// A network, freshly initialised or fitted.
///
/// ```
/// use intone::model::{Network, SeedVectorSettings};
/// let settings = SeedVectorSettings { channels: 4, kernel: 5, pool: 2, lstm: vec![3, 2], dense: 4, dropout: 0.3 };
/// let network = Network::seed_vector(&settings, 20, 8, 42)?;
/// let clip = ndarray::Array2::<f32>::zeros((1, 20));
/// assert_eq!(network.probabilities(&[&clip])?.dim(), (1, 8));
/// # Ok::<(), intone::nn::NnError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Network {
    layers: Layers,
    weights: Weights,
    columns: usize,
    classes: usize,
}

#[derive(Debug, Clone)]
enum Layers {
    CnnBiLstm(CnnBiLstm),
    SeedVector(SeedVectorNet),
}

impl Network {
    /// The convolutional recurrent network over rows of `(frames, columns)`, its first weights drawn from `seed`.
    ///
    /// # Errors
    /// [`NnError::Setting`] for a size that cannot be used.
    pub fn cnn_bilstm(settings: &CnnBiLstmSettings, columns: usize, classes: usize, seed: u64) -> Result<Self, NnError> {
        settings.check()?;
        Self::build(columns, classes, seed, |builder| Ok(Layers::CnnBiLstm(CnnBiLstm::new(settings, columns, classes, builder)?)))
    }

    /// The starting project's network over rows of `(1, columns)`, read as `columns` steps of one channel.
    ///
    /// # Errors
    /// [`NnError::Setting`] for a size that cannot be used.
    pub fn seed_vector(settings: &SeedVectorSettings, columns: usize, classes: usize, seed: u64) -> Result<Self, NnError> {
        settings.check()?;
        Self::build(columns, classes, seed, |builder| Ok(Layers::SeedVector(SeedVectorNet::new(settings, classes, builder)?)))
    }

    fn build(
        columns: usize,
        classes: usize,
        seed: u64,
        layers: impl FnOnce(&mut Builder<'_>) -> Result<Layers, NnError>,
    ) -> Result<Self, NnError> {
        if columns == 0 || classes == 0 {
            return Err(NnError::Classes { network: classes, what: "the input's number of columns", given: columns });
        }
        let mut weights = Weights::default();
        let mut random = seed::stream(seed, &["network"]);
        let layers = layers(&mut Builder { weights: &mut weights, random: &mut random })?;
        Ok(Self { layers, weights, columns, classes })
    }

    /// Number of trainable numbers.
    pub fn parameters(&self) -> usize {
        self.weights.count()
    }

    /// Probabilities `(rows, classes)` of rows `(frames, columns)` (`(1, columns)` for the seed-vector network), each summing to 1; in
    /// parallel, and the same for any number of threads.
    ///
    /// # Errors
    /// [`NnError::Input`] for a row without frames, with another number of columns or a value that is not finite.
    pub fn probabilities(&self, inputs: &[&Array2<f32>]) -> Result<Array2<f64>, NnError> {
        nn::probabilities(self, inputs)
    }

    /// What the network makes of each row: probabilities, attention over time, embedding. Probabilities are those of
    /// [`probabilities`](Self::probabilities), to the bit.
    ///
    /// # Errors
    /// As for [`probabilities`](Self::probabilities).
    pub fn traces(&self, inputs: &[&Array2<f32>]) -> Result<Vec<Trace>, NnError> {
        nn::traces(self, inputs)
    }

    /// Frames of the input that one attention weight stands for; the last weight may stand for fewer.
    pub fn stride(&self) -> usize {
        match &self.layers {
            Layers::CnnBiLstm(net) => net.stride(),
            Layers::SeedVector(_) => 1,
        }
    }

    /// All tensors that prediction needs: trainable ones and running statistics.
    pub fn tensors(&self) -> Vec<NamedTensor<'_>> {
        self.weights.tensors()
    }

    /// Replaces all tensors by stored `(name, shape, values)`, in any order.
    ///
    /// # Errors
    /// [`NnError::Tensor`] if one is missing, unknown, of another shape or not finite; nothing has changed then.
    pub fn load(&mut self, tensors: &[(String, Vec<usize>, Vec<f32>)]) -> Result<(), NnError> {
        self.weights.load(tensors)
    }
}

impl Trainable for Network {
    fn weights(&self) -> &Weights {
        &self.weights
    }

    fn weights_mut(&mut self) -> &mut Weights {
        &mut self.weights
    }

    fn classes(&self) -> usize {
        self.classes
    }

    fn input(&self) -> (Reading, usize) {
        match self.layers {
            Layers::CnnBiLstm(_) => (Reading::Frames, self.columns),
            Layers::SeedVector(_) => (Reading::Vector, self.columns),
        }
    }

    fn logits<T: Tape<f32, Cpu>>(&self, input: Sequence<T>, pass: &mut Pass) -> Result<Matrix<T>, NnError> {
        match &self.layers {
            Layers::CnnBiLstm(net) => net.logits(&self.weights, input, pass),
            Layers::SeedVector(net) => net.logits(&self.weights, input, pass),
        }
    }
}
