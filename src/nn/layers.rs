//! Layers: operations together with the weights they own in a network's [`Weights`].

use dfdx::tensor::{Cpu, Tape};
use rand_chacha::ChaCha8Rng;

use super::error::NnError;
use super::initialise::{glorot_uniform, he_uniform, orthogonal};
use super::ops::{self, AttentionWeights, Direction};
use super::pass::Pass;
use super::tensor::{Matrix, Sequence};
use super::weights::{BatchMoments, Slot, StatisticsSlot, Weights};

/// Makes the layers of a network, one after the other.
pub(crate) struct Builder<'a> {
    pub weights: &'a mut Weights,
    pub random: &'a mut ChaCha8Rng,
}

impl Builder<'_> {
    fn add(&mut self, name: String, shape: &[usize], values: Vec<f32>) -> Result<Slot, NnError> {
        self.weights.add(name, shape, values, true)
    }

    fn constant(&mut self, name: String, length: usize, value: f32) -> Result<Slot, NnError> {
        self.weights.add(name, &[length], vec![value; length], false)
    }

    /// A convolution that a ReLU follows: He's first values, bias zero.
    pub fn conv1d(&mut self, name: &str, inputs: usize, outputs: usize, kernel: usize) -> Result<Conv1d, NnError> {
        let values = he_uniform(kernel * inputs, kernel * inputs * outputs, self.random);
        let weight = self.add(format!("{name}.weight"), &[kernel, inputs, outputs], values)?;
        Ok(Conv1d { weight, bias: self.constant(format!("{name}.bias"), outputs, 0.0)?, kernel })
    }

    /// Layer normalisation.
    pub fn layer_norm(&mut self, name: &str, channels: usize) -> Result<Norm, NnError> {
        let gain = self.constant(format!("{name}.weight"), channels, 1.0)?;
        Ok(Norm { gain, bias: self.constant(format!("{name}.bias"), channels, 0.0)?, statistics: None })
    }

    /// Batch normalisation.
    pub fn batch_norm(&mut self, name: &str, channels: usize) -> Result<Norm, NnError> {
        let norm = self.layer_norm(name, channels)?;
        Ok(Norm { statistics: Some(self.weights.add_statistics(name, channels)), ..norm })
    }

    /// A bidirectional LSTM: Glorot's first values for the input, orthogonal ones for the recurrence, forget bias 1.
    pub fn bilstm(&mut self, name: &str, inputs: usize, units: usize) -> Result<BiLstm, NnError> {
        let mut direction = |side: &str| -> Result<DirectionSlots, NnError> {
            let input = glorot_uniform(inputs, 4 * units, inputs * 4 * units, self.random);
            let blocks: Vec<Vec<f32>> = (0..4).map(|_| orthogonal(units, self.random)).collect();
            let recurrent =
                (0..units).flat_map(|row| blocks.iter().flat_map(move |block| block[row * units..(row + 1) * units].iter().copied()));
            let recurrent = recurrent.collect();
            let bias = (0..4 * units).map(|gate| if gate / units == 1 { 1.0 } else { 0.0 }).collect();
            Ok(DirectionSlots {
                input: self.add(format!("{name}.{side}.input"), &[inputs, 4 * units], input)?,
                recurrent: self.add(format!("{name}.{side}.recurrent"), &[units, 4 * units], recurrent)?,
                bias: self.weights.add(format!("{name}.{side}.bias"), &[4 * units], bias, false)?,
            })
        };
        Ok(BiLstm { forward: direction("forward")?, reverse: direction("reverse")? })
    }

    /// Attention over time.
    pub fn attention(&mut self, name: &str, channels: usize, hidden: usize) -> Result<Attention, NnError> {
        let values = glorot_uniform(channels, hidden, channels * hidden, self.random);
        let score = glorot_uniform(hidden, 1, hidden, self.random);
        Ok(Attention {
            weight: self.add(format!("{name}.weight"), &[channels, hidden], values)?,
            bias: self.constant(format!("{name}.bias"), hidden, 0.0)?,
            score: self.add(format!("{name}.score"), &[hidden], score)?,
        })
    }

    /// A dense layer: Glorot's first values, bias zero.
    pub fn dense(&mut self, name: &str, inputs: usize, outputs: usize) -> Result<Dense, NnError> {
        let values = glorot_uniform(inputs, outputs, inputs * outputs, self.random);
        let weight = self.add(format!("{name}.weight"), &[inputs, outputs], values)?;
        Ok(Dense { weight, bias: self.constant(format!("{name}.bias"), outputs, 0.0)? })
    }
}

