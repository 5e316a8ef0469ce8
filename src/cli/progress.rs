//! Shows how a job goes: a bar on a terminal, plain lines elsewhere. Ctrl-C asks it to end cleanly.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use intone::experiment::events::{Event, Observer};

/// Set by Ctrl-C; a second one ends the process at once.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Plain lines come no closer together than this.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// An observer that prints to standard error.
pub struct Progress {
    bar: Option<ProgressBar>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stage: String,
    steps: usize,
    done: usize,
    begun: Option<Instant>,
    last_line: Option<Instant>,
}

impl Progress {
    /// Watches for Ctrl-C and chooses between bar and lines.
    pub fn new() -> Self {
        // A handler that is already there (a second job in one process) serves as well.
        let _ = ctrlc::set_handler(|| {
            if INTERRUPTED.swap(true, Ordering::SeqCst) {
                std::process::exit(1);
            }
            eprintln!("\nending after this step; press Ctrl-C again to stop at once");
        });
        let bar = std::io::stderr().is_terminal().then(ProgressBar::no_length);
        Self { bar, state: Mutex::default() }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    /// A line that stays.
    fn say(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    fn stage(&self, stage: &str, steps: usize) {
        if let Ok(mut state) = self.state.lock() {
            *state = State { stage: stage.to_owned(), steps, begun: Some(Instant::now()), ..State::default() };
        }
        match &self.bar {
            Some(bar) => {
                let template = if steps > 0 { "{prefix:>9} {wide_bar} {percent:>3} %  {msg}  {eta} left" } else { "{prefix:>9} {spinner}" };
                if let Ok(style) = ProgressStyle::with_template(template) {
                    bar.set_style(style);
                }
                bar.reset();
                bar.set_length(steps as u64);
                bar.set_prefix(stage.to_owned());
                bar.set_message("");
            }
            None if steps > 0 => eprintln!("{stage}: {steps} steps"),
            None => eprintln!("{stage}"),
        }
    }

    fn step(&self, steps: usize, message: &str) {
        let Ok(mut state) = self.state.lock() else { return };
        state.done += steps;
        if let Some(bar) = &self.bar {
            bar.inc(steps as u64);
            bar.set_message(message.to_owned());
            return;
        }
        let now = Instant::now();
        let due = state.last_line.or(state.begun).is_none_or(|last| now.duration_since(last) >= LINE_EVERY);
        if due && state.done < state.steps {
            state.last_line = Some(now);
            let elapsed = state.begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64());
            let left = elapsed / state.done.max(1) as f64 * (state.steps - state.done) as f64;
            eprintln!("{}: {} of {}, about {left:.0} s left  {message}", state.stage, state.done, state.steps);
        }
    }
}

impl Observer for Progress {
    fn event(&self, event: &Event) {
        match event {
            Event::Stage { stage, steps } => self.stage(stage, *steps),
            Event::Clip { cached, .. } => self.step(1, if *cached { "(cached)" } else { "" }),
            Event::LeftOut(left) => {
                self.say(&format!("left out: {}: {}", left.clip, left.cause));
                self.step(1, "");
            }
            Event::Measured { .. } => {}
            Event::Resumed { clips } => self.say(&format!("goes on after {clips} clips that were measured before")),
            Event::Warning { message } => self.say(&format!("warning: {message}")),
            Event::PartStarted { fold, seed, resumed_epochs } => {
                if *resumed_epochs > 0 {
                    self.say(&format!("fold {fold}, seed {seed}: goes on after epoch {resumed_epochs}"));
                    self.step(*resumed_epochs, "");
                }
            }
            Event::Epoch { fold, epoch, epochs, train_loss, validation_uar, .. } => {
                let validation = validation_uar.map(|uar| format!(" validation UAR {:.1} %", 100.0 * uar)).unwrap_or_default();
                self.step(1, &format!("fold {fold} epoch {epoch}/{epochs} loss {train_loss:.3}{validation}"));
            }
            Event::PartDone { fold, seed, uar, resumed, skipped_epochs } => {
                let resumed = if *resumed { " (done before)" } else { "" };
                self.say(&format!("fold {fold}, seed {seed}: UAR {:.1} %{resumed}", 100.0 * uar));
                self.step(*skipped_epochs, "");
            }
        }
    }

    fn interrupted(&self) -> bool {
        INTERRUPTED.load(Ordering::SeqCst)
    }
}
