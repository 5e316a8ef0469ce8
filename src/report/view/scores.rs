//! Scores with their intervals, by metric and by seed.

use std::collections::HashMap;

use polars::prelude::DataFrame;

use super::rows::Columns;
use crate::report::error::ReportError;
use crate::report::format::{NOT_AVAILABLE, decimal, percent, points};

/// A row of `scores.parquet`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Score {
    pub value: f64,
    pub low: f64,
    pub high: f64,
    pub n: u64,
}

impl Score {
    /// Both ends, where there is an interval.
    pub(super) fn interval(&self) -> Option<(f64, f64)> {
        (self.low.is_finite() && self.high.is_finite()).then_some((self.low, self.high))
    }
}

/// `scores.parquet`, by scope, key and metric.
#[derive(Debug, Default)]
pub(super) struct ScoreTable(HashMap<(String, String, String), Score>);

impl ScoreTable {
    /// Reads the frame; without one, every score is missing.
    pub(super) fn read(frame: Option<&DataFrame>) -> Result<Self, ReportError> {
        let Some(frame) = frame else { return Ok(Self::default()) };
        let columns = Columns { frame, file: "scores.parquet" };
        let [values, lows, highs] = ["value", "low", "high"].map(|name| columns.numbers(name));
        let names = columns.strings("scope")?.into_iter().zip(columns.strings("key")?).zip(columns.strings("metric")?);
        let numbers = values?.into_iter().zip(lows?).zip(highs?).zip(columns.whole("n")?);
        let rows = names.zip(numbers);
        Ok(Self(
            rows.map(|(((scope, key), metric), (((value, low), high), n))| ((scope, key, metric), Score { value, low, high, n })).collect(),
        ))
    }

    /// The keys of a scope, sorted.
    pub(super) fn keys(&self, scope: &str) -> Vec<String> {
        let mut keys: Vec<String> = self.0.keys().filter(|(of, ..)| of == scope).map(|(_, key, _)| key.clone()).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// The score, if it was computed and is a number.
    pub(super) fn get(&self, scope: &str, key: &str, metric: &str) -> Option<Score> {
        self.0.get(&(scope.to_owned(), key.to_owned(), metric.to_owned())).copied().filter(|score| score.value.is_finite())
    }
}

/// How a metric is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    /// A fraction, shown as a percentage.
    Percent,
    /// Three decimals, 0 to 1.
    Unit,
    /// Three decimals, without an upper end.
    Open,
}

/// The metrics of a run, in the order in which the page shows them: key, name, scale.
pub(super) const METRICS: [(&str, &str, Scale); 6] = [
    ("uar", "UAR", Scale::Percent),
    ("accuracy", "Accuracy", Scale::Percent),
    ("macro_f1", "Macro F1", Scale::Percent),
    ("weighted_f1", "Weighted F1", Scale::Percent),
    ("auc", "AUC", Scale::Unit),
    ("log_loss", "Log-loss", Scale::Open),
];

/// An interval drawn on a scale from 0 to 100.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    /// The value.
    pub at: String,
    /// Both ends of the interval; the value twice where there is none.
    pub low: String,
    /// See `low`.
    pub high: String,
}

impl Bar {
    pub(super) fn new(score: &Score) -> Self {
        let (low, high) = score.interval().unwrap_or((score.value, score.value));
        let [at, low, high] = [score.value, low, high].map(|x| points(x.clamp(0.0, 1.0)));
        Self { at, low, high }
    }
}

/// A metric of the whole run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScoreRow {
    pub name: &'static str,
    pub value: String,
    pub interval: String,
    pub deviation: String,
    pub bar: Option<Bar>,
}

/// Scores of one seed, or of all seeds' models together, in the order of [`METRICS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeedRow {
    pub seed: String,
    pub values: Vec<String>,
}

/// The section on scores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScoresView {
    pub rows: Vec<ScoreRow>,
    /// Empty for a single seed: the table above says it all.
    pub seeds: Vec<SeedRow>,
    /// The last of these rows is that of all seeds' models together.
    pub together: bool,
    pub columns: Vec<&'static str>,
    pub chance: Option<String>,
    /// The same as a place on a bar.
    pub chance_at: Option<String>,
}

impl ScoresView {
    pub(super) fn new(table: &ScoreTable, seeds: &[u64], chance: Option<f64>) -> Self {
        let seeds = if seeds.len() > 1 { seeds } else { &[] };
        let ensemble = table.get("ensemble", "", "uar").map(|_| seed_row(table, "ensemble", "", "together".to_owned()));
        Self {
            together: ensemble.is_some(),
            rows: METRICS.iter().map(|&metric| score_row(table, metric)).collect(),
            seeds: seeds.iter().map(|seed| seed_row(table, "seed", &seed.to_string(), seed.to_string())).chain(ensemble).collect(),
            columns: METRICS.iter().map(|&(_, name, _)| name).collect(),
            chance: chance.map(percent),
            chance_at: chance.map(points),
        }
    }
}

fn score_row(table: &ScoreTable, (key, name, scale): (&str, &'static str, Scale)) -> ScoreRow {
    let score = table.get("overall", "", key);
    let deviation = table.get("deviation", "", key);
    ScoreRow {
        name,
        value: score.map_or_else(|| NOT_AVAILABLE.to_owned(), |s| write(s.value, scale)),
        interval: score.and_then(|s| s.interval()).map_or_else(|| NOT_AVAILABLE.to_owned(), |ends| write_interval(ends, scale)),
        deviation: deviation.map_or_else(|| NOT_AVAILABLE.to_owned(), |s| format!("± {}", write_plain(s.value, scale))),
        bar: score.filter(|_| scale != Scale::Open).map(|s| Bar::new(&s)),
    }
}

fn seed_row(table: &ScoreTable, scope: &str, key: &str, name: String) -> SeedRow {
    let value = |(metric, _, scale): (&str, &str, Scale)| {
        table.get(scope, key, metric).map_or_else(|| NOT_AVAILABLE.to_owned(), |score| write(score.value, scale))
    };
    SeedRow { values: METRICS.iter().copied().map(value).collect(), seed: name }
}

/// Ends of an interval with the unit once: `57.9 to 66.8%`.
pub(super) fn write_interval((low, high): (f64, f64), scale: Scale) -> String {
    format!("{} to {}", write_plain(low, scale), write(high, scale))
}

fn write(value: f64, scale: Scale) -> String {
    if scale == Scale::Percent { percent(value) } else { decimal(value) }
}

fn write_plain(value: f64, scale: Scale) -> String {
    if scale == Scale::Percent { points(value) } else { decimal(value) }
}
