//! What a notebook needs at hand: `use intone::prelude::*;`.

pub use crate::audio::{AudioSettings, Clip};
pub use crate::balance::{BalanceMethod, BalanceSettings, ClassWeights, Draw, RandomState, class_weights, draws, resample};
pub use crate::corpus::splits::{Fold, Folds, SplitKind, SplitSettings, make_folds};
pub use crate::corpus::{ClipRow, Corpus, CorpusKind, CorpusSettings, Emotion};
pub use crate::dataset::{
    Aggregate, Dataset, Example, FeaturePipeline, Normalise, Normaliser, TestSet, TrainingSet, ValidationSet, normalise,
};
pub use crate::display::{self, Bundle, Plot, Progress, Show, Spectrogram, ask, bars, clear, emit, named, plot, progress, spectrogram};
pub use crate::experiment::events::Silent;
pub use crate::experiment::{self, Config, Material, RunFolder, RunOptions, RunOutcome, Runs, defaults, read_frame, read_manifest};
pub use crate::features::{Extractor, FeatureError, FeatureMatrix, FeatureSet, FeatureSettings};
pub use crate::metrics::{ConfusionMatrix, Predictions, ScoreTable, Scores, score_table};
pub use crate::model::{self, Fit, FittedModel, ModelKind, ModelSettings};
pub use crate::nn::EpochRecord;
pub use crate::{audio, augment, corpus, features, metrics, nn, seed};

pub use ndarray;
pub use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2, Axis, array, s};
pub use plotters;
pub use polars;
pub use polars::prelude::{Column, DataFrame, DataType, NamedFrom, Series, df};
