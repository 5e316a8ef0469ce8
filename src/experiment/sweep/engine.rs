//! A sweep from its declaration to its record.

use std::path::PathBuf;
use std::sync::Mutex;

use super::declare::{Sweep, Variant};
use super::halving::{self, Rung};
use super::names::show;
use super::record::{Difference, SweepRecord, SweepRun};
use super::settings::SweepMethod;
use super::store::{SweepWriter, Sweeps};
use super::validation::validation_uar;
use super::work::{self, Ended};
use crate::experiment::config::Config;
use crate::experiment::error::RunError;
use crate::experiment::events::Observer;
use crate::experiment::machine;
use crate::experiment::read::read_frame;
use crate::experiment::record::State;
use crate::experiment::runner::{RunOptions, RunOutcome};
use crate::experiment::store::StoreError;
use crate::metrics::{BootstrapSettings, MetricsError, Pairing, Predictions, ScoreTable};

/// A sweep whose call is over.
#[derive(Debug, Clone, PartialEq)]
pub struct SweepOutcome {
    /// Its folder.
    pub dir: PathBuf,
    /// Its record; its state tells whether all runs are done.
    pub record: SweepRecord,
    /// Clips that the run with the most of them left out.
    pub left_out: usize,
}

/// Does the runs of a sweep, or goes on with one that was ended: runs and parts that are done are not done again. A run that fails does
/// not end the others; an interruption ends all, and the record says so.
///
/// # Errors
/// [`RunError`]: the record cannot be written, or the system refuses threads.
pub fn run(sweep: &Sweep, options: &RunOptions, observer: &dyn Observer) -> Result<SweepOutcome, RunError> {
    let mut record = SweepRecord::begin(sweep, &options.command);
    let folder = Sweeps::new(&options.runs_dir).open(&record.id)?;
    if let Some(earlier) = folder.record() {
        record.started = earlier.started;
    }
    let book = Book { folder: &folder, notes: Mutex::new(Notes { record, left_out: 0, unwritten: None }) };
    let mut candidates: Vec<usize> = (0..sweep.variants.len()).collect();
    for (index, rung) in sweep.rungs.iter().enumerate() {
        let configs: Vec<Config> = candidates.iter().map(|&variant| on_rung(&sweep.variants[variant], rung, sweep.rungs.len())).collect();
        let first = book.add(sweep, &candidates, &configs, index)?;
        work::run_all(&configs, options, observer, &|member, ended| book.note(first + member, ended))?;
        let scores = book.validation(first)?;
        if observer.interrupted() {
            break;
        }
        if let Some(next) = sweep.rungs.get(index + 1) {
            candidates = halving::best(&scores, next.runs).into_iter().map(|place| candidates[place]).collect();
        }
    }
    book.close(sweep, observer.interrupted())
}

/// The configuration of a run on a rung: under another name where it is not the last, since it is another run.
fn on_rung(variant: &Variant, rung: &Rung, rungs: usize) -> Config {
    let mut config = variant.config.clone();
    if rungs > 1 && rung.epochs < config.training.epochs {
        config.training.epochs = rung.epochs;
        config.name = format!("{}.epochs-{}", config.name, rung.epochs);
    }
    config
}

/// The record while the runs are being done.
struct Book<'a> {
    folder: &'a SweepWriter,
    notes: Mutex<Notes>,
}

struct Notes {
    record: SweepRecord,
    left_out: usize,
    /// Why the record could not be written; runs go on all the same.
    unwritten: Option<StoreError>,
}

