//! The frame of all epochs of a run.

use polars::prelude::{DataFrame, IntoColumn, NamedFrom, Series};

use super::error::RunError;
use super::store::PartFacts;
use crate::nn::EpochRecord;

/// `epochs.parquet`: a row a fold, seed and epoch.
pub(super) fn epochs_frame<'a>(parts: impl Iterator<Item = &'a PartFacts>) -> Result<DataFrame, RunError> {
    let rows: Vec<_> = parts.flat_map(|facts| facts.epochs.iter().map(move |epoch| (facts, epoch))).collect();
    let floats = |name: &str, value: &dyn Fn(&EpochRecord) -> f64| {
        Series::new(name.into(), rows.iter().map(|(_, epoch)| value(epoch)).collect::<Vec<f64>>()).into_column()
    };
    let columns = vec![
        Series::new("fold".into(), rows.iter().map(|(facts, _)| facts.fold.as_str()).collect::<Vec<_>>()).into_column(),
        Series::new("seed".into(), rows.iter().map(|(facts, _)| facts.seed).collect::<Vec<_>>()).into_column(),
        Series::new("epoch".into(), rows.iter().map(|(_, epoch)| epoch.epoch as u32).collect::<Vec<_>>()).into_column(),
        floats("train_loss", &|epoch| epoch.train_loss),
        floats("validation_loss", &|epoch| epoch.validation_loss.unwrap_or(f64::NAN)),
        floats("validation_uar", &|epoch| epoch.validation_uar.unwrap_or(f64::NAN)),
        floats("learning_rate", &|epoch| epoch.learning_rate),
        floats("seconds", &|epoch| epoch.seconds),
        Series::new("kept".into(), rows.iter().map(|(_, epoch)| epoch.kept).collect::<Vec<_>>()).into_column(),
    ];
    DataFrame::new(rows.len(), columns).map_err(|error| RunError::System(error.to_string()))
}
