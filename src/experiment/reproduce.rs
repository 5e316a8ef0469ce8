//! A finished run, run again from its record and compared prediction by prediction.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};

use super::error::RunError;
use super::events::{Event, Observer};
use super::load::{self, ConfigError};
use super::machine;
use super::read::{ReadRunError, RunFolder};
use super::record::{CodeRecord, MachineRecord, Manifest, State};
use super::runner::{self, RunOptions};
use super::store::{StoreError, write_whole};
use crate::metrics::{MetricsError, PredictionRow, Predictions};

/// The file of the run folder that a reproduction leaves.
pub const REPRODUCTION: &str = "reproduction.json";

/// Examples that a reproduction names.
const NAMED: usize = 5;

/// What came of running a run again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reproduction {
    /// RFC 3339, UTC.
    pub date: String,
    /// The code that ran the second time.
    pub code: CodeRecord,
    /// The machine of the second time.
    pub machine: MachineRecord,
    /// What differs from the record, before a prediction was made.
    pub differences: Vec<Difference>,
    /// How the predictions compare.
    #[serde(flatten)]
    pub comparison: Comparison,
}

/// Two tables of predictions, bit by bit.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Predictions that were compared: a tested clip and seed each.
    pub compared: usize,
    /// Those of which a probability differs, by even a bit.
    pub unequal: usize,
    /// Predictions that only one of both has.
    pub unmatched: usize,
    /// The largest difference of a probability.
    pub largest: f64,
    /// The first few that differ.
    pub examples: Vec<String>,
}

/// Something of the record that was not so the second time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// "commit", "corpus", ...
    pub what: String,
    /// As recorded.
    pub recorded: String,
    /// As it is now.
    pub now: String,
}

/// Why a run cannot be run again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReproduceError {
    /// It was not finished.
    #[error("run {id} was not finished, so there is nothing to compare with; run its experiment again to finish it")]
    Unfinished {
        /// The run.
        id: String,
    },
    /// Its folder.
    #[error(transparent)]
    Read(#[from] ReadRunError),
    /// Its configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The second run.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Its predictions.
    #[error(transparent)]
    Metrics(#[from] MetricsError),
    /// Files.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Comparison {
    /// Every prediction is there and equal to the bit.
    pub fn is_exact(&self) -> bool {
        self.unequal == 0 && self.unmatched == 0
    }

    /// The outcome in a sentence.
    pub fn verdict(&self) -> String {
        if self.is_exact() {
            return format!("all {} predictions are equal to the bit", self.compared);
        }
        let mut text = format!("{} of {} predictions differ, a probability by up to {:.1e}", self.unequal, self.compared, self.largest);
        if self.unmatched > 0 {
            text.push_str(&format!("; {} are in one run only", self.unmatched));
        }
        text
    }
}

impl Reproduction {
    /// What an earlier call left in a run's folder.
    pub fn read(dir: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(dir.join(REPRODUCTION)).ok()?).ok()
    }
}

impl Difference {
    fn of(what: &str, recorded: impl Into<String>, now: impl Into<String>) -> Option<Self> {
        let (recorded, now) = (recorded.into(), now.into());
        (recorded != now).then(|| Self { what: what.to_owned(), recorded, now })
    }
}

