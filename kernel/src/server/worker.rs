//! The thread that evaluation lives on.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::{mpsc, oneshot};

use crate::cli::Place;
use crate::session::{self, CellError, Completions, Event, Interrupter, Session};

/// Answers a cell that asks for a line: prompt, and whether the answer is secret.
pub type Input = Box<dyn Fn(&str, bool) -> String + Send>;

/// Work for the evaluation.
pub enum Job {
    Execute { source: String, count: u32, events: mpsc::UnboundedSender<Event>, input: Input, done: oneshot::Sender<Result<(), CellError>> },
    Complete { source: String, at: usize, done: oneshot::Sender<Option<Completions>> },
    Inspect { source: String, at: usize, done: oneshot::Sender<Option<(String, String)>> },
}

/// A cell that waits for the session to start, and is told what it waits for.
type Waiting = Arc<Mutex<Option<mpsc::UnboundedSender<Event>>>>;

/// Hands work to the evaluation.
#[derive(Clone)]
pub struct Worker {
    jobs: Sender<Job>,
    interrupter: Arc<OnceLock<Interrupter>>,
    waiting: Waiting,
}

impl Worker {
    /// Starts the thread, which builds the crate if need be, and starts the session at once.
    pub fn start(place: Place) -> Self {
        let (jobs, queue) = channel();
        let worker = Self { jobs, interrupter: Arc::default(), waiting: Arc::default() };
        let (interrupter, waiting) = (Arc::clone(&worker.interrupter), Arc::clone(&worker.waiting));
        std::thread::spawn(move || work(&place, &queue, &interrupter, &waiting));
        worker
    }

    /// Hands over a job.
    pub fn send(&self, job: Job) {
        if let (None, Job::Execute { events, .. }) = (self.interrupter.get(), &job) {
            *self.waiting.lock().unwrap_or_else(PoisonError::into_inner) = Some(events.clone());
        }
        let _ = self.jobs.send(job);
    }

    /// Stops the cell that runs.
    pub fn interrupt(&self) {
        if let Some(interrupter) = self.interrupter.get() {
            interrupter.interrupt();
        }
    }

    /// Ends the evaluation's process.
    pub fn kill(&self) {
        if let Some(interrupter) = self.interrupter.get() {
            interrupter.kill();
        }
    }

    /// Whether the running cell was asked to stop.
    pub fn is_interrupted(&self) -> bool {
        self.interrupter.get().is_some_and(Interrupter::is_asked)
    }
}

fn work(place: &Place, queue: &Receiver<Job>, interrupter: &OnceLock<Interrupter>, waiting: &Waiting) {
    let started = start(place, waiting);
    if let Ok(session) = &started {
        let _ = interrupter.set(session.interrupter());
    }
    *waiting.lock().unwrap_or_else(PoisonError::into_inner) = None;
    let mut session = match started {
        Ok(session) => session,
        Err(error) => return refuse(queue, &format!("{error:#}")),
    };
    while let Ok(job) = queue.recv() {
        match job {
            Job::Execute { source, count, events, input, done } => {
                let sink = move |event| {
                    let _ = events.send(event);
                };
                let _ = done.send(session.execute(&source, count, sink, &*input));
            }
            Job::Complete { source, at, done } => {
                let _ = done.send(session.complete(&source, at).ok());
            }
            Job::Inspect { source, at, done } => {
                let _ = done.send(session.inspect(&source, at));
            }
        }
    }
}

fn start(place: &Place, waiting: &Waiting) -> anyhow::Result<Session> {
    place.warm(&mut |line| {
        if let Some(cell) = &*waiting.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = cell.send(Event::Stderr(format!("{line}\n")));
        }
    })?;
    session::Session::start(&place.toolchain, &place.template)
}

/// A kernel without a session tells every cell why.
fn refuse(queue: &Receiver<Job>, why: &str) {
    while let Ok(job) = queue.recv() {
        if let Job::Execute { done, .. } = job {
            let _ = done.send(Err(CellError::new("KernelError", why)));
        }
    }
}
