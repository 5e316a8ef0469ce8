//! What can go wrong while a report is made.

use std::io;
use std::path::PathBuf;

use crate::experiment::ReadRunError;
use crate::experiment::store::StoreError;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The run folder cannot be read.
    #[error(transparent)]
    Run(#[from] ReadRunError),
    /// The folder of runs cannot be listed.
    #[error(transparent)]
    Runs(#[from] StoreError),
    /// A frame lacks a column, or the column holds something else.
    #[error("{file} has no usable column `{column}`: {cause}")]
    Column {
        /// The file in the run folder.
        file: &'static str,
        /// The column.
        column: &'static str,
        /// What polars said.
        #[source]
        cause: polars::prelude::PolarsError,
    },
    /// The predictions cannot be scored.
    #[error("predictions.parquet or validation.parquet: {0}")]
    Predictions(#[from] crate::metrics::MetricsError),
    /// A prediction names a label that the manifest does not.
    #[error("predictions.parquet names the label `{label}`, which manifest.json does not list: the two are not of one run")]
    UnknownLabel {
        /// The label.
        label: String,
    },
    /// A chart cannot be drawn.
    #[error("cannot draw the chart: {cause}")]
    Chart {
        /// What plotters said.
        cause: String,
    },
    /// The page cannot be put together.
    #[error("cannot fill in the page: {0}")]
    Template(#[from] askama::Error),
    /// The report cannot be written.
    #[error("cannot write {path}: {cause}", path = path.display())]
    Write {
        /// The report.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}
