//! A run from its configuration to its folder: material, parts, scores, bundles.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, OnceLock};
use std::time::Instant;

use polars::prelude::DataFrame;

use super::audit::{AUDIT, Audit};
use super::cache::FeatureCache;
use super::config::Config;
use super::epochs::epochs_frame;
use super::error::RunError;
use super::events::{Event, Observer};
use super::material::{self, Material};
use super::part::{self, Part};
use super::record::{Manifest, StageTiming, State};
use super::recorder::Recorder;
use super::store::{FURTHER_FRAMES, KeptPart, PartFacts, RunWriter, Runs, part_name};
use super::twin::LEAKY;
use super::{bundles, fusion, heard, identity, machine, manifest, schedule, twin};
use crate::corpus::ClipRow;
use crate::corpus::splits::Fold;
use crate::metrics::{Attribute, BootstrapSettings, Predictions, ScoreTable};

/// What a run needs besides its configuration.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Threads; 0 = one a core.
    pub jobs: usize,
    /// Drop what an earlier run of the same id left.
    pub fresh: bool,
    /// The folder of runs.
    pub runs_dir: PathBuf,
    /// Where features are kept; `None` = nowhere.
    pub cache: Option<FeatureCache>,
    /// The command that repeats the run, for its record.
    pub command: String,
}

/// All cores, the folder `runs`, the user's feature cache, and nothing dropped.
impl Default for RunOptions {
    fn default() -> Self {
        Self { jobs: 0, fresh: false, runs_dir: PathBuf::from("runs"), cache: FeatureCache::of_user(), command: String::new() }
    }
}

/// A run that is done.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOutcome {
    /// Its folder.
    pub dir: PathBuf,
    /// Its record.
    pub manifest: Manifest,
    /// Nothing was left to do: an earlier run had finished it.
    pub already_done: bool,
}

/// Executes an experiment, or goes on with one that was ended.
///
/// # Errors
/// [`RunError`]; what was finished by then is kept and need not be done again.
pub fn run(config: &Config, options: &RunOptions, observer: &dyn Observer) -> Result<RunOutcome, RunError> {
    if !config.fusion.is_empty() {
        return fusion::run(config, options, observer);
    }
    let threads = schedule::threads(options.jobs);
    let (material, timings) = schedule::pool(threads, config.portable)?.install(|| gather(config, options.cache.clone(), observer))?;
    let job = match Job::open(config, &material, timings, options)? {
        Opened::Job(job) => job,
        Opened::Done(outcome) => return Ok(*outcome),
    };
    let tasks = job.tasks(observer);
    let results: Mutex<Vec<Option<Result<FinishedPart, RunError>>>> = Mutex::new(tasks.iter().map(|_| None).collect());
    let scheduled = schedule::side_by_side(tasks.len(), (threads, config.portable), |task| {
        let result = job.part(tasks[task], observer);
        // Parts that have not begun need not where one has failed or was interrupted.
        let flow = if result.is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        if let Ok(mut results) = results.lock() {
            results[task] = Some(result);
        }
        flow
    });
    // The first error in task order; what comes after a stop was never begun.
    let parts = scheduled.and_then(|()| results.into_inner().unwrap_or_default().into_iter().flatten().collect());
    job.end(parts, observer)
}

/// Corpus and features of a configuration, and what they took. Runs in the pool that it is called from.
pub(super) fn gather(
    config: &Config,
    cache: Option<FeatureCache>,
    observer: &dyn Observer,
) -> Result<(Material, Vec<StageTiming>), RunError> {
    let clock = Instant::now();
    observer.event(&Event::Stage { stage: "corpus".to_owned(), steps: 0 });
    let corpus = material::load_corpus(config)?;
    let corpus_timing = timing("corpus", clock);
    let clock = Instant::now();
    let material = material::measure(config, corpus, cache, observer)?;
    observer.event(&Event::Measured { fingerprint: material.fingerprint.clone() });
    Ok((material, vec![corpus_timing, timing("features", clock)]))
}

