//! The trainable tensors of a network, by name, and the running statistics of its batch normalisations.

use std::sync::Arc;

use dfdx::tensor::{Cpu, CpuError, Gradients, Tensor, TensorFromVec};
use rayon::prelude::*;

use super::error::NnError;

/// A tensor of a network with its name, as bundles store it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedTensor<'a> {
    /// Dotted name: `block_0.conv.weight`.
    pub name: &'a str,
    /// Shape, outermost dimension first.
    pub shape: &'a [usize],
    /// Values, last dimension fastest.
    pub values: &'a [f32],
}

/// One trainable tensor: a dfdx tensor, which is what gradients are taken with respect to, and its values where operations can read them
/// (dfdx lends no slice of its own).
#[derive(Debug, Clone)]
pub(crate) struct Weight {
    tensor: Tensor<(usize,), f32, Cpu>,
    values: Arc<Vec<f32>>,
}

impl Weight {
    /// A trainable tensor over these values.
    pub fn new(values: Vec<f32>) -> Result<Self, NnError> {
        let tensor = Cpu::default().try_tensor_from_vec(values.clone(), (values.len(),))?;
        Ok(Self { tensor, values: Arc::new(values) })
    }

    /// The values.
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Its gradient, zeros at first.
    pub fn gradient<'g>(&self, gradients: &'g mut Gradients<f32, Cpu>) -> Result<&'g mut Vec<f32>, CpuError> {
        Ok(&mut **gradients.get_or_alloc_mut(&self.tensor)?)
    }

    /// Changes the values in place, and the tensor with them.
    pub fn update(&mut self, change: impl FnOnce(&mut [f32])) {
        let values: &mut Vec<f32> = Arc::make_mut(&mut self.values);
        change(values);
        self.tensor.copy_from(&self.values);
    }
}

/// A place in [`Weights`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot(usize);

/// A place among the running statistics of [`Weights`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StatisticsSlot(usize);

#[derive(Debug, Clone)]
struct Entry {
    name: String,
    shape: Vec<usize>,
    weight: Weight,
    decayed: bool,
}

/// Running mean and variance of one batch normalisation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunningStatistics {
    pub mean: Vec<f32>,
    pub variance: Vec<f32>,
    name: [String; 2],
    shape: [usize; 1],
}

/// What a shard of a batch says about one batch normalisation.
#[derive(Debug, Clone)]
pub(crate) struct BatchMoments {
    pub slot: StatisticsSlot,
    /// Frames counted.
    pub count: usize,
    pub mean: Vec<f32>,
    /// Unbiased.
    pub variance: Vec<f32>,
}

/// All trainable tensors of a network, in the order in which they were made, and its running statistics.
#[derive(Debug, Clone, Default)]
pub struct Weights {
    entries: Vec<Entry>,
    statistics: Vec<RunningStatistics>,
}

impl Weights {
    /// Part of a step's statistics in the running ones, as PyTorch's `momentum`.
    const MOMENTUM: f32 = 0.1;

    /// Adds a trainable tensor; `decayed` says whether weight decay applies to it.
    pub(crate) fn add(&mut self, name: String, shape: &[usize], values: Vec<f32>, decayed: bool) -> Result<Slot, NnError> {
        self.entries.push(Entry { name, shape: shape.to_vec(), weight: Weight::new(values)?, decayed });
        Ok(Slot(self.entries.len() - 1))
    }

    /// Adds running statistics: mean zero, variance one.
    pub(crate) fn add_statistics(&mut self, name: &str, channels: usize) -> StatisticsSlot {
        self.statistics.push(RunningStatistics {
            mean: vec![0.0; channels],
            variance: vec![1.0; channels],
            name: [format!("{name}.running_mean"), format!("{name}.running_variance")],
            shape: [channels],
        });
        StatisticsSlot(self.statistics.len() - 1)
    }

    pub(crate) fn get(&self, slot: Slot) -> &Weight {
        &self.entries[slot.0].weight
    }

    pub(crate) fn statistics(&self, slot: StatisticsSlot) -> &RunningStatistics {
        &self.statistics[slot.0]
    }

    /// Number of trainable numbers.
    pub fn count(&self) -> usize {
        self.entries.iter().map(|entry| entry.weight.values().len()).sum()
    }

    /// Lengths of the trainable tensors, in order.
    pub(crate) fn lengths(&self) -> Vec<usize> {
        self.entries.iter().map(|entry| entry.weight.values().len()).collect()
    }

    /// Takes the gradient of each trainable tensor out of what a tape has gathered.
    pub(crate) fn gradients(&self, gathered: &mut Gradients<f32, Cpu>) -> Result<Vec<Vec<f32>>, NnError> {
        self.entries.iter().map(|entry| Ok(std::mem::take(entry.weight.gradient(gathered)?))).collect()
    }

