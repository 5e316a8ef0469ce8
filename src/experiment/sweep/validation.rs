//! What of a run a sweep looks at.

use std::collections::BTreeMap;
use std::path::Path;

use polars::prelude::DataFrame;

use crate::experiment::read::read_frame;
use crate::metrics::{ConfusionMatrix, Predictions, argmax};

/// Mean over folds and seeds of the UAR of the validation clips: that of the epoch whose weights were used, or that of the predictions of
/// the validation clips; `None` where neither is there.
pub(super) fn validation_uar(run: &Path) -> Option<f64> {
    let epochs = read_frame(&run.join("epochs.parquet")).ok().flatten();
    epochs.as_ref().and_then(of_epochs).or_else(|| {
        let frame = read_frame(&run.join("validation.parquet")).ok()??;
        of_predictions(&Predictions::from_frame(frame).ok()?)
    })
}

fn of_epochs(epochs: &DataFrame) -> Option<f64> {
    let kept = epochs.column("kept").ok()?.bool().ok()?;
    let uar = epochs.column("validation_uar").ok()?.f64().ok()?;
    let used: Vec<f64> = kept.iter().zip(uar.iter()).filter(|(kept, _)| *kept == Some(true)).filter_map(|(_, uar)| uar).collect();
    mean(&used)
}

fn of_predictions(predictions: &Predictions) -> Option<f64> {
    let mut parts: BTreeMap<(String, u64), (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for row in predictions.rows().ok()? {
        let (truth, predicted) = parts.entry((row.fold, row.seed)).or_default();
        truth.push(row.truth);
        predicted.push(argmax(&row.probabilities));
    }
    let classes = predictions.labels.len();
    let scores: Vec<f64> = parts
        .values()
        .map(|(truth, predicted)| ConfusionMatrix::from_pairs(truth, predicted, classes).map(|matrix| matrix.uar()))
        .collect::<Result<_, _>>()
        .ok()?;
    mean(&scores)
}

/// The mean; none of nothing, or where one is no number.
fn mean(values: &[f64]) -> Option<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    mean.is_finite().then_some(mean)
}