/// A fold and a seed of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Task {
    seed: u64,
    /// Its index.
    fold: usize,
}

/// A run whose material is there and whose folder this process holds.
pub(super) struct Job<'a> {
    config: &'a Config,
    material: &'a Material,
    /// Folds of the leaky twin, whose parts come after the others.
    leaky: Vec<Fold>,
    folder: RunWriter,
    threads: usize,
    record: Manifest,
    timings: Vec<StageTiming>,
    /// When its first part began.
    begun: OnceLock<Instant>,
}

/// What is found where a run is to go.
pub(super) enum Opened<'a> {
    /// Work.
    Job(Box<Job<'a>>),
    /// A run that an earlier call has finished.
    Done(Box<RunOutcome>),
}

impl<'a> Job<'a> {
    /// Opens the folder of a run over `material`, which `gather` made for `config` or one that measures alike.
    pub(super) fn open(
        config: &'a Config,
        material: &'a Material,
        timings: Vec<StageTiming>,
        options: &RunOptions,
    ) -> Result<Opened<'a>, RunError> {
        let threads = schedule::threads(options.jobs);
        let leaky = twin::folds(config, material)?;
        schedule::pool(threads, config.portable)?.install(|| part::check_balance(config, material))?;
        let id = identity::run_id(config, &material.fingerprint);
        let folder = Runs::new(&options.runs_dir).open(&id, options.fresh)?;
        if let Some(done) = folder.manifest().filter(|manifest| manifest.state == State::Complete) {
            let outcome = RunOutcome { dir: folder.dir().to_path_buf(), manifest: done, already_done: true };
            return Ok(Opened::Done(Box::new(outcome)));
        }
        let record = manifest::begin(config, material, &id, &options.command, threads);
        folder.write_text("config.toml", &identity::resolved(config))?;
        folder.write_manifest(&record)?;
        Ok(Opened::Job(Box::new(Self { config, material, leaky, folder, threads, record, timings, begun: OnceLock::new() })))
    }

    /// Every fold with every seed, which are to be done next.
    pub(super) fn tasks(&self, observer: &dyn Observer) -> Vec<Task> {
        let folds = self.material.folds.folds.len() + self.leaky.len();
        let tasks: Vec<Task> = seeds(self.config).into_iter().flat_map(|seed| (0..folds).map(move |fold| Task { seed, fold })).collect();
        let steps = tasks.len() * self.config.training.epochs;
        Recorder { folder: &self.folder, observer }.event(&Event::Stage { stage: "training".to_owned(), steps });
        tasks
    }

    /// Does one part, or finds it done by an earlier call.
    pub(super) fn part(&self, task: Task, observer: &dyn Observer) -> Result<FinishedPart, RunError> {
        self.begun.get_or_init(Instant::now);
        let recorder = Recorder { folder: &self.folder, observer };
        let honest = &self.material.folds.folds;
        match honest.get(task.fold) {
            Some(fold) => run_or_resume(self.config, self.material, fold, &self.folder, task, &recorder),
            // A bundle that has heard everybody is of no use.
            None => {
                let fold = &self.leaky[task.fold - honest.len()];
                run_or_resume(&twin::settings(self.config), self.material, fold, &self.folder, task, &recorder)
            }
        }
    }

    /// Scores and bundles of the parts, and the record of how it ended.
    pub(super) fn end(&self, parts: Result<Vec<FinishedPart>, RunError>, observer: &dyn Observer) -> Result<RunOutcome, RunError> {
        let recorder = Recorder { folder: &self.folder, observer };
        let mut record = self.record.clone();
        record.timings.clone_from(&self.timings);
        record.timings.extend(self.begun.get().map(|&begun| timing("training", begun)));
        let result = parts.and_then(|parts| {
            schedule::pool(self.threads, self.config.portable)?
                .install(|| finish(self.config, self.material, &self.folder, parts, &recorder, &mut record))
        });
        close(&self.folder, record, result)
    }
}

