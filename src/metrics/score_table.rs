//! The table of scores of a run: `scores.parquet`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::Write;
use std::path::Path;

use polars::prelude::{Column, DataFrame};

use super::tally::{Tally, count_clips};
use super::{BootstrapSettings, CLASS_METRICS, METRICS, MetricsError, PredictionRow, Predictions, Scores, bootstrap, frame};

/// What a score is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// All predictions: the mean over the seeds of the scores of each seed's predictions, pooled over folds.
    Overall,
    /// Sample deviation of these scores over the seeds (n - 1); there for several seeds.
    Deviation,
    /// All seeds as one recogniser, their probabilities averaged ([`ensemble`](super::ensemble())); there for several seeds.
    Ensemble,
    /// One seed.
    Seed,
    /// One fold; mean over seeds.
    Fold,
    /// One class; mean over seeds.
    Class,
    /// One speaker; mean over seeds.
    Speaker,
    /// The clips that share an attribute, `sex=female`; mean over seeds.
    Group,
}

impl Scope {
    const ALL: [Self; 8] =
        [Self::Overall, Self::Deviation, Self::Ensemble, Self::Seed, Self::Fold, Self::Class, Self::Speaker, Self::Group];

    /// The scope of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// As the `scope` column names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overall => "overall",
            Self::Deviation => "deviation",
            Self::Ensemble => "ensemble",
            Self::Seed => "seed",
            Self::Fold => "fold",
            Self::Class => "class",
            Self::Speaker => "speaker",
            Self::Group => "group",
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// One score.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRow {
    /// What it is about.
    pub scope: Scope,
    /// Which seed, fold, class or speaker; empty for all.
    pub key: String,
    /// One of [`METRICS`] or [`CLASS_METRICS`].
    pub metric: String,
    /// The score; NaN where it is not defined.
    pub value: f64,
    /// Lower end of the 95 % interval over speakers; NaN = none.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Different clips that it is about.
    pub n: u64,
}

/// Something known of clips besides who speaks: `sex`, `intensity`, `statement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its value by clip; clips without one are in no group.
    pub values: BTreeMap<String, String>,
}

/// Scores of a run, in the order of the scopes.
///
/// Intervals are there for the scopes overall, ensemble, seed, class (but for `support`) and group, and only with two speakers or more. A fold's few
/// speakers and a single speaker give none that would mean anything.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreTable {
    /// The scores.
    pub rows: Vec<ScoreRow>,
}

/// The frame of `scores.parquet` from a run's predictions; see [`ScoreTable`].
///
/// # Errors
/// No predictions, or a frame that was changed.
pub fn score_table(predictions: &Predictions, bootstrap: BootstrapSettings) -> Result<DataFrame, MetricsError> {
    ScoreTable::from_predictions(predictions, bootstrap)?.to_frame()
}

impl ScoreTable {
    /// Scores predictions.
    ///
    /// # Errors
    /// No predictions, or a frame that was changed.
    pub fn from_predictions(predictions: &Predictions, bootstrap: BootstrapSettings) -> Result<Self, MetricsError> {
        let rows = predictions.rows()?;
        if rows.is_empty() {
            return Err(MetricsError::Empty);
        }
        let together = super::ensemble(&rows);
        let rows: Vec<&PredictionRow> = rows.iter().collect();
        let mut scorer = Scorer { labels: &predictions.labels, bootstrap, rows: Vec::new() };
        scorer.whole(&rows);
        if together.len() < rows.len() {
            scorer.together(&together.iter().collect::<Vec<_>>());
        }
        scorer.folds(&rows);
        scorer.speakers(&rows);
        // Classes are scored with the whole, since they share its resamples; tables list them by scope.
        scorer.rows.sort_by_key(|row| row.scope);
        Ok(Self { rows: scorer.rows })
    }

    /// Adds UAR and accuracy of the groups of clips that share a value of an attribute, with intervals over the group's speakers. Of an
    /// attribute with one value, or more than [`MOST_GROUPS`], there are no groups.
    ///
    /// # Errors
    /// A frame that was changed.
    pub fn add_groups(
        &mut self,
        predictions: &Predictions,
        attributes: &[Attribute],
        bootstrap: BootstrapSettings,
    ) -> Result<(), MetricsError> {
        let rows = predictions.rows()?;
        let mut scorer = Scorer { labels: &predictions.labels, bootstrap, rows: Vec::new() };
        for attribute in attributes {
            let mut groups: BTreeMap<&str, Vec<&PredictionRow>> = BTreeMap::new();
            for row in &rows {
                if let Some(value) = attribute.values.get(&row.clip) {
                    groups.entry(value).or_default().push(row);
                }
            }
            if (2..=MOST_GROUPS).contains(&groups.len()) {
                groups.into_iter().for_each(|(value, rows)| scorer.group(&format!("{}={value}", attribute.name), &rows));
            }
        }
        self.rows.extend(scorer.rows);
        Ok(())
    }

