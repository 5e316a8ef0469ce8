//! What all requests share.

use std::sync::{Arc, OnceLock};

use tokio::sync::{Semaphore, watch};

use super::limits::Settings;
use super::metrics::Metrics;
use super::pool::Pool;
use super::samples::Sample;
use crate::model::Bundle;

/// What all requests share; a clone is a handle.
#[derive(Clone)]
pub(super) struct App(Arc<Shared>);

pub(super) struct Shared {
    pub(super) bundle: Arc<Bundle>,
    /// What live sessions ask: all of the bundle, or what is fast enough.
    pub(super) live: Arc<Bundle>,
    pub(super) settings: Settings,
    pub(super) pool: Pool,
    pub(super) metrics: Metrics,
    /// Made at the first request for them.
    pub(super) samples: OnceLock<Vec<Sample>>,
    /// A permit a request with clips.
    pub(super) uploads: Semaphore,
    /// A permit a live session.
    pub(super) sessions: Arc<Semaphore>,
    /// Becomes true when the server ends.
    pub(super) stopping: watch::Receiver<bool>,
}

impl App {
    pub(super) fn new(bundle: Bundle, settings: Settings, stopping: watch::Receiver<bool>) -> Self {
        Self(Arc::new(Shared {
            live: Arc::new(bundle.live().clone()),
            bundle: Arc::new(bundle),
            pool: Pool::new(settings.threads),
            metrics: Metrics::default(),
            samples: OnceLock::new(),
            uploads: Semaphore::new(settings.limits.waiting),
            sessions: Arc::new(Semaphore::new(settings.limits.sessions)),
            stopping,
            settings,
        }))
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