/// Writes down how a run ended.
pub(super) fn close(folder: &RunWriter, mut record: Manifest, result: Result<(), RunError>) -> Result<RunOutcome, RunError> {
    record.peak_memory_mib = machine::peak_memory_mib();
    record.finished = Some(machine::now());
    record.state = match &result {
        Ok(()) => State::Complete,
        Err(RunError::Interrupted) => State::Interrupted,
        Err(_) => State::Failed,
    };
    let written = folder.write_manifest(&record);
    // What ended the run says more than that its record could not be written either.
    result?;
    written?;
    Ok(RunOutcome { dir: folder.dir().to_path_buf(), manifest: record, already_done: false })
}

/// Frames and bundles of a run whose parts are there.
fn finish(
    config: &Config,
    material: &Material,
    folder: &RunWriter,
    parts: Vec<FinishedPart>,
    observer: &dyn Observer,
    record: &mut Manifest,
) -> Result<(), RunError> {
    let is_honest = |part: &FinishedPart| material.folds.folds.iter().any(|fold| fold.name == part.facts.fold);
    let (parts, leaky): (Vec<FinishedPart>, Vec<FinishedPart>) = parts.into_iter().partition(is_honest);
    let earlier: f64 = parts.iter().filter(|part| part.resumed).map(|part| part.facts.seconds).sum();
    if earlier > 0.0 {
        record.timings.push(StageTiming { stage: "folds of earlier calls, one after the other".to_owned(), seconds: earlier });
    }

    let clock = Instant::now();
    observer.event(&Event::Stage { stage: "scores".to_owned(), steps: 0 });
    let known = record.warnings.len();
    manifest::add_parts(record, config, parts.iter().map(|part| &part.facts));
    for message in record.warnings[known..].iter().cloned() {
        observer.event(&Event::Warning { message });
    }
    let mut predictions = Predictions::from_rows(&material.corpus.labels, &[])?;
    for part in &parts {
        predictions.extend(&part.predictions)?;
    }
    write_further_frames(folder, &parts)?;
    if parts.iter().any(|part| !part.facts.epochs.is_empty()) {
        folder.write_frame("epochs.parquet", &epochs_frame(parts.iter().map(|part| &part.facts))?)?;
    }
    score(config, material, &predictions, folder)?;
    record.timings.push(timing("scores", clock));

    let clock = Instant::now();
    observer.event(&Event::Stage { stage: "audit".to_owned(), steps: 0 });
    audit(config, material, folder, &predictions, (&parts, &leaky))?;
    record.timings.push(timing("audit", clock));

    if config.model.save_final {
        let clock = Instant::now();
        observer.event(&Event::Stage { stage: "final model".to_owned(), steps: config.training.epochs });
        bundles::train_final(config, material, record, folder, observer)?;
        record.timings.push(timing("final model", clock));
    }
    Ok(())
}

/// Keeps predictions, their scores and the sound of the surest errors.
pub(super) fn score(config: &Config, material: &Material, predictions: &Predictions, folder: &RunWriter) -> Result<(), RunError> {
    folder.write_frame("predictions.parquet", &predictions.frame)?;
    let bootstrap = BootstrapSettings { resamples: config.report.bootstrap, seed: config.seed };
    let mut scores = ScoreTable::from_predictions(predictions, bootstrap)?;
    scores.add_groups(predictions, &attributes(config, material), bootstrap)?;
    folder.write_frame("scores.parquet", &scores.to_frame()?)?;
    heard::keep(config, material, predictions, folder)
}

