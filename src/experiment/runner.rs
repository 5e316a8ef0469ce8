//! A run from its configuration to its folder: material, parts, scores, bundles.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use polars::prelude::{DataFrame, IntoColumn, NamedFrom, Series};
use sha2::{Digest, Sha256};

use super::cache::FeatureCache;
use super::config::Config;
use super::error::RunError;
use super::events::{Event, Observer};
use super::material::{self, Material};
use super::part::{self, Part};
use super::record::{FORMAT_VERSION, Manifest, StageTiming, State};
use super::store::{FURTHER_FRAMES, KeptPart, PartFacts, RunWriter, Runs, part_name};
use super::{bundles, heard, machine, manifest};
use crate::corpus::ClipRow;
use crate::metrics::{Attribute, BootstrapSettings, Predictions, ScoreTable};
use crate::nn::EpochRecord;
use crate::portable;

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
    let threads = match options.jobs {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        jobs => jobs,
    };
    let pool = portable::pool(threads, config.portable).map_err(|error| RunError::System(error.to_string()))?;
    let clock = Instant::now();
    observer.event(&Event::Stage { stage: "corpus".to_owned(), steps: 0 });
    let corpus = material::load_corpus(config)?;
    let mut timings = vec![timing("corpus", clock)];

    let clock = Instant::now();
    let material = pool.install(|| material::measure(config, corpus, options.cache.clone(), observer))?;
    timings.push(timing("features", clock));
    observer.event(&Event::Measured { fingerprint: material.fingerprint.clone() });

    pool.install(|| part::check_balance(config, &material))?;
    let id = run_id(config, &material);
    let folder = Runs::new(&options.runs_dir).open(&id, options.fresh)?;
    if let Some(done) = folder.manifest().filter(|manifest| manifest.state == State::Complete) {
        return Ok(RunOutcome { dir: folder.dir().to_path_buf(), manifest: done, already_done: true });
    }
    let mut record = manifest::begin(config, &material, &id, &options.command, threads);
    folder.write_text("config.toml", &resolved(config))?;
    folder.write_manifest(&record)?;

    let recorder = Recorder { folder: &folder, observer };
    let result = finish(config, &material, &folder, threads, &recorder, &mut record, &mut timings);
    record.timings = timings;
    record.peak_memory_mib = machine::peak_memory_mib();
    record.finished = Some(machine::now());
    record.state = match &result {
        Ok(()) => State::Complete,
        Err(RunError::Interrupted) => State::Interrupted,
        Err(_) => State::Failed,
    };
    folder.write_manifest(&record)?;
    result?;
    Ok(RunOutcome { dir: folder.dir().to_path_buf(), manifest: record, already_done: false })
}

/// Parts, frames and bundles of a run whose material is there.
fn finish(
    config: &Config,
    material: &Material,
    folder: &RunWriter,
    threads: usize,
    observer: &dyn Observer,
    record: &mut Manifest,
    timings: &mut Vec<StageTiming>,
) -> Result<(), RunError> {
    let clock = Instant::now();
    let parts = run_parts(config, material, folder, threads, observer)?;
    timings.push(timing("training", clock));
    let earlier: f64 = parts.iter().filter(|part| part.resumed).map(|part| part.facts.seconds).sum();
    if earlier > 0.0 {
        timings.push(StageTiming { stage: "folds of earlier calls, one after the other".to_owned(), seconds: earlier });
    }

    let clock = Instant::now();
    observer.event(&Event::Stage { stage: "scores".to_owned(), steps: 0 });
    manifest::add_parts(record, parts.iter().map(|part| &part.facts));
    let mut predictions = Predictions::from_rows(&material.corpus.labels, &[])?;
    for part in &parts {
        predictions.extend(&part.predictions)?;
    }
    folder.write_frame("predictions.parquet", &predictions.frame)?;
    write_further_frames(folder, &parts)?;
    if parts.iter().any(|part| !part.facts.epochs.is_empty()) {
        folder.write_frame("epochs.parquet", &epochs_frame(parts.iter().map(|part| &part.facts))?)?;
    }
    let bootstrap = BootstrapSettings { resamples: config.report.bootstrap, seed: config.seed };
    let mut scores = ScoreTable::from_predictions(&predictions, bootstrap)?;
    scores.add_groups(&predictions, &attributes(config, material), bootstrap)?;
    folder.write_frame("scores.parquet", &scores.to_frame()?)?;
    heard::keep(config, material, &predictions, folder)?;
    timings.push(timing("scores", clock));

    if config.model.save_final {
        let clock = Instant::now();
        observer.event(&Event::Stage { stage: "final model".to_owned(), steps: config.training.epochs });
        bundles::train_final(config, material, record, folder, observer)?;
        timings.push(timing("final model", clock));
    }
    Ok(())
}

