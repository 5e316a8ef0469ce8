//! The frames of a run folder as rows.

use polars::prelude::{DataFrame, DataType, PolarsResult};

use crate::report::error::ReportError;

/// A tested clip under one seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tested {
    pub clip: String,
    pub speaker: String,
    pub fold: String,
    pub seed: u64,
    pub truth: String,
    pub predicted: String,
}

/// An epoch of one training.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Epoch {
    pub fold: String,
    pub seed: u64,
    pub epoch: u32,
    pub train_loss: f64,
    pub validation_loss: f64,
    pub validation_uar: f64,
    pub kept: bool,
}

/// Rows of `predictions.parquet`.
pub(super) fn predictions(frame: &DataFrame) -> Result<Vec<Tested>, ReportError> {
    let columns = Columns { frame, file: "predictions.parquet" };
    let [clips, speakers, folds, truths, predicted] = ["clip", "speaker", "fold", "truth", "predicted"].map(|name| columns.strings(name));
    let rows = clips?.into_iter().zip(speakers?).zip(folds?).zip(columns.whole("seed")?).zip(truths?).zip(predicted?);
    Ok(rows.map(|(((((clip, speaker), fold), seed), truth), predicted)| Tested { clip, speaker, fold, seed, truth, predicted }).collect())
}

/// Rows of `epochs.parquet`.
pub(super) fn epochs(frame: &DataFrame) -> Result<Vec<Epoch>, ReportError> {
    let columns = Columns { frame, file: "epochs.parquet" };
    let [train, validation, uar] = ["train_loss", "validation_loss", "validation_uar"].map(|name| columns.numbers(name));
    let places = columns.strings("fold")?.into_iter().zip(columns.whole("seed")?).zip(columns.whole("epoch")?);
    let values = train?.into_iter().zip(validation?).zip(uar?).zip(columns.flags("kept")?);
    Ok(places
        .zip(values)
        .map(|(((fold, seed), epoch), (((train_loss, validation_loss), validation_uar), kept))| Epoch {
            fold,
            seed,
            epoch: u32::try_from(epoch).unwrap_or(u32::MAX),
            train_loss,
            validation_loss,
            validation_uar,
            kept,
        })
        .collect())
}

/// Columns of one file, brought to the types that the page works with.
pub(super) struct Columns<'a> {
    pub frame: &'a DataFrame,
    pub file: &'static str,
}

impl Columns<'_> {
    /// Text; nothing where the value is missing.
    pub(super) fn strings(&self, name: &'static str) -> Result<Vec<String>, ReportError> {
        self.read(name, |column| Ok(column.cast(&DataType::String)?.str()?.iter().map(|v| v.unwrap_or_default().to_owned()).collect()))
    }

    /// Numbers; NaN where the value is missing.
    pub(super) fn numbers(&self, name: &'static str) -> Result<Vec<f64>, ReportError> {
        self.read(name, |column| Ok(column.cast(&DataType::Float64)?.f64()?.iter().map(|v| v.unwrap_or(f64::NAN)).collect()))
    }

    /// Whole numbers; 0 where the value is missing.
    pub(super) fn whole(&self, name: &'static str) -> Result<Vec<u64>, ReportError> {
        self.read(name, |column| Ok(column.cast(&DataType::UInt64)?.u64()?.iter().map(Option::unwrap_or_default).collect()))
    }

    /// Yes or no; no where the value is missing.
    fn flags(&self, name: &'static str) -> Result<Vec<bool>, ReportError> {
        self.read(name, |column| Ok(column.cast(&DataType::Boolean)?.bool()?.iter().map(Option::unwrap_or_default).collect()))
    }

    fn read<T>(&self, name: &'static str, take: impl FnOnce(&polars::prelude::Column) -> PolarsResult<T>) -> Result<T, ReportError> {
        self.frame.column(name).and_then(take).map_err(|cause| ReportError::Column { file: self.file, column: name, cause })
    }
}
