//! The record of a sweep: `runs/sweeps/ID/sweep.json`, and all that its page says.

use serde::{Deserialize, Serialize};

use super::declare::Sweep;
use super::halving::Rung;
use super::names::show;
use super::over::{Axis, Values};
use super::settings::SweepMethod;
use crate::experiment::identity::{id_of, resolved};
use crate::experiment::machine;
use crate::experiment::record::State;

/// The format that this release writes.
pub const SWEEP_FORMAT_VERSION: u32 = 1;

/// A sweep and how far it has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepRecord {
    /// [`SWEEP_FORMAT_VERSION`] of the release that wrote it.
    pub format_version: u32,
    /// The same for the same declaration and code.
    pub id: String,
    /// What the experiment is called.
    pub name: String,
    /// Which runs.
    pub method: SweepMethod,
    /// How it stands; failed where one run or more did.
    pub state: State,
    /// When it began, RFC 3339.
    pub started: String,
    /// When its last call ended.
    pub finished: Option<String>,
    /// The command that repeats it.
    pub command: String,
    /// What the report shows, as the experiment file says.
    pub note: String,
    /// The experiment that varies, as a file.
    pub config: String,
    /// How clips are split, in words; known once a run is done.
    pub protocol: Option<String>,
    /// The corpus is of synthetic voices.
    pub synthetic: bool,
    /// The keys that vary.
    pub axes: Vec<AxisRecord>,
    /// Rungs of successive halving; else one.
    pub rungs: Vec<RungRecord>,
    /// The runs of all rungs.
    pub runs: Vec<SweepRun>,
    /// Index of the best run by validation UAR, where one is chosen.
    pub best: Option<usize>,
}

/// A key that varies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AxisRecord {
    /// The full key.
    pub key: String,
    /// Its values, or the ends of its range.
    pub values: Vec<String>,
    /// It is a range.
    pub range: bool,
}

/// A rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RungRecord {
    /// Epochs of each run.
    pub epochs: usize,
    /// Runs, should none fail.
    pub runs: usize,
}

/// A run of a sweep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SweepRun {
    /// What it is called: its report is `reports/NAME.html`.
    pub name: String,
    /// What it is, in words.
    pub label: String,
    /// Key and value of all that it changes.
    pub changes: Vec<(String, String)>,
    /// Which rung it is of, from 0.
    pub rung: usize,
    /// Epochs at most.
    pub epochs: usize,
    /// Its id, once it is done.
    pub run: Option<String>,
    /// How it stands: running where it is not done yet.
    pub state: State,
    /// Why it failed.
    pub cause: Option<String>,
    /// Mean over folds and seeds of the validation UAR of the weights that were used; none without a validation part.
    pub validation_uar: Option<f64>,
    /// UAR of the test clips.
    pub uar: Option<f64>,
    /// 95 % interval of it, over speakers.
    pub interval: Option<(f64, f64)>,
    /// Ablation: test UAR less that of the whole experiment.
    pub difference: Option<Difference>,
}

/// A difference with its interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// UAR of this run less that of the other.
    pub value: f64,
    /// 95 % interval of it: both runs resampled over the same speakers.
    pub interval: Option<(f64, f64)>,
}

impl SweepRecord {
    /// The record of a sweep that begins, without runs.
    pub(super) fn begin(sweep: &Sweep, command: &str) -> Self {
        let axes: Vec<AxisRecord> = sweep.axes.iter().map(axis_record).collect();
        let config = resolved(&sweep.base);
        let declared = serde_json::json!([&sweep.settings, &axes]).to_string();
        Self {
            format_version: SWEEP_FORMAT_VERSION,
            id: id_of(&["sweep", &config, &declared]),
            name: sweep.base.name.clone(),
            method: sweep.settings.method,
            state: State::Running,
            started: machine::now(),
            finished: None,
            command: command.to_owned(),
            note: sweep.base.report.note.clone(),
            config,
            protocol: None,
            synthetic: false,
            axes,
            rungs: sweep.rungs.iter().map(|&Rung { epochs, runs }| RungRecord { epochs, runs }).collect(),
            runs: Vec::new(),
            best: None,
        }
    }

    /// Runs of the last rung.
    pub fn finalists(&self) -> impl Iterator<Item = (usize, &SweepRun)> {
        let last = self.rungs.len().saturating_sub(1);
        self.runs.iter().enumerate().filter(move |(_, run)| run.rung == last)
    }

    /// Index of the finished run of the last rung with the highest validation UAR, of equal ones the first; none where one of them has no
    /// validation UAR, or where nothing is to be chosen.
    pub(super) fn choose(&self) -> Option<usize> {
        let complete: Vec<(usize, Option<f64>)> =
            self.finalists().filter(|(_, run)| run.state == State::Complete).map(|(index, run)| (index, run.validation_uar)).collect();
        let scores: Vec<(usize, f64)> = complete.into_iter().map(|(index, uar)| Some((index, uar?))).collect::<Option<_>>()?;
        let best = scores.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best })?;
        self.method.chooses().then_some(best.0)
    }

    /// Runs that failed, with their causes.
    pub fn failures(&self) -> impl Iterator<Item = (&SweepRun, &str)> {
        self.runs.iter().filter(|run| run.state == State::Failed).map(|run| (run, run.cause.as_deref().unwrap_or("unknown cause")))
    }
}

fn axis_record(Axis { key, values }: &Axis) -> AxisRecord {
    let (values, range) = match values {
        Values::List(values) => (values.iter().map(show).collect(), false),
        Values::Range(range) => {
            (vec![range.low.to_string(), range.high.to_string(), if range.log { "log" } else { "linear" }.to_owned()], true)
        }
    };
    AxisRecord { key: key.clone(), values, range }
}
