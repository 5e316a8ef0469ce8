//! What a notebook needs at hand: `use intone::prelude::*;`.

pub use crate::audio::{AudioSettings, Clip};
pub use crate::augment;
pub use crate::balance::{BalanceMethod, BalanceSettings, ClassWeights, class_weights, resample};
pub use crate::corpus::splits::{Fold, Folds, SplitKind, SplitSettings, make_folds};
pub use crate::corpus::{Corpus, CorpusKind, CorpusSettings, Emotion};
pub use crate::dataset::{Aggregate, Dataset, FeaturePipeline, Normalise, TestSet, TrainingSet, ValidationSet};
pub use crate::display::{self, Bundle, ask, clear, emit};
pub use crate::experiment::{self, Config, Runs, read_frame, read_manifest};
pub use crate::features::{Extractor, FeatureMatrix, FeatureSet, FeatureSettings};
pub use crate::metrics::{ConfusionMatrix, Predictions, ScoreTable, Scores, score_table};
pub use crate::model::{self, FittedModel, ModelKind, ModelSettings};
pub use crate::{audio, corpus, features, metrics, nn, seed};

pub use ndarray;
pub use ndarray::{Array1, Array2, Array3, ArrayView1, ArrayView2, Axis, array, s};
pub use polars;
pub use polars::prelude::{Column, DataFrame, DataType, NamedFrom, Series, df};