/// A part that is done.
struct FinishedPart {
    facts: PartFacts,
    predictions: Predictions,
    further: Vec<(&'static str, DataFrame)>,
    /// By an earlier call.
    resumed: bool,
}

/// Every fold with every seed, several at once; each is kept as it ends, and those kept by an earlier run are not done again.
fn run_parts(
    config: &Config,
    material: &Material,
    folder: &RunWriter,
    threads: usize,
    observer: &dyn Observer,
) -> Result<Vec<FinishedPart>, RunError> {
    let tasks: Vec<(u64, usize)> =
        seeds(config).into_iter().flat_map(|seed| (0..material.folds.folds.len()).map(move |fold| (seed, fold))).collect();
    observer.event(&Event::Stage { stage: "training".to_owned(), steps: tasks.len() * config.training.epochs });

    // Whole parts run side by side, each on its own share of the threads: they need no synchronisation, and since shards are
    // fixed, no part's result depends on the share it got.
    let workers = threads.min(tasks.len()).max(1);
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<Result<FinishedPart, RunError>>>> = Mutex::new(tasks.iter().map(|_| None).collect());
    let work = |share: usize| -> Result<(), RunError> {
        let pool = portable::pool(share, config.portable).map_err(|error| RunError::System(error.to_string()))?;
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            let Some(&(seed, fold)) = tasks.get(task) else { return Ok(()) };
            let result = pool.install(|| run_or_resume(config, material, folder, fold, seed, observer));
            if result.is_err() {
                // Parts that have not begun need not: the run has failed or was interrupted.
                next.store(tasks.len(), Ordering::Relaxed);
            }
            if let Ok(mut results) = results.lock() {
                results[task] = Some(result);
            }
        }
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|worker| {
                let share = threads / workers + usize::from(worker < threads % workers);
                scope.spawn({
                    let work = &work;
                    move || work(share)
                })
            })
            .collect();
        handles.into_iter().try_for_each(|handle| match handle.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let results = results.into_inner().unwrap_or_default();
    // The first error in task order; what comes after a stop was never begun.
    results.into_iter().flatten().collect()
}

fn run_or_resume(
    config: &Config,
    material: &Material,
    folder: &RunWriter,
    index: usize,
    seed: u64,
    observer: &dyn Observer,
) -> Result<FinishedPart, RunError> {
    let fold = &material.folds.folds[index];
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

fn timing(stage: &str, clock: Instant) -> StageTiming {
    StageTiming { stage: stage.to_owned(), seconds: clock.elapsed().as_secs_f64() }
}

/// The resolved configuration as an experiment file.
fn resolved(config: &Config) -> String {
    toml::to_string(config).unwrap_or_default()
}

/// The id of a run: the same for the same settings, audio and code, wherever the corpus lies.
fn run_id(config: &Config, material: &Material) -> String {
    let mut settings = config.clone();
    settings.corpus.path = PathBuf::new();
    settings.corpus.audio_dir = PathBuf::new();
    let code = machine::code();
    let mut hash = Sha256::new();
    hash.update(FORMAT_VERSION.to_le_bytes());
    for part in [&resolved(&settings), &material.fingerprint, &code.version, code.git_commit.as_ref().unwrap_or(&String::new())] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.update(code.git_diff.unwrap_or_default());
    format!("{:x}", hash.finalize())[..12].to_owned()
}

fn epochs_frame<'a>(parts: impl Iterator<Item = &'a PartFacts>) -> Result<DataFrame, RunError> {
    let rows: Vec<_> = parts.flat_map(|facts| facts.epochs.iter().map(move |epoch| (facts, epoch))).collect();
    let floats = |name: &str, value: &dyn Fn(&EpochRecord) -> f64| {
        Series::new(name.into(), rows.iter().map(|(_, epoch)| value(epoch)).collect::<Vec<f64>>()).into_column()
    };
    let columns = vec![
        Series::new("fold".into(), rows.iter().map(|(facts, _)| facts.fold.as_str()).collect::<Vec<_>>()).into_column(),
        Series::new("seed".into(), rows.iter().map(|(facts, _)| facts.seed).collect::<Vec<_>>()).into_column(),
        Series::new("epoch".into(), rows.iter().map(|(_, epoch)| epoch.epoch as u32).collect::<Vec<_>>()).into_column(),
        floats("train_loss", &|epoch| epoch.train_loss),
        floats("validation_loss", &|epoch| epoch.validation_loss.unwrap_or(f64::NAN)),
        floats("validation_uar", &|epoch| epoch.validation_uar.unwrap_or(f64::NAN)),
        floats("learning_rate", &|epoch| epoch.learning_rate),
        floats("seconds", &|epoch| epoch.seconds),
        Series::new("kept".into(), rows.iter().map(|(_, epoch)| epoch.kept).collect::<Vec<_>>()).into_column(),
    ];
    DataFrame::new(rows.len(), columns).map_err(|error| RunError::System(error.to_string()))
}

/// Passes events on and writes those worth keeping to `events.jsonl`.
struct Recorder<'a> {
    folder: &'a RunWriter,
    observer: &'a dyn Observer,
}

impl Observer for Recorder<'_> {
    fn event(&self, event: &Event) {
        // The log is a convenience: a line that cannot be written must not end hours of training.
        let _ = self.folder.append_event(event);
        self.observer.event(event);
    }

    fn interrupted(&self) -> bool {
        self.observer.interrupted()
    }
}
