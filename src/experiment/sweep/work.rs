//! The runs of a sweep over the cores: folds and seeds of all of them side by side.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::experiment::config::Config;
use crate::experiment::error::RunError;
use crate::experiment::events::{Event, Named, Observer};
use crate::experiment::material::{Material, check_folds};
use crate::experiment::record::StageTiming;
use crate::experiment::runner::{FinishedPart, Job, Opened, RunOptions, RunOutcome, Task, gather};
use crate::experiment::schedule;

/// Runs whose folders are open at once; the system allows a process about a thousand files.
const OPEN_AT_ONCE: usize = 64;

/// How a run of a sweep ended.
pub(super) enum Ended {
    /// It is done.
    Done(Box<RunOutcome>),
    /// It failed; the others go on.
    Failed(String),
    /// The user ended it, or it did not begin.
    Interrupted,
}

impl From<RunError> for Ended {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Interrupted => Self::Interrupted,
            error => Self::Failed(error.to_string()),
        }
    }
}

/// Told of a run, by its index, as soon as it ends.
pub(super) type Tell<'a> = &'a (dyn Fn(usize, &Ended) + Sync);

/// Does all runs. Those that measure clips alike are done together, over one copy of the features.
pub(super) fn run_all(configs: &[Config], options: &RunOptions, observer: &dyn Observer, tell: Tell<'_>) -> Result<(), RunError> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    for (index, config) in configs.iter().enumerate() {
        let key = material_key(config);
        match groups.iter_mut().find(|(known, _)| *known == key) {
            Some((_, members)) => members.push(index),
            None => groups.push((key, vec![index])),
        }
    }
    for (_, members) in groups {
        let gathered = match members.first() {
            Some(&first) if !observer.interrupted() => schedule::pool(schedule::threads(options.jobs), configs[first].portable)
                .and_then(|pool| pool.install(|| gather(&configs[first], options.cache.clone(), observer))),
            _ => Err(RunError::Interrupted),
        };
        match gathered {
            Ok((material, timings)) => {
                for members in members.chunks(OPEN_AT_ONCE) {
                    run_group(configs, members, (&material, &timings), options, observer, tell)?;
                }
            }
            Err(error) => {
                let ended = Ended::from(error);
                members.iter().for_each(|&member| tell(member, &ended));
            }
        }
    }
    Ok(())
}

/// Everything that the features and folds of a run depend on, and what kernels a pool of threads uses.
fn material_key(config: &Config) -> String {
    let aggregate = config.model.aggregate();
    serde_json::json!([
        &config.corpus,
        &config.audio,
        &config.features,
        &config.augment,
        aggregate.name(),
        &config.split,
        config.seed,
        config.portable
    ])
    .to_string()
}

/// Does runs over one copy of the features.
fn run_group(
    configs: &[Config],
    members: &[usize],
    (material, timings): (&Material, &[StageTiming]),
    options: &RunOptions,
    observer: &dyn Observer,
    tell: Tell<'_>,
) -> Result<(), RunError> {
    let mut open = Vec::new();
    for &member in members {
        let config = &configs[member];
        let opened =
            check_folds(config, &material.corpus, &material.folds).and_then(|()| Job::open(config, material, timings.to_vec(), options));
        match opened {
            Ok(Opened::Job(job)) => open.push(OpenRun::new(member, &config.name, *job, observer, tell)),
            Ok(Opened::Done(outcome)) => tell(member, &Ended::Done(outcome)),
            Err(error) => tell(member, &error.into()),
        }
    }
    let tasks: Vec<(&OpenRun<'_>, usize)> = open.iter().flat_map(|run| (0..run.tasks.len()).map(move |task| (run, task))).collect();
    let epochs = |run: &OpenRun<'_>| configs[run.member].training.epochs;
    let steps = tasks.iter().map(|(run, _)| epochs(run)).sum::<usize>()
        + open.iter().filter(|run| configs[run.member].model.save_final).map(epochs).sum::<usize>();
    observer.event(&Event::Stage { stage: "training".to_owned(), steps });
    let portable = members.first().is_some_and(|&first| configs[first].portable);
    schedule::side_by_side(tasks.len(), (schedule::threads(options.jobs), portable), |index| {
        let (run, task) = tasks[index];
        run.do_task(task)
    })?;
    open.iter().for_each(OpenRun::give_up);
    Ok(())
}

/// How a part went; `None` where it is not over, or did not begin because another had failed.
type PartResult = Option<Result<FinishedPart, RunError>>;

/// A run whose parts are being done.
struct OpenRun<'a> {
    member: usize,
    job: Job<'a>,
    tasks: Vec<Task>,
    observer: Named<'a>,
    tell: Tell<'a>,
    /// A part failed: the others need not begin.
    failed: AtomicBool,
    /// Results of the parts that are over; `None` once the run has ended.
    results: Mutex<Option<Vec<PartResult>>>,
}

impl<'a> OpenRun<'a> {
    fn new(member: usize, name: &'a str, job: Job<'a>, observer: &'a dyn Observer, tell: Tell<'a>) -> Self {
        let observer = Named { name, stages: false, observer };
        let tasks = job.tasks(&observer);
        let results = Mutex::new(Some(tasks.iter().map(|_| None).collect()));
        Self { member, job, tasks, observer, tell, failed: AtomicBool::new(false), results }
    }

    /// Does a part, and ends the run where it was the last.
    fn do_task(&self, task: usize) -> ControlFlow<()> {
        let result = if self.failed.load(Ordering::Relaxed) { None } else { Some(self.job.part(self.tasks[task], &self.observer)) };
        let interrupted = matches!(result, Some(Err(RunError::Interrupted)));
        let failed = matches!(&result, Some(Err(_))) && !interrupted;
        if failed {
            self.failed.store(true, Ordering::Relaxed);
        }
        let over = self.results.lock().ok().and_then(|mut results| {
            let slots = results.as_mut()?;
            slots[task] = result;
            let over = failed || slots.iter().all(Option::is_some);
            if over { results.take() } else { None }
        });
        if let Some(results) = over {
            self.end(results);
        }
        if interrupted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Ends a run whose parts were not all done.
    fn give_up(&self) {
        if let Some(results) = self.results.lock().ok().and_then(|mut results| results.take()) {
            self.end(results);
        }
    }

    fn end(&self, results: Vec<PartResult>) {
        // A failed part says more than those that did not begin.
        let mut parts = Vec::with_capacity(results.len());
        let mut error = None;
        for result in results {
            match result {
                Some(Ok(part)) => parts.push(part),
                Some(Err(failure)) => error = Some(error.filter(|error| !matches!(error, RunError::Interrupted)).unwrap_or(failure)),
                None => error = Some(error.unwrap_or(RunError::Interrupted)),
            }
        }
        let ended = match self.job.end(error.map_or(Ok(parts), Err), &self.observer) {
            Ok(outcome) => Ended::Done(Box::new(outcome)),
            Err(error) => error.into(),
        };
        (self.tell)(self.member, &ended);
    }
}