    /// The score with this scope, key and metric.
    pub fn get(&self, scope: Scope, key: &str, metric: &str) -> Option<&ScoreRow> {
        self.rows.iter().find(|row| row.scope == scope && row.key == key && row.metric == metric)
    }

    /// The overall score of this metric.
    pub fn overall(&self, metric: &str) -> Option<&ScoreRow> {
        self.get(Scope::Overall, "", metric)
    }

    /// The keys of a scope, in order.
    pub fn keys(&self, scope: Scope) -> Vec<&str> {
        let mut seen = BTreeSet::new();
        self.rows.iter().filter(|row| row.scope == scope).map(|row| row.key.as_str()).filter(|key| seen.insert(*key)).collect()
    }

    /// As a frame with the columns `scope`, `key`, `metric`, `value`, `low`, `high`, `n`.
    ///
    /// # Errors
    /// None that can occur; polars checks the lengths of the columns.
    pub fn to_frame(&self) -> Result<DataFrame, MetricsError> {
        let numbers = |value: fn(&ScoreRow) -> f64| self.rows.iter().map(value).collect::<Vec<_>>();
        let columns = vec![
            Column::new("scope".into(), self.rows.iter().map(|row| row.scope.as_str()).collect::<Vec<_>>()),
            Column::new("key".into(), self.rows.iter().map(|row| row.key.as_str()).collect::<Vec<_>>()),
            Column::new("metric".into(), self.rows.iter().map(|row| row.metric.as_str()).collect::<Vec<_>>()),
            Column::new("value".into(), numbers(|row| row.value)),
            Column::new("low".into(), numbers(|row| row.low)),
            Column::new("high".into(), numbers(|row| row.high)),
            Column::new("n".into(), self.rows.iter().map(|row| row.n).collect::<Vec<_>>()),
        ];
        Ok(DataFrame::new(self.rows.len(), columns)?)
    }

    /// From a frame that [`to_frame`](Self::to_frame) made.
    ///
    /// # Errors
    /// A column that is missing or of another type, or an unknown scope.
    pub fn from_frame(table: &DataFrame) -> Result<Self, MetricsError> {
        let (scopes, keys, metrics) = (frame::strings(table, "scope")?, frame::strings(table, "key")?, frame::strings(table, "metric")?);
        let (values, lows, highs) = (frame::floats(table, "value")?, frame::floats(table, "low")?, frame::floats(table, "high")?);
        let counts = frame::integers(table, "n")?;
        let names = scopes.iter().zip(keys).zip(metrics);
        let numbers = values.into_iter().zip(lows).zip(highs).zip(counts);
        let rows = names.zip(numbers).map(|(((scope, key), metric), (((value, low), high), n))| {
            let scope = Scope::named(scope).ok_or_else(|| MetricsError::Column {
                column: "scope".to_string(),
                message: format!("{scope:?} is no scope; this run was written by another version"),
            })?;
            Ok(ScoreRow { scope, key, metric, value, low, high, n })
        });
        Ok(Self { rows: rows.collect::<Result<_, MetricsError>>()? })
    }

    /// Reads a Parquet file that [`write_parquet`](Self::write_parquet) made.
    ///
    /// # Errors
    /// A file that cannot be read, and as [`from_frame`](Self::from_frame).
    pub fn read_parquet(path: &Path) -> Result<Self, MetricsError> {
        Self::from_frame(&frame::read_parquet(path)?)
    }

    /// Writes the frame as Parquet; the caller sees to it that a killed process leaves no half a file.
    ///
    /// # Errors
    /// What the writer fails with.
    pub fn write_parquet(&self, writer: impl Write) -> Result<(), MetricsError> {
        frame::write_parquet(&self.to_frame()?, writer)
    }
}

/// Values of an attribute that are scored as groups; one with more is a name or a text.
pub const MOST_GROUPS: usize = 12;

/// No interval.
const NONE: (f64, f64) = (f64::NAN, f64::NAN);

struct Scorer<'a> {
    labels: &'a [String],
    bootstrap: BootstrapSettings,
    rows: Vec<ScoreRow>,
}

