//! What is said of a run.

use crate::experiment::RunFolder;
use crate::experiment::record::Manifest;
use crate::metrics::{ConfusionMatrix, MetricsError, Predictions, ScoreRow, ScoreTable};
use crate::report::format::points;

/// A run with its scores and its confusion matrix, pooled over folds and summed over seeds.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Its record.
    pub manifest: Manifest,
    /// Its scores; none where it was ended early.
    pub scores: ScoreTable,
    /// Rows are the truth.
    pub confusion: ConfusionMatrix,
}

impl Summary {
    /// Reads it out of a run.
    ///
    /// # Errors
    /// A frame of the run was changed.
    pub fn new(run: &RunFolder) -> Result<Self, MetricsError> {
        let predictions = Predictions::from_frame(run.predictions.clone())?;
        Ok(Self {
            manifest: run.manifest.clone(),
            scores: run.scores.as_ref().map_or_else(|| Ok(ScoreTable { rows: Vec::new() }), ScoreTable::from_frame)?,
            confusion: ConfusionMatrix::from_pairs(&predictions.truth()?, &predictions.predicted()?, predictions.labels.len())?,
        })
    }

    /// What a reader must know beside each score: "speakers shared with training", ...; empty where there is nothing.
    pub(super) fn caveats(&self) -> Vec<&'static str> {
        let manifest = &self.manifest;
        let shared_audio = manifest.protocol.folds.iter().any(|fold| !fold.shared_audio.is_empty());
        [
            (!manifest.protocol.speaker_independent, "speakers shared with training"),
            (shared_audio, "audio shared with training"),
            (manifest.corpus.synthetic, "synthetic voices"),
            (!manifest.corpus.missing_speakers.is_empty(), "speakers missing"),
            (!manifest.corpus.left_out.is_empty(), "clips left out"),
        ]
        .into_iter()
        .filter_map(|(holds, text)| holds.then_some(text))
        .collect()
    }

    /// Name of the corpus, clips and speakers: "RAVDESS, 1,200 clips, 20 speakers".
    pub(super) fn data(&self) -> String {
        let corpus = &self.manifest.corpus;
        format!("{}, {} clips, {} speakers", corpus.name, corpus.clips, corpus.speakers.len())
    }
}

/// A fraction in percent with its interval: `61.9 (57.0 to 66.4)`.
pub(super) fn with_interval(row: Option<&ScoreRow>) -> String {
    match row {
        Some(row) if row.low.is_finite() => format!("{} ({} to {})", points(row.value), points(row.low), points(row.high)),
        row => plain(row),
    }
}

/// A fraction in percent.
pub(super) fn plain(row: Option<&ScoreRow>) -> String {
    row.map_or_else(|| "-".to_owned(), |row| points(row.value))
}
