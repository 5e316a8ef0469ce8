//! Two sets of predictions of the same clips, compared on the same resamples of the speakers.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tally::Tally;
use super::{BootstrapSettings, METRICS, MetricsError, PredictionRow, Predictions, argmax, bootstrap, ensemble};

/// The predictions of two runs, kept to the clips that both predict, with the classes in the first one's order.
///
/// ```
/// use intone::metrics::{BootstrapSettings, Pairing, PredictionRow, Predictions};
/// let labels = ["calm".to_string(), "sad".to_string()];
/// let row = |speaker: u32, truth: usize, p: f64| PredictionRow {
///     clip: format!("{speaker}-{truth}"),
///     speaker: speaker.to_string(),
///     fold: "1".to_string(),
///     seed: 42,
///     truth,
///     probabilities: vec![p, 1.0 - p],
/// };
/// let poor: Vec<_> = (0..8).flat_map(|s| [row(s, 0, 0.9), row(s, 1, 0.6)]).collect();
/// let good: Vec<_> = (0..8).flat_map(|s| [row(s, 0, 0.9), row(s, 1, 0.2)]).collect();
/// let pairing = Pairing::new(&Predictions::from_rows(&labels, &poor)?, &Predictions::from_rows(&labels, &good)?)?;
/// let uar = &pairing.differences(BootstrapSettings::default())[0];
/// assert_eq!((uar.metric, uar.first, uar.second, uar.flipped), ("uar", 0.5, 1.0, 0.0));
/// # Ok::<(), intone::metrics::MetricsError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Pairing {
    /// Labels in class order.
    pub labels: Vec<String>,
    /// Clips that both predict.
    pub clips: usize,
    /// Clips that only the first predicts; they are left out.
    pub only_first: usize,
    /// Clips that only the second predicts; they are left out.
    pub only_second: usize,
    first: Vec<PredictionRow>,
    second: Vec<PredictionRow>,
}

/// A score of both sides and its difference.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairedDifference {
    /// One of [`METRICS`].
    pub metric: &'static str,
    /// Of the first side: the mean over its seeds, on the shared clips.
    pub first: f64,
    /// Of the second.
    pub second: f64,
    /// `second - first`.
    pub difference: f64,
    /// Lower end of the 95 % interval of the difference over resamples of the speakers; NaN with fewer than two speakers.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Part of the resamples in which the difference has not the sign that it has over all speakers (none counts as another sign); NaN
    /// where there is no interval.
    pub flipped: f64,
}

/// A clip and what each side makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PairedClip {
    /// Its id.
    pub clip: String,
    /// Who speaks.
    pub speaker: String,
    /// Its class.
    pub truth: usize,
    /// The answer of the first side.
    pub first: usize,
    /// The answer of the second.
    pub second: usize,
}

impl Pairing {
    /// Pairs two tables by the ids of their clips.
    ///
    /// # Errors
    /// Other classes (their order does not matter), no clip in both, or a clip whose truth differs.
    pub fn new(first: &Predictions, second: &Predictions) -> Result<Self, MetricsError> {
        let order = class_order(&first.labels, &second.labels)?;
        let (mut first_rows, mut second_rows) = (first.rows()?, second.rows()?);
        for row in &mut second_rows {
            row.truth = order.iter().position(|&class| class == row.truth).unwrap_or(row.truth);
            row.probabilities = order.iter().map(|&class| row.probabilities[class]).collect();
        }
        let (ours, theirs) = (by_clip(&first_rows), by_clip(&second_rows));
        let (all_first, all_second) = (ours.len(), theirs.len());
        let shared: BTreeMap<String, String> = ours
            .iter()
            .filter(|(clip, _)| theirs.contains_key(*clip))
            .map(|(&clip, &(_, speaker))| (clip.to_owned(), speaker.to_owned()))
            .collect();
        if shared.is_empty() {
            return Err(MetricsError::NothingShared { first: all_first, second: all_second });
        }
        for clip in shared.keys() {
            let (one, other) = (ours[clip.as_str()].0, theirs[clip.as_str()].0);
            if one != other {
                let (first, second) = (first.labels[one].clone(), first.labels[other].clone());
                return Err(MetricsError::OtherTruth { clip: clip.clone(), first, second });
            }
        }
        first_rows.retain(|row| shared.contains_key(&row.clip));
        second_rows.retain(|row| shared.contains_key(&row.clip));
        for row in &mut second_rows {
            // A speaker is one unit of the resamples, whatever the two tables call him.
            row.speaker.clone_from(&shared[&row.clip]);
        }
        let (only_first, only_second) = (all_first - shared.len(), all_second - shared.len());
        Ok(Self { labels: first.labels.clone(), clips: shared.len(), only_first, only_second, first: first_rows, second: second_rows })
    }