    /// Values of one trainable tensor.
    pub(crate) fn at(&self, index: usize) -> &[f32] {
        self.entries[index].weight.values()
    }

    /// A copy of the values of each trainable tensor.
    pub(crate) fn values(&self) -> Vec<Vec<f32>> {
        self.entries.iter().map(|entry| entry.weight.values().to_vec()).collect()
    }

    /// Changes all trainable tensors, in parallel, each with something of its own: `change(index, decayed, values, own)`.
    pub(crate) fn update_with<C: Send>(&mut self, own: Vec<C>, change: impl Fn(usize, bool, &mut [f32], C) + Sync) {
        self.entries.par_iter_mut().zip(own).enumerate().for_each(|(index, (entry, own))| {
            let decayed = entry.decayed;
            entry.weight.update(|values| change(index, decayed, values, own));
        });
    }

    /// Merges what the shards of one step found, in their order: means over the shards, weighted by their frames, then the moving
    /// average.
    pub(crate) fn merge_statistics(&mut self, shards: &[Vec<BatchMoments>]) {
        for (index, running) in self.statistics.iter_mut().enumerate() {
            let found: Vec<&BatchMoments> = shards.iter().flatten().filter(|moments| moments.slot.0 == index).collect();
            let total: usize = found.iter().map(|moments| moments.count).sum();
            if total == 0 {
                continue;
            }
            let average = |of: fn(&BatchMoments) -> &[f32], column: usize| {
                found.iter().map(|moments| of(moments)[column] * moments.count as f32).sum::<f32>() / total as f32
            };
            for column in 0..running.mean.len() {
                let mean = average(|moments| &moments.mean, column);
                let variance = average(|moments| &moments.variance, column);
                running.mean[column] += Self::MOMENTUM * (mean - running.mean[column]);
                running.variance[column] += Self::MOMENTUM * (variance - running.variance[column]);
            }
        }
    }

    /// All tensors that prediction needs, trainable ones first.
    pub fn tensors(&self) -> Vec<NamedTensor<'_>> {
        let trainable =
            self.entries.iter().map(|entry| NamedTensor { name: &entry.name, shape: &entry.shape, values: entry.weight.values() });
        let running = self.statistics.iter().flat_map(|statistics| {
            [(&statistics.name[0], &statistics.mean), (&statistics.name[1], &statistics.variance)].map(|(name, values)| NamedTensor {
                name,
                shape: &statistics.shape,
                values,
            })
        });
        trainable.chain(running).collect()
    }

    /// Replaces all tensors by stored ones, found by name.
    ///
    /// # Errors
    /// [`NnError::Tensor`] if one is missing, unknown, of another shape or not finite; nothing has changed then.
    pub fn load(&mut self, tensors: &[(String, Vec<usize>, Vec<f32>)]) -> Result<(), NnError> {
        let known: Vec<(String, Vec<usize>)> = self.tensors().iter().map(|known| (known.name.to_owned(), known.shape.to_vec())).collect();
        let wrong = |name: &str, message: String| NnError::Tensor { name: name.to_owned(), message };
        if let Some((name, ..)) = tensors.iter().find(|(name, ..)| known.iter().all(|(known, _)| known != name)) {
            return Err(wrong(name, "does not belong to this network".into()));
        }
        let mut found = Vec::with_capacity(known.len());
        for (name, shape) in &known {
            let Some((_, given, values)) = tensors.iter().find(|(other, ..)| other == name) else {
                return Err(wrong(name, "is missing".into()));
            };
            if given != shape || values.len() != shape.iter().product::<usize>() {
                return Err(wrong(name, format!("has shape {given:?} and {} values; the network needs {shape:?}", values.len())));
            }
            if values.iter().any(|value| !value.is_finite()) {
                return Err(wrong(name, "holds a value that is not finite".into()));
            }
            found.push(values);
        }
        self.replace(found.into_iter());
        Ok(())
    }

    /// Replaces all tensors by values in the order of [`Weights::tensors`].
    ///
    /// # Errors
    /// [`NnError::Tensor`] if there are not as many values as the tensors have; nothing has changed then.
    pub(crate) fn restore(&mut self, values: &[Vec<f32>]) -> Result<(), NnError> {
        if !self.tensors().iter().map(|tensor| tensor.values.len()).eq(values.iter().map(Vec::len)) {
            return Err(NnError::Tensor { name: "weights".into(), message: "do not belong to this network".into() });
        }
        self.replace(values.iter());
        Ok(())
    }

    fn replace<'v>(&mut self, mut values: impl Iterator<Item = &'v Vec<f32>>) {
        for (entry, values) in self.entries.iter_mut().zip(&mut values) {
            entry.weight.update(|to| to.copy_from_slice(values));
        }
        for statistics in &mut self.statistics {
            for (to, values) in [&mut statistics.mean, &mut statistics.variance].into_iter().zip(&mut values) {
                to.copy_from_slice(values);
            }
        }
    }
}
