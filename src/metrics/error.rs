//! What can be wrong with what is scored.

use std::path::PathBuf;

use polars::prelude::PolarsError;

/// Predictions or scores that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetricsError {
    /// Truth and predictions differ in number.
    #[error("{truth} true classes, but {predicted} predictions")]
    Lengths {
        /// Rows of truth.
        truth: usize,
        /// Rows of predictions.
        predicted: usize,
    },
    /// A class index that no class has.
    #[error("row {row}: class index {class}, but there are {classes} classes")]
    Class {
        /// Row, from 0.
        row: usize,
        /// The index found.
        class: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A row with too few or too many probabilities.
    #[error("row {row}: {found} probabilities, but there are {classes} classes")]
    Width {
        /// Row, from 0.
        row: usize,
        /// Probabilities found.
        found: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A probability that is no number between 0 and 1.
    #[error("row {row}, class {class}: {value} is not a probability; the model that made it did not end in numbers")]
    Probability {
        /// Row, from 0.
        row: usize,
        /// Class index.
        class: usize,
        /// The value found.
        value: f64,
    },
    /// No row to score.
    #[error("there are no predictions to score")]
    Empty,
    /// Tables of other classes cannot be joined.
    #[error("predictions for the classes {found:?} cannot be joined to those for {expected:?}")]
    Labels {
        /// Classes of the table that is added to.
        expected: Vec<String>,
        /// Classes of the added table.
        found: Vec<String>,
    },
    /// Predictions of other classes cannot be compared.
    #[error("the classes differ, so no score can be compared: one has {first:?}, the other {second:?}")]
    OtherClasses {
        /// Classes of the first table.
        first: Vec<String>,
        /// Classes of the second.
        second: Vec<String>,
    },
    /// No clip is in both tables.
    #[error("no clip was predicted by both ({first} clips in one, {second} in the other); only runs over the same clips can be compared")]
    NothingShared {
        /// Clips of the first table.
        first: usize,
        /// Clips of the second.
        second: usize,
    },
    /// One clip with two truths.
    #[error("clip {clip} is {first} in one and {second} in the other; the labels of a corpus must not change between runs to compare")]
    OtherTruth {
        /// Its id.
        clip: String,
        /// Truth in the first table.
        first: String,
        /// Truth in the second.
        second: String,
    },
    /// A frame whose column is missing, of another type, or holds what it must not.
    #[error("column `{column}`: {message}")]
    Column {
        /// Its name.
        column: String,
        /// What is wrong.
        message: String,
    },
    /// A file that cannot be opened.
    #[error("cannot read {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// polars could not read or write a frame.
    #[error("frame: {0}")]
    Frame(#[from] PolarsError),
}
