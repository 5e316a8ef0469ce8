//! One fold with one seed: normalise, balance, fit, predict the test rows once.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::config::Config;
use super::error::RunError;
use super::events::{Event, Observer};
use super::evidence::Evidence;
use super::importance::Question;
use super::material::{Material, unbalanced};
use super::store::{CheckpointFile, KeptPart, PartFacts};
use super::traces::traces_frame;
use crate::augment::FrameAugmenter;
use crate::balance::{self, BalanceMethod, ClassWeights};
use crate::corpus::splits::Fold;
use crate::dataset::{Example, Normaliser, TrainingSet, ValidationSet, normalise};
use crate::metrics::{ConfusionMatrix, PredictionRow, Predictions, argmax};
use crate::model::{self, Explanation, Fit, FittedModel, ModelError};
use crate::nn::{Checkpoint, EpochRecord, NnError};

/// Checkpoints come no closer together than this: one of a network of half a million weights is 10 MB.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(2);

/// What a part leaves.
pub struct Part {
    /// For the run folder.
    pub kept: KeptPart,
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
    let train = balance::resample(train, &config.balance, seed).map_err(|cause| unbalanced(fold, &material.corpus.labels, cause))?;
    let evidence = evidence.with_rows(material, fold, &train, given, &validation);
    let balanced_rows = train.class_counts().iter().zip(&counts).map(|(after, before)| *after as i64 - *before as i64).collect();

    let (model, epochs) = fit(config, fold, (&train, &validation), seed, (resume.as_ref(), checkpoint), observer)?;
    let asked = Asked { model: &model, material, fold, seed };
    let explained = asked.explain(&test.examples)?;
    let predicted: Vec<usize> = explained.iter().map(|explained| argmax(&explained.probabilities)).collect();
    let uar = ConfusionMatrix::from_pairs(&test.labels(), &predicted, test.classes)?.uar();
    let predictions = asked.predictions(fold.test.indices(), &explained)?;
    let mut further = Vec::new();
    if !validation.examples.is_empty() {
        let rows = asked.predictions(fold.validation.indices(), &asked.explain(&validation.examples)?)?;
        further.push(("validation.parquet", rows.frame));
    }
    let clips: Vec<&str> = fold.test.indices().iter().map(|&row| material.corpus.clips[row].id.as_str()).collect();
    let traces = traces_frame(&clips, &fold.name, seed, &explained).map_err(|error| RunError::System(error.to_string()))?;
    further.extend(traces.map(|frame| ("traces.parquet", frame)));
    if config.report.importance > 0 && !test.examples.is_empty() {
        let question = Question {
            model: &model,
            test: &test,
            groups: &material.groups,
            fold: &fold.name,
            seed,
            repeats: config.report.importance,
            uar,
        };
        let frame = question.answer().map_err(|cause| RunError::Model { fold: fold.name.clone(), seed, cause })?;
        further.push(("importance.parquet", frame.map_err(|error| RunError::System(error.to_string()))?));
    }
    let facts = PartFacts {
        fold: fold.name.clone(),
        seed,
        balanced_rows,
        evidence: Some(evidence),
        parameters: model.parameters(),
        unconverged: model.unconverged(),
        uar,
        epochs,
        seconds: resume.iter().flat_map(|checkpoint| &checkpoint.records).map(|record| record.seconds).sum::<f64>()
            + started.elapsed().as_secs_f64(),
    };
    Ok(Part { kept: KeptPart { facts, predictions: predictions.frame, further }, pipeline: FittedPipeline { normaliser, model } })
}

/// A fitted model of a fold, to be asked about rows of the fold's parts.
struct Asked<'a> {
    model: &'a FittedModel,
    material: &'a Material,
    fold: &'a Fold,
    seed: u64,
}

impl Asked<'_> {
    fn explain(&self, examples: &[Example]) -> Result<Vec<Explanation>, RunError> {
        let clips: Vec<Vec<_>> = examples.iter().map(|example| example.variants.iter().map(AsRef::as_ref).collect()).collect();
        self.model.explain(&clips).map_err(|cause| RunError::Model { fold: self.fold.name.clone(), seed: self.seed, cause })
    }

    /// The table of what the model said of the clips at `rows` of the corpus.
    fn predictions(&self, rows: &[usize], explained: &[Explanation]) -> Result<Predictions, RunError> {
        let row = |(&row, explained): (&usize, &Explanation)| {
            let clip = &self.material.corpus.clips[row];
            PredictionRow {
                clip: clip.id.clone(),
                speaker: clip.speaker.clone(),
                fold: self.fold.name.clone(),
                seed: self.seed,
                truth: clip.label,
                probabilities: explained.probabilities.clone(),
            }
        };
        let rows: Vec<PredictionRow> = rows.iter().zip(explained).map(row).collect();
        Ok(Predictions::from_rows(&self.material.corpus.labels, &rows)?)
    }
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