impl Scorer<'_> {
    fn push(&mut self, scope: Scope, key: &str, metric: &str, value: f64, interval: (f64, f64), n: u64) {
        let (low, high) = interval;
        self.rows.push(ScoreRow { scope, key: key.to_string(), metric: metric.to_string(), value, low, high, n });
    }

    /// Overall, deviation, seeds and classes, whose intervals come from the same resamples.
    fn whole(&mut self, rows: &[&PredictionRow]) {
        let tally = Tally::new(rows, self.labels.len());
        let by_seed: Vec<Vec<f64>> = tally.scores(&tally.once()).iter().map(flat).collect();
        let width = by_seed[0].len();
        // Values of a resample: the means over seeds, then those of each seed.
        let intervals = bootstrap::intervals(self.bootstrap, tally.speakers.len(), |weights| {
            let by_seed: Vec<Vec<f64>> = tally.scores(weights).iter().map(flat).collect();
            [mean(&by_seed)].into_iter().chain(by_seed).flatten().collect()
        });
        let means = mean(&by_seed);
        for (index, metric) in METRICS.iter().enumerate() {
            self.push(Scope::Overall, "", metric, means[index], intervals[index], tally.clips);
            if by_seed.len() > 1 {
                let values: Vec<f64> = by_seed.iter().map(|values| values[index]).collect();
                self.push(Scope::Deviation, "", metric, deviation(&values), NONE, tally.clips);
            }
        }
        for (part, (seed, values)) in tally.seeds.iter().zip(&by_seed).enumerate() {
            for (index, metric) in METRICS.iter().enumerate() {
                let interval = intervals[(part + 1) * width + index];
                self.push(Scope::Seed, &seed.to_string(), metric, values[index], interval, tally.clips);
            }
        }
        for (class, label) in self.labels.iter().enumerate() {
            let of_class: Vec<&PredictionRow> = rows.iter().filter(|row| row.truth == class).copied().collect();
            for (index, metric) in CLASS_METRICS.iter().enumerate() {
                let column = METRICS.len() + class * CLASS_METRICS.len() + index;
                let interval = if *metric == "support" { NONE } else { intervals[column] };
                self.push(Scope::Class, label, metric, means[column], interval, count_clips(&of_class));
            }
        }
    }

    /// The ensemble of the seeds.
    fn together(&mut self, rows: &[&PredictionRow]) {
        let tally = Tally::new(rows, self.labels.len());
        let scores = |weights: &[u32]| mean(&tally.scores(weights).iter().map(|scores| scores.values().to_vec()).collect::<Vec<_>>());
        let values = scores(&tally.once());
        let intervals = bootstrap::intervals(self.bootstrap, tally.speakers.len(), scores);
        for (index, metric) in METRICS.iter().enumerate() {
            self.push(Scope::Ensemble, "", metric, values[index], intervals[index], tally.clips);
        }
    }

    fn folds(&mut self, rows: &[&PredictionRow]) {
        let mut seen = BTreeSet::new();
        let folds: Vec<&str> = rows.iter().map(|row| row.fold.as_str()).filter(|fold| seen.insert(*fold)).collect();
        for fold in folds {
            self.part(Scope::Fold, fold, &METRICS, rows, |row| row.fold == fold);
        }
    }

    fn speakers(&mut self, rows: &[&PredictionRow]) {
        let speakers: BTreeSet<&str> = rows.iter().map(|row| row.speaker.as_str()).collect();
        for speaker in speakers {
            self.part(Scope::Speaker, speaker, &METRICS[..2], rows, |row| row.speaker == speaker);
        }
    }

    /// UAR and accuracy of a group of rows.
    fn group(&mut self, key: &str, rows: &[&PredictionRow]) {
        let tally = Tally::new(rows, self.labels.len());
        let scores =
            |weights: &[u32]| mean(&tally.matrices(weights).iter().map(|matrix| vec![matrix.uar(), matrix.accuracy()]).collect::<Vec<_>>());
        let values = scores(&tally.once());
        let intervals = bootstrap::intervals(self.bootstrap, tally.speakers.len(), scores);
        for (index, metric) in METRICS[..2].iter().enumerate() {
            self.push(Scope::Group, key, metric, values[index], intervals[index], tally.clips);
        }
    }

    /// The first `metrics` over the rows that `keep` keeps, as means over seeds.
    fn part(&mut self, scope: Scope, key: &str, metrics: &[&str], rows: &[&PredictionRow], keep: impl Fn(&PredictionRow) -> bool) {
        let rows: Vec<&PredictionRow> = rows.iter().filter(|row| keep(row)).copied().collect();
        let tally = Tally::new(&rows, self.labels.len());
        let means = mean(&tally.scores(&tally.once()).iter().map(flat).collect::<Vec<_>>());
        for (index, metric) in metrics.iter().enumerate() {
            self.push(scope, key, metric, means[index], NONE, tally.clips);
        }
    }
}

/// [`METRICS`], then [`CLASS_METRICS`] of each class.
fn flat(scores: &Scores) -> Vec<f64> {
    scores.values().into_iter().chain(scores.classes.iter().flat_map(|class| class.values())).collect()
}

/// Mean of each column.
fn mean(rows: &[Vec<f64>]) -> Vec<f64> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|column| rows.iter().map(|row| row[column]).sum::<f64>() / rows.len() as f64).collect()
}

/// Sample deviation, n - 1.
fn deviation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0)).sqrt()
}
