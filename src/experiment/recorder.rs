//! The log of a run's events.

use super::events::{Event, Observer};
use super::store::RunWriter;

/// Passes events on and writes those worth keeping to `events.jsonl`.
pub(super) struct Recorder<'a> {
    pub(super) folder: &'a RunWriter,
    pub(super) observer: &'a dyn Observer,
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