/// Runs the stored experiment of the run in `dir` again, with the stored seed, every clip measured anew, and compares every prediction bit
/// by bit. `differing` hears of what differs from the record, of code and machine before anything is done, of the corpus before anything is
/// trained. The second run lives in `dir/reproducing` until it is done, so that a stopped one goes on where it was; the outcome is kept as
/// [`REPRODUCTION`].
///
/// # Errors
/// [`ReproduceError`]; predictions that differ are no error.
pub fn reproduce(
    dir: &Path,
    jobs: usize,
    observer: &dyn Observer,
    differing: &(dyn Fn(&Difference) + Sync),
) -> Result<Reproduction, ReproduceError> {
    let recorded = RunFolder::open(dir)?;
    if recorded.manifest.state != State::Complete {
        return Err(ReproduceError::Unfinished { id: recorded.manifest.id });
    }
    let config = load::parse(&dir.join("config.toml"), &recorded.config)?;
    let before = code_and_machine(&recorded.manifest, config.portable);
    before.iter().for_each(differing);
    let watch = Watch { recorded: &recorded.manifest, observer, differing, corpus: Mutex::new(None) };
    let options =
        RunOptions { jobs, fresh: false, runs_dir: dir.join("reproducing"), cache: None, command: recorded.manifest.command.clone() };
    let outcome = runner::run(&config, &options, &watch)?;
    let again = RunFolder::open(&outcome.dir)?;
    let corpus = watch.corpus.into_inner().unwrap_or_default();
    let reproduction = Reproduction {
        date: machine::now(),
        code: outcome.manifest.code,
        machine: outcome.manifest.machine,
        differences: before.into_iter().chain(corpus).collect(),
        comparison: compare(&Predictions::from_frame(recorded.predictions)?, &Predictions::from_frame(again.predictions)?)?,
    };
    write_whole(&dir.join(REPRODUCTION), |file| Ok(serde_json::to_writer_pretty(file, &reproduction)?))?;
    fs::remove_dir_all(&options.runs_dir).map_err(|cause| StoreError::Io { action: "remove", path: options.runs_dir.clone(), cause })?;
    Ok(reproduction)
}

/// What differs before anything is done.
fn code_and_machine(recorded: &Manifest, portable: bool) -> Vec<Difference> {
    let (then, now) = (&recorded.code, machine::code());
    let unknown = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
    let changes = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    [
        Difference::of("version", &then.version, &now.version),
        Difference::of("commit", unknown(&then.git_commit), unknown(&now.git_commit)),
        Difference::of("uncommitted changes", changes(&then.git_diff), changes(&now.git_diff)),
        Difference::of("lock file", &then.lock_hash, &now.lock_hash),
        Difference::of("instruction sets", recorded.machine.cpu_features.join(", "), machine::machine(0, portable).cpu_features.join(", ")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Passes events on, and compares the corpus as soon as it is measured.
struct Watch<'a> {
    recorded: &'a Manifest,
    observer: &'a dyn Observer,
    differing: &'a (dyn Fn(&Difference) + Sync),
    corpus: Mutex<Option<Difference>>,
}

impl Observer for Watch<'_> {
    fn event(&self, event: &Event) {
        if let Event::Measured { fingerprint } = event
            && let Some(difference) = Difference::of("corpus", &self.recorded.corpus.fingerprint, fingerprint)
            && let Ok(mut corpus) = self.corpus.lock()
        {
            (self.differing)(&difference);
            *corpus = Some(difference);
        }
        self.observer.event(event);
    }

    fn interrupted(&self) -> bool {
        self.observer.interrupted()
    }
}

/// Compares two tables of predictions by clip, fold and seed.
fn compare(recorded: &Predictions, again: &Predictions) -> Result<Comparison, MetricsError> {
    let keyed = |rows: Vec<PredictionRow>| -> BTreeMap<(u64, String, String), PredictionRow> {
        rows.into_iter().map(|row| ((row.seed, row.fold.clone(), row.clip.clone()), row)).collect()
    };
    let (recorded, again) = (keyed(recorded.rows()?), keyed(again.rows()?));
    let mut found = Comparison::default();
    for (key, row) in &recorded {
        let Some(other) = again.get(key) else { continue };
        found.compared += 1;
        let pairs = row.probabilities.iter().zip(&other.probabilities);
        let same = row.truth == other.truth && row.probabilities.len() == other.probabilities.len();
        if same && pairs.clone().all(|(a, b)| a.to_bits() == b.to_bits()) {
            continue;
        }
        found.unequal += 1;
        found.largest = pairs.fold(found.largest, |largest, (a, b)| largest.max((a - b).abs()));
        if found.examples.len() < NAMED {
            found.examples.push(format!("{} (fold {}, seed {})", row.clip, row.fold, row.seed));
        }
    }
    found.unmatched = recorded.len() + again.len() - 2 * found.compared;
    Ok(found)
}
