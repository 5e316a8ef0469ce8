//! The training loop: epochs, validation, early stopping.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::time::Instant;

use ndarray::Array2;
use rand::Rng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, one_hot};
use super::checkpoint::Checkpoint;
use super::error::NnError;
use super::predict;
use super::schedule::LearningRate;
use super::settings::TrainingSettings;
use super::step::{StepName, Trainer};
use super::trainable::Trainable;
use super::weights::Weights;
use crate::dataset::{Example, TrainingSet, ValidationSet};
use crate::seed;

/// Changes a training row in place, at random.
pub type Augment<'a> = &'a (dyn Fn(&mut Array2<f32>, &mut ChaCha8Rng) + Sync);

/// What a training needs beside rows and settings.
pub struct FitContext<'a> {
    /// The declared seed.
    pub seed: u64,
    /// What the training is for, so that its random streams are its own: `["fold", "1"]`.
    pub stream: &'a [&'a str],
    /// A factor a class, in the loss.
    pub class_weights: Option<&'a [f64]>,
    /// What is done to each row before each epoch.
    pub augment: Option<Augment<'a>>,
    /// Mixup's alpha; 0 = none.
    pub mixup: f32,
    /// Goes on after the epochs of a checkpoint of the same training.
    pub resume: Option<&'a Checkpoint>,
    /// Offered a checkpoint after each epoch.
    pub keep: Option<Keep<'a>>,
    /// Called after each epoch; `Break` ends the training with [`NnError::Interrupted`].
    pub observe: &'a mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
}

impl<'a> FitContext<'a> {
    /// A training without class weights, augmentation or mixup, from the beginning.
    pub fn new(seed: u64, stream: &'a [&'a str], observe: &'a mut dyn FnMut(&EpochRecord) -> ControlFlow<()>) -> Self {
        Self { seed, stream, class_weights: None, augment: None, mixup: 0.0, resume: None, keep: None, observe }
    }
}

/// Takes a checkpoint by calling its second argument, which copies all weights, or lets it be. The first says whether the training is
/// interrupted after this epoch.
pub type Keep<'a> = &'a dyn Fn(bool, &dyn Fn() -> Checkpoint);

/// How an epoch went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochRecord {
    /// From 1.
    pub epoch: usize,
    /// Mean over the epoch's rows, each with the weights before its step; with dropout, augmentation and mixup.
    pub train_loss: f64,
    /// The same loss over the validation rows, in prediction; `None` where there are none.
    pub validation_loss: Option<f64>,
    /// Mean of the recalls of the classes that have a validation row.
    pub validation_uar: Option<f64>,
    /// Of the epoch's last step.
    pub learning_rate: f64,
    /// Wall time.
    pub seconds: f64,
    /// Whether the weights after this epoch are the ones kept: while training, those kept so far.
    pub kept: bool,
}