impl Book<'_> {
    /// Enters the runs of a rung; the index of the first.
    fn add(&self, sweep: &Sweep, candidates: &[usize], configs: &[Config], rung: usize) -> Result<usize, RunError> {
        let mut notes = self.notes()?;
        let first = notes.record.runs.len();
        let runs = candidates.iter().zip(configs).map(|(&variant, config)| entry(&sweep.variants[variant], config, rung));
        notes.record.runs.extend(runs);
        self.folder.write(&notes.record)?;
        Ok(first)
    }

    /// Notes how a run ended.
    fn note(&self, index: usize, ended: &Ended) {
        let Ok(mut notes) = self.notes.lock() else { return };
        let Notes { record, left_out, unwritten } = &mut *notes;
        let Some(run) = record.runs.get_mut(index) else { return };
        match ended {
            Ended::Done(outcome) => {
                *left_out = (*left_out).max(outcome.manifest.corpus.left_out.len());
                record.synthetic = outcome.manifest.corpus.synthetic;
                record.protocol = Some(outcome.manifest.protocol.description.clone());
                enter_scores(run, outcome);
            }
            Ended::Failed(cause) => {
                run.state = State::Failed;
                run.cause = Some(cause.clone());
            }
            Ended::Interrupted => run.state = State::Interrupted,
        }
        if let Err(error) = self.folder.write(record) {
            *unwritten = Some(error);
        }
    }

    /// Validation UAR of the runs from `first` on.
    fn validation(&self, first: usize) -> Result<Vec<Option<f64>>, RunError> {
        Ok(self.notes()?.record.runs[first..].iter().map(|run| run.validation_uar).collect())
    }

    /// Chooses, compares, and writes the record for the last time.
    fn close(self, sweep: &Sweep, interrupted: bool) -> Result<SweepOutcome, RunError> {
        let Notes { mut record, left_out, unwritten } =
            self.notes.into_inner().map_err(|_| RunError::System("a thread of the sweep panicked".to_owned()))?;
        if sweep.settings.method == SweepMethod::Ablation {
            let bootstrap = BootstrapSettings { resamples: sweep.base.report.bootstrap, seed: sweep.base.seed };
            enter_differences(&mut record, self.folder, bootstrap)?;
        }
        record.state = match () {
            () if interrupted => State::Interrupted,
            () if record.failures().next().is_some() => State::Failed,
            () => State::Complete,
        };
        record.best = if interrupted { None } else { record.choose() };
        record.finished = Some(machine::now());
        self.folder.write(&record)?;
        unwritten.map_or(Ok(()), Err)?;
        Ok(SweepOutcome { dir: self.folder.dir().to_path_buf(), record, left_out })
    }

    fn notes(&self) -> Result<std::sync::MutexGuard<'_, Notes>, RunError> {
        self.notes.lock().map_err(|_| RunError::System("a thread of the sweep panicked".to_owned()))
    }
}

fn entry(variant: &Variant, config: &Config, rung: usize) -> SweepRun {
    SweepRun {
        name: config.name.clone(),
        label: variant.label.clone(),
        changes: variant.changes.iter().map(|(key, value)| (key.clone(), show(value))).collect(),
        rung,
        epochs: config.training.epochs,
        run: None,
        state: State::Running,
        cause: None,
        validation_uar: None,
        uar: None,
        interval: None,
        difference: None,
    }
}

/// Enters what a finished run's folder says.
fn enter_scores(run: &mut SweepRun, outcome: &RunOutcome) {
    run.state = State::Complete;
    run.run = Some(outcome.manifest.id.clone());
    run.validation_uar = validation_uar(&outcome.dir);
    let table = read_frame(&outcome.dir.join("scores.parquet")).ok().flatten();
    let table = table.and_then(|frame| ScoreTable::from_frame(&frame).ok());
    if let Some(score) = table.as_ref().and_then(|table| table.overall("uar")) {
        run.uar = Some(score.value).filter(|value| value.is_finite());
        run.interval = finite(score.low, score.high);
    }
}

/// Compares each run of an ablation with the first, which is the whole experiment.
fn enter_differences(record: &mut SweepRecord, folder: &SweepWriter, bootstrap: BootstrapSettings) -> Result<(), MetricsError> {
    let predictions = |run: &SweepRun| -> Result<Option<Predictions>, MetricsError> {
        let Some(id) = &run.run else { return Ok(None) };
        Predictions::read_parquet(&folder.run_dir(id).join("predictions.parquet")).map(Some)
    };
    let Some(whole) = record.runs.first().map(predictions).transpose()?.flatten() else { return Ok(()) };
    for run in record.runs.iter_mut().skip(1) {
        let Some(other) = predictions(run)? else { continue };
        let pairing = Pairing::new(&whole, &other)?;
        run.difference = pairing
            .differences(bootstrap)
            .into_iter()
            .find(|difference| difference.metric == "uar")
            .map(|difference| Difference { value: difference.difference, interval: finite(difference.low, difference.high) });
    }
    Ok(())
}

fn finite(low: f64, high: f64) -> Option<(f64, f64)> {
    (low.is_finite() && high.is_finite()).then_some((low, high))
}
