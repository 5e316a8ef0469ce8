//! The surest errors, with their sound and where the model looked.

use std::collections::HashMap;

use crate::audio::{self, Clip};
use crate::experiment::heard::{MOST_ERRORS, MOST_OF_A_PAIR};
use crate::experiment::record::TraceRow;
use crate::experiment::{RunFolder, trace_rows};
use crate::metrics::{MetricsError, PredictionRow, Predictions, argmax, sure_errors};
use crate::report::format::whole_percent;

/// A wrong answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ErrorCard {
    pub clip: String,
    pub speaker: String,
    pub fold: String,
    pub truth: String,
    pub predicted: String,
    /// Of the wrong answer, and of the right one.
    pub confidence: String,
    pub of_truth: String,
    /// The file, and what it holds.
    pub sound: Option<(Vec<u8>, Clip)>,
    /// Attention weights in order of time, means over seeds.
    pub attention: Vec<f32>,
}

/// The section on errors.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Errors {
    pub cards: Vec<ErrorCard>,
    /// Why there is no sound, each reason once.
    pub silent: Vec<String>,
    pub attribution: Option<String>,
    /// Probabilities are means over several seeds.
    pub together: bool,
}

impl Errors {
    /// `None` where there is no error.
    pub(super) fn new(run: &RunFolder, tested: &Predictions) -> Result<Option<Self>, MetricsError> {
        let rows = tested.rows()?;
        let found = sure_errors(&rows, MOST_OF_A_PAIR, MOST_ERRORS);
        let traces = run.traces.as_ref().and_then(|frame| trace_rows(frame).ok()).unwrap_or_default();
        let mut attention: HashMap<(&str, &str), Vec<&TraceRow>> = HashMap::new();
        traces.iter().for_each(|trace| attention.entry((&trace.clip, &trace.fold)).or_default().push(trace));
        let mut silent = Vec::new();
        let cards: Vec<ErrorCard> = found
            .iter()
            .map(|row| {
                let sound = sound(run, row).unwrap_or_else(|why| {
                    silent.push(why);
                    None
                });
                let traces = attention.get(&(row.clip.as_str(), row.fold.as_str()));
                card(row, &tested.labels, sound, traces.map_or_else(Vec::new, |traces| mean_attention(traces)))
            })
            .collect();
        silent.sort();
        silent.dedup();
        let attribution = run.heard.as_ref().and_then(|heard| heard.attribution.clone());
        let together = rows.iter().any(|row| row.seed != rows[0].seed);
        Ok((!cards.is_empty()).then_some(Self { cards, silent, attribution, together }))
    }

    /// Whether any of the cards has sound.
    pub(crate) fn has_sound(&self) -> bool {
        self.cards.iter().any(|card| card.sound.is_some())
    }
}

fn card(row: &PredictionRow, labels: &[String], sound: Option<(Vec<u8>, Clip)>, attention: Vec<f32>) -> ErrorCard {
    let predicted = argmax(&row.probabilities);
    ErrorCard {
        clip: row.clip.clone(),
        speaker: row.speaker.clone(),
        fold: row.fold.clone(),
        truth: labels[row.truth].clone(),
        predicted: labels[predicted].clone(),
        confidence: whole_percent(row.probabilities[predicted]),
        of_truth: whole_percent(row.probabilities[row.truth]),
        sound,
        attention,
    }
}

/// The sound that the run kept of a clip; `None` where it is not known why there is none.
fn sound(run: &RunFolder, row: &PredictionRow) -> Result<Option<(Vec<u8>, Clip)>, String> {
    let Some(heard) = &run.heard else {
        return Err("the run kept no sound".to_owned());
    };
    let Some(kept) = heard.clips.iter().find(|kept| kept.clip == row.clip && kept.fold == row.fold) else { return Ok(None) };
    match (&kept.file, &kept.silent) {
        (Some(file), _) => {
            let gone = |cause: String| format!("the sound that the run kept cannot be read: {cause}");
            let path = run.dir.join("errors").join(std::path::Path::new(file).file_name().unwrap_or_default());
            let bytes = std::fs::read(&path).map_err(|cause| gone(cause.to_string()))?;
            let clip = audio::decode(&bytes, file).map_err(|cause| gone(cause.to_string()))?.clip;
            Ok(Some((bytes, clip)))
        }
        (None, Some(why)) => Err(why.clone()),
        (None, None) => Ok(None),
    }
}

/// Mean over seeds; nothing where they have no attention, or differ in length.
fn mean_attention(traces: &[&TraceRow]) -> Vec<f32> {
    let weights: Vec<&Vec<f32>> = traces.iter().filter_map(|trace| trace.attention.as_ref()).collect();
    let Some(first) = weights.first() else { return Vec::new() };
    if weights.iter().any(|weights| weights.len() != first.len()) {
        return Vec::new();
    }
    (0..first.len()).map(|at| weights.iter().map(|weights| weights[at]).sum::<f32>() / weights.len() as f32).collect()
}
