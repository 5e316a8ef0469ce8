//! One training step: shards in parallel, gradients summed in their order, optimiser.

use ndarray::Array2;
use rayon::prelude::*;

use dfdx::tensor_ops::Backward;

use super::batch::{self, Batch};
use super::checkpoint::Checkpoint;
use super::error::NnError;
use super::ops::{Objective, focal_loss};
use super::optimiser::{Adam, AdamState, Average};
use super::pass::Pass;
use super::settings::TrainingSettings;
use super::simd::{Level, elementwise};
use super::train::EpochRecord;
use super::trainable::Trainable;
use super::weights::{BatchMoments, Weights};
use crate::seed;

/// Which step it is, for random streams and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepName<'a> {
    /// The declared seed.
    pub seed: u64,
    /// What the training is for: `["fold", "1"]`.
    pub stream: &'a [&'a str],
    /// Epoch, from 1.
    pub epoch: usize,
    /// Step within the epoch, from 1.
    pub step: usize,
}

/// A network under training, with what its optimiser remembers.
#[derive(Debug)]
pub struct Trainer<'n, N> {
    network: &'n mut N,
    objective: Objective,
    adam: Adam,
    average: Option<Average>,
    shards: usize,
}

/// What one shard of a batch gives.
struct Shard {
    loss: f64,
    gradients: Vec<Vec<f32>>,
    moments: Vec<BatchMoments>,
}

impl<'n, N: Trainable> Trainer<'n, N> {
    /// Begins a training.
    ///
    /// # Errors
    /// [`NnError::Setting`] for settings that cannot be used, [`NnError::Classes`] if there is not one class weight a class.
    pub fn new(network: &'n mut N, settings: &TrainingSettings, class_weights: Option<&[f64]>) -> Result<Self, NnError> {
        settings.check()?;
        let objective = Objective::new(settings, network.classes(), class_weights)?;
        let adam = Adam::new(settings, network.weights());
        let average = (settings.ema > 0.0).then(|| Average::new(settings.ema, network.weights()));
        Ok(Self { network, objective, adam, average, shards: settings.shards })
    }

    /// The network as it is now.
    pub fn network(&self) -> &N {
        self.network
    }

    /// What the optimiser remembers.
    pub fn optimiser(&self) -> &AdamState {
        self.adam.state()
    }

    /// Everything that the next step depends on.
    pub(super) fn checkpoint(&self, records: &[EpochRecord], best: Option<&Weights>) -> Checkpoint {
        let values = |weights: &Weights| weights.tensors().iter().map(|tensor| tensor.values.to_vec()).collect();
        Checkpoint {
            records: records.to_vec(),
            weights: values(self.network.weights()),
            adam: self.adam.state().clone(),
            average: self.average.as_ref().map(|average| average.state().clone()),
            best: best.map(values),
        }
    }

    /// Goes on from a checkpoint; returns the weights of its best epoch.
    pub(super) fn resume(&mut self, checkpoint: &Checkpoint) -> Result<Option<Weights>, NnError> {
        self.adam.restore(&checkpoint.adam)?;
        if let (Some(average), Some(state)) = (&mut self.average, &checkpoint.average) {
            average.restore(state)?;
        }
        let weights = self.network.weights_mut();
        weights.restore(&checkpoint.weights)?;
        let Some(values) = &checkpoint.best else { return Ok(None) };
        let mut best = weights.clone();
        best.restore(values)?;
        Ok(Some(best))
    }

    /// One step on a batch at a learning rate; returns the loss before it.
    ///
    /// The result depends on the number of shards, but not on that of threads.
    ///
    /// # Errors
    /// [`NnError::Input`] for a row that the network cannot read, [`NnError::Diverged`] for a loss or gradient that is not finite.
    pub fn step(&mut self, batch: &Batch<'_>, rate: f64, name: StepName<'_>) -> Result<f64, NnError> {
        let divisor = self.objective.divisor(&batch.targets);
        let ranges = batch.shards(self.shards);
        let shards = ranges
            .into_par_iter()
            .enumerate()
            .map(|(shard, range)| self.shard(batch, range, divisor, name, shard))
            .collect::<Result<Vec<_>, _>>()?;
        let loss = shards.iter().map(|shard| shard.loss).sum();
        let diverged = NnError::Diverged { epoch: name.epoch, step: name.step, loss };
        if !loss.is_finite() {
            return Err(diverged);
        }
        let (mut gradients, mut moments) = (Vec::with_capacity(shards.len()), Vec::with_capacity(shards.len()));
        for shard in shards {
            gradients.push(shard.gradients);
            moments.push(shard.moments);
        }
        let norm = self.adam.step(self.network.weights_mut(), &sum(gradients), rate);
        if !norm.is_finite() {
            return Err(diverged);
        }
        self.network.weights_mut().merge_statistics(&moments);
        if let Some(average) = &mut self.average {
            average.follow(self.network.weights());
        }
        Ok(loss)
    }

    fn shard(
        &self,
        batch: &Batch<'_>,
        range: std::ops::Range<usize>,
        divisor: f64,
        name: StepName<'_>,
        shard: usize,
    ) -> Result<Shard, NnError> {
        let (reading, columns) = self.network.input();
        let first = range.start;
        let rows: Vec<&Array2<f32>> = batch.rows[range.clone()].iter().map(AsRef::as_ref).collect();
        let input = batch::sequence(&rows, reading, columns).map_err(|error| match error {
            NnError::Input { row, message } => NnError::Input { row: first + row, message },
            other => other,
        })?;
        let (epoch, step, shard) = (name.epoch.to_string(), name.step.to_string(), shard.to_string());
        let path: Vec<&str> = name.stream.iter().copied().chain(["dropout", &epoch, &step, &shard]).collect();
        let mut pass = Pass::training(seed::stream(name.seed, &path));
        let logits = self.network.logits(input.traced(), &mut pass)?;
        let targets = &batch.targets[range.start * batch.classes..range.end * batch.classes];
        let (tensor, loss) = focal_loss(logits, targets, &self.objective, divisor)?;
        let mut gathered = tensor.try_backward()?;
        Ok(Shard { loss, gradients: self.network.weights().gradients(&mut gathered)?, moments: pass.into_moments() })
    }

    /// What is minimised, over rows and labels in prediction.
    pub(super) fn objective(&self) -> &Objective {
        &self.objective
    }

    /// Works on the network with the weights that prediction would use: their average, if there is one.
    pub(super) fn with_average<O>(&mut self, work: impl FnOnce(&N) -> O) -> O {
        let Some(average) = &mut self.average else { return work(self.network) };
        average.exchange(self.network.weights_mut());
        let out = work(self.network);
        average.exchange(self.network.weights_mut());
        out
    }

    /// Ends the training: the network keeps the weights of `best`, or its present ones (averaged, if there is an average).
    pub(super) fn finish(self, best: Option<Weights>) {
        match (best, self.average) {
            (Some(best), _) => *self.network.weights_mut() = best,
            (None, Some(mut average)) => average.exchange(self.network.weights_mut()),
            (None, None) => {}
        }
    }
}

/// Adds up the gradients of all shards, in their order.
fn sum(shards: Vec<Vec<Vec<f32>>>) -> Vec<Vec<f32>> {
    let mut shards = shards.into_iter();
    let mut total = shards.next().unwrap_or_default();
    let rest: Vec<Vec<Vec<f32>>> = shards.collect();
    total.par_iter_mut().enumerate().for_each(|(tensor, total)| {
        for shard in &rest {
            elementwise::add(Level::best(), total, &shard[tensor]);
        }
    });
    total
}
