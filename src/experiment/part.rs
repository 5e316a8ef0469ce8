//! One fold with one seed: normalise, balance, fit, predict the test rows once.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::config::Config;
use super::error::RunError;
use super::events::{Event, Observer};
use super::evidence::Evidence;
use super::material::{Material, unbalanced};
use super::store::{CheckpointFile, PartFacts};
use crate::augment::FrameAugmenter;
use crate::balance::{self, BalanceMethod, ClassWeights};
use crate::corpus::splits::Fold;
use crate::dataset::{Normaliser, TrainingSet, ValidationSet, normalise};
use crate::metrics::{ConfusionMatrix, PredictionRow, Predictions, argmax};
use crate::model::{self, Fit, FittedModel, ModelError};
use crate::nn::{Checkpoint, EpochRecord, NnError};

/// Checkpoints come no closer together than this: one of a network of half a million weights is 10 MB.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(2);

/// What a part leaves.
pub struct Part {
    /// For the run folder.
    pub facts: PartFacts,
    /// Its test rows.
    pub predictions: Predictions,
    /// The model with its normaliser.
    pub pipeline: FittedPipeline,
}

/// A fitted model and the statistics that its inputs are normalised by.
pub struct FittedPipeline {
    /// Fitted on the training rows, where `normalise.over` is `corpus`.
    pub normaliser: Option<Normaliser>,
    /// The model.
    pub model: FittedModel,
}

/// Refuses what only normalised rows can tell: a fold with a class that ADASYN cannot weigh. Costs a search for neighbours a fold, so that
/// the last fold does not fail after the others were trained.
///
/// # Errors
/// [`RunError::Balance`].
pub fn check_balance(config: &Config, material: &Material) -> Result<(), RunError> {
    if config.balance.method != BalanceMethod::Adasyn {
        return Ok(());
    }
    for fold in &material.folds.folds {
        let (train, ..) = normalise::prepare(&material.dataset, fold, &config.normalise);
        balance::resample(train, &config.balance, config.seed).map_err(|cause| unbalanced(fold, &material.corpus.labels, cause))?;
    }
    Ok(())
}

/// Runs one fold with one seed.
///
/// # Errors
/// [`RunError`]: balancing, training, or an interruption.
pub fn run(
    config: &Config,
    material: &Material,
    fold: &Fold,
    seed: u64,
    checkpoint: &CheckpointFile,
    observer: &dyn Observer,
) -> Result<Part, RunError> {
    let started = Instant::now();
    let resume = checkpoint.read().filter(|checkpoint| checkpoint.records.len() <= config.training.epochs);
    let resumed_epochs = resume.as_ref().map_or(0, |checkpoint| checkpoint.records.len());
    observer.event(&Event::PartStarted { fold: fold.name.clone(), seed, resumed_epochs });
    let (train, validation, test, normaliser) = normalise::prepare(&material.dataset, fold, &config.normalise);
    let evidence = Evidence::of_statistics(material, fold, normaliser.as_ref());
    let (counts, given) = (train.class_counts(), train.examples.len());
    let mut train = balance::resample(train, &config.balance, seed).map_err(|cause| unbalanced(fold, &material.corpus.labels, cause))?;
    let evidence = evidence.with_rows(material, fold, &train, given, &validation);
    if !config.model.kind.trains_by_epochs() {
        train.add_varied_copies(config.augment.copies, seed, &["fold", &fold.name]).map_err(|(row, cause)| RunError::Vary {
            fold: fold.name.clone(),
            seed,
            row,
            cause,
        })?;
    }
    let balanced_rows = train.class_counts().iter().zip(&counts).map(|(after, before)| *after as i64 - *before as i64).collect();

    let (model, epochs) = fit(config, fold, (&train, &validation), seed, (resume.as_ref(), checkpoint), observer)?;
    let clips: Vec<Vec<_>> = test.examples.iter().map(|example| example.variants.iter().map(AsRef::as_ref).collect()).collect();
    let probabilities = model.mean_probabilities(&clips).map_err(|cause| RunError::Model { fold: fold.name.clone(), seed, cause })?;

    let predicted: Vec<usize> = probabilities.rows().into_iter().map(|row| argmax(&row.to_vec())).collect();
    let uar = ConfusionMatrix::from_pairs(&test.labels(), &predicted, test.classes)?.uar();
    let rows = fold
        .test
        .indices()
        .iter()
        .zip(probabilities.rows())
        .map(|(&row, probabilities)| {
            let clip = &material.corpus.clips[row];
            PredictionRow {
                clip: clip.id.clone(),
                speaker: clip.speaker.clone(),
                fold: fold.name.clone(),
                seed,
                truth: clip.label,
                probabilities: probabilities.to_vec(),
            }
        })
        .collect::<Vec<_>>();
    let predictions = Predictions::from_rows(&material.corpus.labels, &rows)?;
    let facts = PartFacts {
        fold: fold.name.clone(),
        seed,
        balanced_rows,
        evidence: Some(evidence),
        parameters: model.parameters(),
        uar,
        epochs,
        seconds: resume.iter().flat_map(|checkpoint| &checkpoint.records).map(|record| record.seconds).sum::<f64>()
            + started.elapsed().as_secs_f64(),
    };
    Ok(Part { facts, predictions, pipeline: FittedPipeline { normaliser, model } })
}

fn fit(
    config: &Config,
    fold: &Fold,
    (train, validation): (&TrainingSet, &ValidationSet),
    seed: u64,
    (resume, checkpoint): (Option<&Checkpoint>, &CheckpointFile),
    observer: &dyn Observer,
) -> Result<(FittedModel, Vec<EpochRecord>), RunError> {
    let weights = match config.balance.class_weights {
        ClassWeights::None => None,
        ClassWeights::Balanced => Some(balance::class_weights(&train.class_counts())),
    };
    let augmenter = FrameAugmenter::new(&config.augment)?;
    let vary = |frames: &mut ndarray::Array2<f32>, rng: &mut rand_chacha::ChaCha8Rng| augmenter.apply(frames, rng);
    let written = Cell::new(Instant::now());
    let keep = |interrupted: bool, take: &dyn Fn() -> Checkpoint| {
        if interrupted || written.get().elapsed() >= CHECKPOINT_EVERY {
            checkpoint.write(&take());
            written.set(Instant::now());
        }
    };
    let request = Fit {
        model: &config.model,
        training: &config.training,
        train,
        validation,
        class_weights: weights.as_deref(),
        augment: (!augmenter.is_identity()).then_some(&vary),
        mixup: config.augment.mixup,
        seed,
        stream: &["fold", &fold.name],
        resume,
        keep: Some(&keep),
    };
    let mut observe = |record: &EpochRecord| {
        observer.event(&Event::Epoch {
            fold: fold.name.clone(),
            seed,
            epoch: record.epoch,
            epochs: config.training.epochs,
            train_loss: record.train_loss,
            validation_uar: record.validation_uar,
        });
        if observer.interrupted() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    model::fit(&request, &mut observe).map_err(|cause| match cause {
        ModelError::Network(NnError::Interrupted { .. }) => RunError::Interrupted,
        cause => RunError::Model { fold: fold.name.clone(), seed, cause },
    })
}
