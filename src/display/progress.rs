//! A bar that moves while a cell runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::html::{escape, wrapped};
use super::{Bundle, emit};

/// A front end is told at most so often.
const INTERVAL: Duration = Duration::from_millis(100);

/// A progress bar; see [`progress`].
#[derive(Debug)]
pub struct Progress {
    id: String,
    label: String,
    note: String,
    done: usize,
    total: usize,
    told: Instant,
}

/// Shows a bar of `total` steps that [`Progress::step`] moves.
///
/// ```
/// let mut bar = intone::display::progress("epochs", 3);
/// for epoch in 1..=3 {
///     bar.step(&format!("epoch {epoch}"));
/// }
/// ```
pub fn progress(label: &str, total: usize) -> Progress {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = format!("progress-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let bar = Progress { id, label: label.to_owned(), note: String::new(), done: 0, total, told: Instant::now() };
    emit(&bar.bundle(), Some(&bar.id), false);
    bar
}

impl Progress {
    /// One more step is done; `note` stands beside the bar.
    pub fn step(&mut self, note: &str) {
        self.done = (self.done + 1).min(self.total);
        note.clone_into(&mut self.note);
        if self.done == self.total || self.told.elapsed() >= INTERVAL {
            self.tell();
        }
    }

    fn tell(&mut self) {
        self.told = Instant::now();
        emit(&self.bundle(), Some(&self.id), true);
    }

    fn bundle(&self) -> Bundle {
        let Self { label, note, done, total, .. } = self;
        let text = if note.is_empty() { format!("{label}: {done}/{total}") } else { format!("{label}: {done}/{total}, {note}") };
        let html = format!("<p>{}<br><progress max=\"{total}\" value=\"{done}\"></progress></p>", escape(&text));
        Bundle::text(text).with_html(wrapped(&html))
    }
}

/// A bar that is given up stays where it was, with its last note.
impl Drop for Progress {
    fn drop(&mut self) {
        if self.done < self.total {
            self.tell();
        }
    }
}
