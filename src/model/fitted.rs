//! One interface over everything that can be trained.

use ndarray::Array2;

use super::baselines::{Baseline, Unconverged};
use super::error::ModelError;
use super::network::Network;
use super::settings::{ModelKind, ModelSettings};
use crate::dataset::{TrainingSet, ValidationSet};
use crate::nn::{self, Augment, Checkpoint, EpochRecord, FitContext, Keep, Trace, Trainable, TrainingSettings};

/// A model that has seen its training rows.
pub enum FittedModel {
    /// A network.
    Network(Box<Network>),
    /// A linfa baseline.
    Baseline(Box<Baseline>),
}

/// What a model says of a clip, and for a network why.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// A probability a class; they sum to 1. Of a clip given as several matrices, the mean over them.
    pub probabilities: Vec<f64>,
    /// For a network with attention, a weight a stretch of [`FittedModel::stride`] frames, in order of time; they sum to 1. Of a clip
    /// given as several matrices, that of the first.
    pub attention: Option<Vec<f32>>,
    /// For a network, the vector that its last linear layer reads; that of the first matrix.
    pub embedding: Option<Vec<f32>>,
}

/// Everything a fit may see.
pub struct Fit<'a> {
    /// Which model, and its sizes.
    pub model: &'a ModelSettings,
    /// How networks are trained.
    pub training: &'a TrainingSettings,
    /// The rows to fit on, normalised, balanced.
    pub train: &'a TrainingSet,
    /// The rows to steer by, normalised; may be empty.
    pub validation: &'a ValidationSet,
    /// A weight a class.
    pub class_weights: Option<&'a [f64]>,
    /// Varies a training row anew each epoch (networks only).
    pub augment: Option<Augment<'a>>,
    /// Alpha of mixup (networks only); 0 = none.
    pub mixup: f32,
    /// Of this repetition.
    pub seed: u64,
    /// Names the random streams: `["fold", "1"]`.
    pub stream: &'a [&'a str],
    /// Goes on from here (networks only).
    pub resume: Option<&'a Checkpoint>,
    /// Offered a checkpoint after each epoch (networks only).
    pub keep: Option<Keep<'a>>,
}

impl<'a> Fit<'a> {
    /// A plain fit: without class weights, augmentation, mixup and checkpoints, its random streams named `fit`.
    pub fn new(
        model: &'a ModelSettings,
        training: &'a TrainingSettings,
        train: &'a TrainingSet,
        validation: &'a ValidationSet,
        seed: u64,
    ) -> Self {
        Self {
            model,
            training,
            train,
            validation,
            class_weights: None,
            augment: None,
            mixup: 0.0,
            seed,
            stream: &["fit"],
            resume: None,
            keep: None,
        }
    }
}

/// Fits the model that the settings name. `observe` hears of each epoch of a network and can end it.
///
/// # Errors
/// [`ModelError`]: rows or settings that the model cannot work with, a loss that is no number, or an interruption.
pub fn fit(
    request: &Fit<'_>,
    observe: &mut dyn FnMut(&EpochRecord) -> std::ops::ControlFlow<()>,
) -> Result<(FittedModel, Vec<EpochRecord>), ModelError> {
    let Fit { model, train, .. } = request;
    let columns = train.examples.first().map_or(0, |example| example.frames().ncols());
    let mut network = match model.kind {
        ModelKind::CnnBilstm => Network::cnn_bilstm(&model.cnn_bilstm, columns, train.classes, request.seed)?,
        ModelKind::SeedVector => Network::seed_vector(&model.seed_vector, columns, train.classes, request.seed)?,
        ModelKind::Svm | ModelKind::Logistic | ModelKind::Ridge | ModelKind::RandomForest | ModelKind::Knn => {
            let baseline = Baseline::fit(model, train, request.class_weights, request.seed)?;
            return Ok((FittedModel::Baseline(Box::new(baseline)), Vec::new()));
        }
    };
    let context = FitContext {
        seed: request.seed,
        stream: request.stream,
        class_weights: request.class_weights,
        augment: request.augment,
        mixup: request.mixup,
        resume: request.resume,
        keep: request.keep,
        observe,
    };
    let epochs = nn::fit(&mut network, train, request.validation, request.training, context)?;
    Ok((FittedModel::Network(Box::new(network)), epochs))
}

