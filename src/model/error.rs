//! What can be wrong with a model, its training rows or its input.

use crate::nn::NnError;
use crate::settings::InvalidSetting;

/// A model that cannot be fitted, used, saved or loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ModelError {
    /// A setting that cannot be used.
    #[error(transparent)]
    Setting(#[from] InvalidSetting),
    /// A network cannot be made, trained or used.
    #[error(transparent)]
    Network(#[from] NnError),
    /// The kind of model is not made here.
    #[error("`model.kind` is {kind:?}, which is a network, not a baseline")]
    NotABaseline {
        /// As in the experiment file.
        kind: String,
    },
    /// Nothing to fit on.
    #[error("there are no training rows")]
    NoRows,
    /// Nothing to tell apart.
    #[error("all training rows are of class {class}; a classifier needs two classes or more")]
    OneClass {
        /// Class index.
        class: usize,
    },
    /// A class index that no class has.
    #[error("a training row has class index {class}, but there are {classes} classes")]
    Class {
        /// The index found.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A matrix where a vector is needed.
    #[error("row {row} has {frames} frames, but the model reads one vector a clip: take means or functionals of the features")]
    NotAVector {
        /// Row, from 0.
        row: usize,
        /// Its frames.
        frames: usize,
    },
    /// A row of another width.
    #[error("row {row} has {found} columns, but the model reads {expected}: features must be those it was trained on")]
    Columns {
        /// Row, from 0.
        row: usize,
        /// Columns the model reads.
        expected: usize,
        /// Columns found.
        found: usize,
    },
    /// A value that is no number.
    #[error("row {row}, column {column}: the value is not a finite number")]
    NotFinite {
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
    },
    /// The model cannot weigh classes.
    #[error(
        "`balance.class_weights` is \"balanced\", but {kind:?} cannot weigh classes: set it to \"none\", and `balance.method` to \
         \"random-over\" or \"smote\" if classes shall count the same"
    )]
    NoClassWeights {
        /// Kind of model, as in the experiment file.
        kind: &'static str,
    },
    /// Class weights that do not fit the classes.
    #[error("{found} class weights for {classes} classes; each must be a finite number, at least 0, and above 0 where a class has rows")]
    Weights {
        /// Weights found.
        found: usize,
        /// Number of classes.
        classes: usize,
    },
    /// The solver gave up.
    #[error("{kind} could not be fitted: {message}")]
    Fit {
        /// Kind of model.
        kind: &'static str,
        /// What the solver says.
        message: String,
    },
    /// A stored model that cannot be used.
    #[error("the stored model cannot be used: {message}")]
    Stored {
        /// What is wrong.
        message: String,
    },
}
