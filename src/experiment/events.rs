//! What a run tells while it works.

use serde::{Deserialize, Serialize};

use super::record::LeftOut;

/// Something that happened in a run; `events.jsonl` holds one a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A stage begins.
    Stage {
        /// `corpus`, `features`, `training`, `scores`, `report`.
        stage: String,
        /// Steps it will take: clips, or epochs over all folds and seeds at most; 0 = unknown.
        steps: usize,
    },
    /// Features of a clip are there.
    Clip {
        /// Its id.
        clip: String,
        /// They came from the cache.
        cached: bool,
    },
    /// A clip cannot be used.
    LeftOut(LeftOut),
    /// Something a reader must know.
    Warning {
        /// In a sentence.
        message: String,
    },
    /// An earlier call has measured the first clips of a table; the next stage is the rest.
    Resumed {
        /// How many.
        clips: usize,
    },
    /// The corpus is measured.
    Measured {
        /// Its [fingerprint](super::record::CorpusRecord::fingerprint).
        fingerprint: String,
    },
    /// A part (one fold with one seed) begins to train.
    PartStarted {
        /// Name of the fold.
        fold: String,
        /// The seed.
        seed: u64,
        /// Epochs that an earlier call has done.
        #[serde(default)]
        resumed_epochs: usize,
    },
    /// An epoch ended.
    Epoch {
        /// Name of the fold.
        fold: String,
        /// The seed.
        seed: u64,
        /// From 1.
        epoch: usize,
        /// Epochs at most.
        epochs: usize,
        /// Mean loss over the training rows.
        train_loss: f64,
        /// UAR of the validation rows, where there are any.
        validation_uar: Option<f64>,
    },
    /// A part is done.
    PartDone {
        /// Name of the fold.
        fold: String,
        /// The seed.
        seed: u64,
        /// UAR of the fold's test rows.
        uar: f64,
        /// It was found finished in the run folder.
        resumed: bool,
        /// Epochs that were not needed or were done before.
        skipped_epochs: usize,
    },
}

/// Hears of a run's events; threads call it, one at a time.
pub trait Observer: Sync {
    /// Called for each event, in order of each part.
    fn event(&self, event: &Event);

    /// Asked between steps: `true` ends the run cleanly, so that a later one goes on with it.
    fn interrupted(&self) -> bool {
        false
    }
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Observer for Silent {
    fn event(&self, _: &Event) {}
}

/// Says of which run a fold is, where an observer hears of several.
pub(super) struct Named<'a> {
    /// Name of the run.
    pub name: &'a str,
    /// Whether its stages are told; where runs go side by side, stages are those of all together.
    pub stages: bool,
    /// Who hears.
    pub observer: &'a dyn Observer,
}

impl Observer for Named<'_> {
    fn event(&self, event: &Event) {
        let mut event = event.clone();
        match &mut event {
            Event::Stage { .. } if !self.stages => return,
            Event::PartStarted { fold, .. } | Event::Epoch { fold, .. } | Event::PartDone { fold, .. } => {
                *fold = format!("{fold} of {}", self.name)
            }
            _ => {}
        }
        self.observer.event(&event);
    }

    fn interrupted(&self) -> bool {
        self.observer.interrupted()
    }
}