/// Trains `network` on the rows of `train`, steered by `validation`, and leaves in it the weights that are kept.
///
/// An epoch visits each row once, in random order, drawing one of its variants and, where the row has its waveforms, varying and measuring
/// that one anew. With `restore_best` and a validation set, the weights with
/// the highest validation UAR are kept, among equals those with the lowest validation loss; else the last. With an average of the
/// weights (`ema`), it is the average that is validated and kept.
///
/// Every random choice comes from `context.seed` and `context.stream`, and no result depends on the number of threads. A training that
/// goes on from a checkpoint ends with the same bits as one that was never interrupted.
///
/// # Errors
/// [`NnError::Setting`] and [`NnError::Classes`] before any work; [`NnError::NoRows`]; [`NnError::Vary`]; [`NnError::Diverged`];
/// [`NnError::Interrupted`].
pub fn fit<N: Trainable>(
    network: &mut N,
    train: &TrainingSet,
    validation: &ValidationSet,
    settings: &TrainingSettings,
    context: FitContext<'_>,
) -> Result<Vec<EpochRecord>, NnError> {
    settings.check()?;
    check_rows(network.classes(), train, validation)?;
    let steps = train.examples.len().div_ceil(settings.batch_size);
    let schedule = LearningRate::new(settings, steps * settings.epochs);
    let mut trainer = Trainer::new(network, settings, context.class_weights)?;
    let rows =
        Rows { train, context: &Draws { seed: context.seed, stream: context.stream, augment: context.augment, mixup: context.mixup } };
    let mut best = Best::new(settings);
    let mut records: Vec<EpochRecord> = Vec::new();
    if let Some(checkpoint) = context.resume {
        let weights = trainer.resume(checkpoint)?;
        records.clone_from(&checkpoint.records);
        best.replay(&records, weights);
    }
    while records.len() < settings.epochs && !best.stop(records.len()) {
        let epoch = records.len() + 1;
        let started = Instant::now();
        let first_step = (epoch - 1) * steps;
        let mut total = 0.0;
        for (index, indices) in rows.order(epoch).chunks(settings.batch_size).enumerate() {
            let batch = rows.batch(epoch, index, indices)?;
            let name = StepName { seed: context.seed, stream: context.stream, epoch, step: index + 1 };
            total += trainer.step(&batch, schedule.at(first_step + index), name)? * indices.len() as f64;
        }
        let scores = trainer.with_average(|network| validate(network, validation))?.map(|scores| scores.summary(&trainer, validation));
        let kept = trainer.with_average(|network| best.offer(epoch, scores, || network.weights().clone()));
        if kept {
            records.iter_mut().for_each(|record| record.kept = false);
        }
        records.push(EpochRecord {
            epoch,
            train_loss: total / train.examples.len() as f64,
            validation_loss: scores.map(|(loss, _)| loss),
            validation_uar: scores.map(|(_, uar)| uar),
            learning_rate: schedule.at(first_step + steps - 1),
            seconds: started.elapsed().as_secs_f64(),
            kept,
        });
        let interrupted = records.last().is_some_and(|record| (context.observe)(record).is_break());
        if let Some(keep) = context.keep {
            keep(interrupted, &|| trainer.checkpoint(&records, best.weights.as_ref()));
        }
        if interrupted {
            return Err(NnError::Interrupted { epoch });
        }
    }
    trainer.finish(best.into_weights());
    Ok(records)
}

fn check_rows(classes: usize, train: &TrainingSet, validation: &ValidationSet) -> Result<(), NnError> {
    if train.examples.is_empty() {
        return Err(NnError::NoRows);
    }
    for (what, given) in [("the training set", train.classes), ("the validation set", validation.classes)] {
        if given != classes {
            return Err(NnError::Classes { network: classes, what, given });
        }
    }
    let labels = train.examples.iter().chain(&validation.examples).map(|example| example.label);
    match labels.enumerate().find(|(_, label)| *label >= classes) {
        Some((row, label)) => Err(NnError::Input { row, message: format!("is of class {label}, but there are {classes} classes") }),
        None => Ok(()),
    }
}

/// Where the randomness of rows comes from.
struct Draws<'a> {
    seed: u64,
    stream: &'a [&'a str],
    augment: Option<Augment<'a>>,
    mixup: f32,
}

impl Draws<'_> {
    fn stream(&self, purpose: &str, numbers: &[usize]) -> ChaCha8Rng {
        let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
        let path: Vec<&str> = self.stream.iter().copied().chain([purpose]).chain(numbers.iter().map(String::as_str)).collect();
        seed::stream(self.seed, &path)
    }
}

/// The training rows as epochs see them.
struct Rows<'a> {
    train: &'a TrainingSet,
    context: &'a Draws<'a>,
}

impl<'a> Rows<'a> {
    fn order(&self, epoch: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.train.examples.len()).collect();
        order.shuffle(&mut self.context.stream("order", &[epoch]));
        order
    }

    fn batch(&self, epoch: usize, step: usize, indices: &[usize]) -> Result<Batch<'a>, NnError> {
        // Collected first: of several errors the first in the batch counts, whichever thread met one first.
        let rows: Vec<_> = indices.par_iter().map(|&row| self.row(epoch, row)).collect();
        let rows = rows.into_iter().collect::<Result<_, _>>()?;
        let labels: Vec<usize> = indices.iter().map(|&row| self.train.examples[row].label).collect();
        let mut batch = Batch::new(rows, &labels, self.train.classes);
        if self.context.mixup > 0.0 {
            batch.mix(self.context.mixup, &mut self.context.stream("mixup", &[epoch, step]));
        }
        Ok(batch)
    }

    /// The row as this epoch sees it: one of its variants, its waveform varied and measured anew, then its frames varied.
    fn row(&self, epoch: usize, row: usize) -> Result<Cow<'a, Array2<f32>>, NnError> {
        let Example { variants, waves, .. } = &self.train.examples[row];
        if variants.len() == 1 && waves.is_none() && self.context.augment.is_none() {
            return Ok(Cow::Borrowed(&variants[0]));
        }
        let mut random = self.context.stream("augment", &[epoch, row]);
        let variant = random.gen_range(0..variants.len());
        let varied = match waves {
            Some(waves) => waves.frames(variant, &mut self.context.stream("waves", &[epoch, row])),
            None => Ok(None),
        };
        let varied = varied.map_err(|cause| NnError::Vary { row, epoch, cause })?;
        let mut values = varied.map_or(Cow::Borrowed(&*variants[variant]), Cow::Owned);
        if let Some(augment) = self.context.augment {
            augment(values.to_mut(), &mut random);
        }
        Ok(values)
    }
}