impl FittedModel {
    /// Probabilities, `(rows, classes)`; each row sums to 1.
    ///
    /// # Errors
    /// [`ModelError`] where an input has other columns than the model was fitted on.
    pub fn probabilities(&self, inputs: &[&Array2<f32>]) -> Result<Array2<f64>, ModelError> {
        match self {
            Self::Network(network) => Ok(network.probabilities(inputs)?),
            Self::Baseline(baseline) => baseline.probabilities(inputs),
        }
    }

    /// Probabilities, `(clips, classes)`, of clips that are given as one or more matrices each: the mean over a clip's matrices.
    ///
    /// # Errors
    /// As for [`FittedModel::probabilities`].
    pub fn mean_probabilities(&self, clips: &[Vec<&Array2<f32>>]) -> Result<Array2<f64>, ModelError> {
        let all = self.probabilities(&clips.concat())?;
        let mut out = Array2::zeros((clips.len(), all.ncols()));
        let mut rows = all.rows().into_iter();
        for (mut out, clip) in out.rows_mut().into_iter().zip(clips) {
            for row in rows.by_ref().take(clip.len()) {
                out.scaled_add(1.0 / clip.len() as f64, &row);
            }
        }
        Ok(out)
    }

    /// What the model says of each clip, given as one or more matrices, and for a network where it looked and what it saw. Probabilities
    /// are those of [`mean_probabilities`](Self::mean_probabilities), to the bit.
    ///
    /// # Errors
    /// As for [`FittedModel::probabilities`].
    pub fn explain(&self, clips: &[Vec<&Array2<f32>>]) -> Result<Vec<Explanation>, ModelError> {
        let Self::Network(network) = self else {
            let rows = self.mean_probabilities(clips)?;
            let alone = |row: ndarray::ArrayView1<f64>| Explanation { probabilities: row.to_vec(), attention: None, embedding: None };
            return Ok(rows.rows().into_iter().map(alone).collect());
        };
        let mut traces = network.traces(&clips.concat())?.into_iter();
        Ok(clips.iter().map(|clip| explanation(traces.by_ref().take(clip.len()), clip.len(), network.classes())).collect())
    }

    /// Frames of the input that one attention weight of an [`Explanation`] stands for; 1 for baselines, which have none.
    pub fn stride(&self) -> usize {
        match self {
            Self::Network(network) => network.stride(),
            Self::Baseline(_) => 1,
        }
    }

    /// That its solver ended before it was done; see [`Baseline::unconverged`].
    pub fn unconverged(&self) -> Option<Unconverged> {
        match self {
            Self::Network(_) => None,
            Self::Baseline(baseline) => baseline.unconverged(),
        }
    }

    /// Trainable parameters, for networks.
    pub fn parameters(&self) -> Option<usize> {
        match self {
            Self::Network(network) => Some(network.parameters()),
            Self::Baseline(_) => None,
        }
    }
}

/// The mean of a clip's traces, with attention and embedding of the first.
fn explanation(traces: impl Iterator<Item = Trace>, count: usize, classes: usize) -> Explanation {
    let mut out = Explanation { probabilities: vec![0.0; classes], attention: None, embedding: None };
    for trace in traces {
        for (sum, p) in out.probabilities.iter_mut().zip(&trace.probabilities) {
            *sum += 1.0 / count as f64 * p;
        }
        if out.embedding.is_none() {
            (out.attention, out.embedding) = (trace.attention, Some(trace.embedding));
        }
    }
    out
}