/// Audits the parts of the run, and scores those of the leaky twin, which are kept apart.
fn audit(
    config: &Config,
    material: &Material,
    folder: &RunWriter,
    predictions: &Predictions,
    (parts, leaky): (&[FinishedPart], &[FinishedPart]),
) -> Result<(), RunError> {
    let evidence: Vec<_> = parts.iter().filter_map(|part| Some((part.facts.fold.clone(), part.facts.evidence.clone()?))).collect();
    let mut audit = Audit::new(config, material, &evidence, &predictions.rows()?);
    if !leaky.is_empty() {
        let mut table = Predictions::from_rows(&material.corpus.labels, &[])?;
        leaky.iter().try_for_each(|part| table.extend(&part.predictions))?;
        folder.write_frame(LEAKY, &table.frame)?;
        audit.twin = Some(twin::score(config, predictions, &table)?);
    }
    let text = serde_json::to_string_pretty(&audit).map_err(|error| RunError::System(error.to_string()))?;
    Ok(folder.write_text(AUDIT, &text)?)
}

/// A part that is done.
pub(super) struct FinishedPart {
    facts: PartFacts,
    predictions: Predictions,
    further: Vec<(&'static str, DataFrame)>,
    /// By an earlier call.
    resumed: bool,
}

fn run_or_resume(
    config: &Config,
    material: &Material,
    fold: &Fold,
    folder: &RunWriter,
    Task { seed, fold: index }: Task,
    observer: &dyn Observer,
) -> Result<FinishedPart, RunError> {
    if let Some(KeptPart { facts, predictions, further }) = folder.part(index, seed)
        && let Ok(predictions) = Predictions::from_frame(predictions)
    {
        observer.event(&Event::PartDone {
            fold: fold.name.clone(),
            seed,
            uar: facts.uar,
            resumed: true,
            skipped_epochs: config.training.epochs,
        });
        return Ok(FinishedPart { facts, predictions, further, resumed: true });
    }
    let checkpoint = folder.checkpoint(&part_name(index, seed));
    let Part { kept, pipeline } = part::run(config, material, fold, seed, &checkpoint, observer)?;
    if config.model.save_folds {
        let dir = folder.model_dir(&part_name(index, seed));
        bundles::save(config, material, &pipeline, &bundles::card_of_fold(config, material, fold, seed), &dir)?;
    }
    folder.write_part(index, &kept)?;
    checkpoint.remove();
    let KeptPart { facts, predictions, further } = kept;
    let trains_by_epochs = facts.parameters.is_some();
    observer.event(&Event::PartDone {
        fold: fold.name.clone(),
        seed,
        uar: facts.uar,
        resumed: false,
        skipped_epochs: if trains_by_epochs { config.training.epochs.saturating_sub(facts.epochs.len()) } else { config.training.epochs },
    });
    Ok(FinishedPart { facts, predictions: Predictions::from_frame(predictions)?, further, resumed: false })
}

/// What is known of clips in the columns of `report.groups`.
fn attributes(config: &Config, material: &Material) -> Vec<Attribute> {
    let value = |clip: &ClipRow, name: &str| Some((clip.id.clone(), clip.extra.get(name)?.clone()));
    let attribute = |name: &String| Attribute {
        name: name.clone(),
        values: material.corpus.clips.iter().filter_map(|clip| value(clip, name)).collect(),
    };
    config.report.groups.iter().map(attribute).collect()
}

/// Joins each of the frames that parts need not have.
fn write_further_frames(folder: &RunWriter, parts: &[FinishedPart]) -> Result<(), RunError> {
    for name in FURTHER_FRAMES {
        let mut frames = parts.iter().flat_map(|part| &part.further).filter(|(of, _)| *of == name).map(|(_, frame)| frame);
        let Some(mut joined) = frames.next().cloned() else { continue };
        frames.try_for_each(|frame| joined.vstack_mut(frame).map(|_| ())).map_err(|error| RunError::System(error.to_string()))?;
        folder.write_frame(name, &joined)?;
    }
    Ok(())
}

/// The seeds of the repetitions.
pub(super) fn seeds(config: &Config) -> Vec<u64> {
    (0..config.training.seeds as u64).map(|offset| config.seed.wrapping_add(offset)).collect()
}

pub(super) fn timing(stage: &str, clock: Instant) -> StageTiming {
    StageTiming { stage: stage.to_owned(), seconds: clock.elapsed().as_secs_f64() }
}
