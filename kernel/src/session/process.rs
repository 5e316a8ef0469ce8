//! The process that evaluates cells, and how to stop it.

use std::path::PathBuf;
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustix::process::{Pid, Signal};

/// Whether evcxr started this process to evaluate cells.
pub fn is_evaluation_child() -> bool {
    std::env::var_os("EVCXR_IS_RUNTIME").is_some()
}

/// An evaluation that nobody listens to any more ends, even in the middle of an endless loop.
pub fn outlive_nobody() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_parent_process_death_signal(Some(Signal::KILL)) {
        eprintln!("this evaluation may outlive its kernel: {error}");
    }
}

/// Stops the cell that runs, from any thread.
#[derive(Clone)]
pub struct Interrupter {
    child: Arc<Mutex<Child>>,
    /// Holds the process id of a compiler that runs.
    compiling: PathBuf,
    /// Whether the evaluation is inside a cell.
    running: Arc<AtomicBool>,
    /// Whether the kernel is busy with a cell.
    busy: Arc<AtomicBool>,
    asked: Arc<AtomicBool>,
}

impl Interrupter {
    pub fn new(child: Arc<Mutex<Child>>, compiling: PathBuf, running: Arc<AtomicBool>) -> Self {
        Self { child, compiling, running, busy: Arc::default(), asked: Arc::default() }
    }

    /// A cell begins.
    pub fn begin(&self) {
        self.asked.store(false, Ordering::SeqCst);
        self.running.store(false, Ordering::SeqCst);
        self.busy.store(true, Ordering::SeqCst);
    }

    /// A cell has ended; whether it was to be stopped.
    pub fn end(&self) -> bool {
        self.busy.store(false, Ordering::SeqCst);
        self.asked.swap(false, Ordering::SeqCst)
    }

    /// Stops the cell: its compiler if one runs, else its evaluation. Between the two, where types are inferred, it waits for either,
    /// so that variables are lost only where a cell is running.
    pub fn interrupt(&self) {
        self.asked.store(true, Ordering::SeqCst);
        while self.busy.load(Ordering::SeqCst) && !self.stop() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Whether the cell was asked to stop.
    pub fn is_asked(&self) -> bool {
        self.asked.load(Ordering::SeqCst)
    }

    fn stop(&self) -> bool {
        let compiler = std::fs::read_to_string(&self.compiling).ok().and_then(|text| text.trim().parse().ok()).and_then(Pid::from_raw);
        if compiler.is_some_and(|pid| rustix::process::kill_process_group(pid, Signal::KILL).is_ok()) {
            return true;
        }
        if self.running.load(Ordering::SeqCst) {
            self.kill();
            return true;
        }
        false
    }

    /// Ends the evaluation, whatever it does.
    pub fn kill(&self) {
        if let Ok(mut child) = self.child.lock() {
            let _ = child.kill();
        }
    }
}