/// Convolution over time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conv1d {
    weight: Slot,
    bias: Slot,
    kernel: usize,
}

impl Conv1d {
    /// `inputs` channels to `outputs`.
    pub fn forward<T: Tape<f32, Cpu>>(&self, weights: &Weights, x: Sequence<T>) -> Result<Sequence<T>, NnError> {
        ops::conv1d(x, weights.get(self.weight), weights.get(self.bias), self.kernel)
    }
}

/// Layer or batch normalisation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Norm {
    gain: Slot,
    bias: Slot,
    statistics: Option<StatisticsSlot>,
}

impl Norm {
    /// Keeps the shape.
    pub fn forward<T: Tape<f32, Cpu>>(&self, weights: &Weights, x: Sequence<T>, pass: &mut Pass) -> Result<Sequence<T>, NnError> {
        let (gain, bias) = (weights.get(self.gain), weights.get(self.bias));
        let Some(slot) = self.statistics else { return ops::layer_norm(x, gain, bias) };
        if !pass.trains() {
            return ops::fixed_norm(x, gain, bias, weights.statistics(slot));
        }
        let (out, found) = ops::batch_norm(x, gain, bias)?;
        pass.record(BatchMoments { slot, count: found.count, mean: found.mean, variance: found.variance });
        Ok(out)
    }
}

#[derive(Debug, Clone, Copy)]
struct DirectionSlots {
    input: Slot,
    recurrent: Slot,
    bias: Slot,
}

impl DirectionSlots {
    fn weights(&self, weights: &Weights) -> Direction {
        Direction {
            input: weights.get(self.input).clone(),
            recurrent: weights.get(self.recurrent).clone(),
            bias: weights.get(self.bias).clone(),
        }
    }
}

/// Bidirectional LSTM.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BiLstm {
    forward: DirectionSlots,
    reverse: DirectionSlots,
}

impl BiLstm {
    /// `inputs` channels to `2 units`.
    pub fn forward<T: Tape<f32, Cpu>>(&self, weights: &Weights, x: Sequence<T>) -> Result<Sequence<T>, NnError> {
        ops::bilstm(x, &self.forward.weights(weights), &self.reverse.weights(weights))
    }
}

/// Attention over time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attention {
    weight: Slot,
    bias: Slot,
    score: Slot,
}

impl Attention {
    /// Clips to `(clips, channels)`, or `(clips, 2 channels)` with the deviation.
    pub fn forward<T: Tape<f32, Cpu>>(
        &self,
        weights: &Weights,
        x: Sequence<T>,
        deviation: bool,
        pass: &mut Pass,
    ) -> Result<Matrix<T>, NnError> {
        let attention = AttentionWeights {
            weight: weights.get(self.weight).clone(),
            bias: weights.get(self.bias).clone(),
            score: weights.get(self.score).clone(),
        };
        ops::attention_pool(x, &attention, deviation, pass)
    }
}

/// Dense layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Dense {
    weight: Slot,
    bias: Slot,
}

impl Dense {
    /// `(rows, inputs)` to `(rows, outputs)`.
    pub fn forward<T: Tape<f32, Cpu>>(&self, weights: &Weights, x: Matrix<T>) -> Result<Matrix<T>, NnError> {
        ops::dense(x, weights.get(self.weight), weights.get(self.bias))
    }
}