/// Logits of the validation rows; `None` where there are none.
fn validate<N: Trainable>(network: &N, validation: &ValidationSet) -> Result<Option<Validated>, NnError> {
    if validation.examples.is_empty() {
        return Ok(None);
    }
    let rows: Vec<&Array2<f32>> = validation.examples.iter().map(|example| example.frames()).collect();
    Ok(Some(Validated { logits: predict::logits(network, &rows)? }))
}

struct Validated {
    logits: Vec<Vec<f32>>,
}

impl Validated {
    /// Loss and UAR.
    fn summary<N: Trainable>(&self, trainer: &Trainer<'_, N>, validation: &ValidationSet) -> (f64, f64) {
        let labels = validation.labels();
        let targets = one_hot(&labels, validation.classes);
        let objective = trainer.objective();
        let loss = objective.loss(&self.logits.concat(), &targets, objective.divisor(&targets));
        (loss, mean_recall(&self.logits, &labels, validation.classes))
    }
}

/// Mean of the recalls of the classes that have a row (UAR); of equal logits, the first class counts.
fn mean_recall(logits: &[Vec<f32>], labels: &[usize], classes: usize) -> f64 {
    let (mut right, mut all) = (vec![0_usize; classes], vec![0_usize; classes]);
    for (logits, &label) in logits.iter().zip(labels) {
        let predicted = (1..logits.len()).fold(0, |best, class| if logits[class] > logits[best] { class } else { best });
        all[label] += 1;
        right[label] += usize::from(predicted == label);
    }
    let recalls: Vec<f64> = right.iter().zip(&all).filter(|(_, all)| **all > 0).map(|(right, all)| *right as f64 / *all as f64).collect();
    recalls.iter().sum::<f64>() / recalls.len() as f64
}

/// The best epoch so far.
struct Best {
    restore: bool,
    patience: usize,
    /// Loss and UAR.
    scores: Option<(f64, f64)>,
    weights: Option<Weights>,
    /// The last epoch in which the UAR rose.
    risen: usize,
}

impl Best {
    fn new(settings: &TrainingSettings) -> Self {
        Self { restore: settings.restore_best, patience: settings.early_stopping, scores: None, weights: None, risen: 0 }
    }

    /// Comes to know what it knew after these epochs.
    fn replay(&mut self, records: &[EpochRecord], weights: Option<Weights>) {
        for record in records {
            let scores = record.validation_loss.zip(record.validation_uar);
            self.note(record.epoch, scores);
        }
        self.weights = weights;
    }

    /// Whether the weights after this epoch are to be kept, for all that is known so far.
    fn offer(&mut self, epoch: usize, scores: Option<(f64, f64)>, weights: impl FnOnce() -> Weights) -> bool {
        let better = self.note(epoch, scores);
        if better && self.restore && scores.is_some() {
            self.weights = Some(weights());
        }
        better || !self.restore
    }

    /// Takes an epoch's scores into account; whether they are the best so far. Without a validation set the latest is the best.
    fn note(&mut self, epoch: usize, scores: Option<(f64, f64)>) -> bool {
        let Some((loss, uar)) = scores else { return true };
        let (best_loss, best_uar) = self.scores.unwrap_or((f64::INFINITY, f64::NEG_INFINITY));
        if uar > best_uar {
            self.risen = epoch;
        }
        let better = uar > best_uar || (uar == best_uar && loss < best_loss);
        if better {
            self.scores = scores;
        }
        better
    }

    /// Whether the UAR has not risen for long enough.
    fn stop(&self, epoch: usize) -> bool {
        self.patience > 0 && self.scores.is_some() && epoch - self.risen >= self.patience
    }

    fn into_weights(self) -> Option<Weights> {
        self.weights
    }
}