    /// The rows of the first side, on the shared clips.
    pub fn first(&self) -> &[PredictionRow] {
        &self.first
    }

    /// The rows of the second side, with the speakers and the class order of the first.
    pub fn second(&self) -> &[PredictionRow] {
        &self.second
    }

    /// The differences of [`METRICS`], by a paired bootstrap over speakers: each resample draws speakers with replacement once, scores
    /// both sides on the clips of those same speakers, and takes the difference. What makes a speaker hard is hard for both sides and drops
    /// out, so that the interval is narrower than those of the two scores would suggest.
    ///
    /// The share of resamples with another sign is one minus the *probability of improvement* of Bisani & Ney, "Bootstrap estimates for
    /// confidence intervals in ASR performance evaluation", ICASSP 2004, who resample speakers too; the interval is the percentile interval
    /// of Efron & Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13. Scores of a side are means over its seeds, so the two
    /// may have different numbers of them.
    pub fn differences(&self, settings: BootstrapSettings) -> Vec<PairedDifference> {
        let sides = [&self.first, &self.second].map(|rows| Tally::new(&rows.iter().collect::<Vec<_>>(), self.labels.len()));
        let scores = |weights: &[u32]| -> Vec<f64> { sides.iter().flat_map(|side| mean_scores(side, weights)).collect() };
        let differences = |weights: &[u32]| -> Vec<f64> {
            let both = scores(weights);
            (0..METRICS.len()).map(|metric| both[METRICS.len() + metric] - both[metric]).collect()
        };
        let once = sides[0].once();
        let both = scores(&once);
        let resamples = bootstrap::resample(settings, once.len(), differences);
        METRICS
            .iter()
            .enumerate()
            .map(|(index, &metric)| {
                let (first, second) = (both[index], both[METRICS.len() + index]);
                let difference = second - first;
                let sample = bootstrap::column_of(&resamples, index);
                let (low, high) = bootstrap::interval(&sample);
                PairedDifference { metric, first, second, difference, low, high, flipped: flipped(&sample, difference) }
            })
            .collect()
    }

    /// One answer a clip and side, in the order of the clips' ids: where a side has several seeds, their [`ensemble`](super::ensemble())'s.
    pub fn answers(&self) -> Vec<PairedClip> {
        let (first, second) = (answers(&self.first), answers(&self.second));
        first
            .into_iter()
            .filter_map(|(clip, (row, first))| {
                let second = second.get(&clip)?.1;
                Some(PairedClip { clip, speaker: row.speaker, truth: row.truth, first, second })
            })
            .collect()
    }
}

impl PairedClip {
    /// The first side is right.
    pub fn first_right(&self) -> bool {
        self.first == self.truth
    }

    /// The second side is right.
    pub fn second_right(&self) -> bool {
        self.second == self.truth
    }
}

/// For each of the `first` labels its index in `second`.
fn class_order(first: &[String], second: &[String]) -> Result<Vec<usize>, MetricsError> {
    let other = || MetricsError::OtherClasses { first: first.to_vec(), second: second.to_vec() };
    if first.len() != second.len() {
        return Err(other());
    }
    first.iter().map(|label| second.iter().position(|known| known == label).ok_or_else(other)).collect()
}

/// Truth and speaker of each clip.
fn by_clip(rows: &[PredictionRow]) -> BTreeMap<&str, (usize, &str)> {
    rows.iter().map(|row| (row.clip.as_str(), (row.truth, row.speaker.as_str()))).collect()
}

/// Means over the seeds, in the order of [`METRICS`].
fn mean_scores(tally: &Tally, weights: &[u32]) -> Vec<f64> {
    let by_seed = tally.scores(weights);
    (0..METRICS.len()).map(|metric| by_seed.iter().map(|scores| scores.values()[metric]).sum::<f64>() / by_seed.len() as f64).collect()
}

/// Part of `sample` whose sign is not that of `observed`.
fn flipped(sample: &[f64], observed: f64) -> f64 {
    let other = sample.iter().filter(|&&value| value * observed <= 0.0).count();
    if observed.is_nan() { f64::NAN } else { other as f64 / sample.len() as f64 }
}

/// The ensemble's row and answer of each clip; a clip that several folds tested is one clip.
fn answers(rows: &[PredictionRow]) -> BTreeMap<String, (PredictionRow, usize)> {
    let rows: Vec<PredictionRow> = rows.iter().map(|row| PredictionRow { fold: String::new(), ..row.clone() }).collect();
    let together = ensemble(&rows).into_iter();
    together.map(|row| (row.clip.clone(), (row.clone(), argmax(&row.probabilities)))).collect()
}
