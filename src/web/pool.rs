//! Where predictions are computed: never on the threads that serve sockets, and no more at once than there are cores.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;

use super::error::Refusal;

/// A right to compute; who waits for one is served in the order of asking.
#[derive(Debug)]
pub(super) struct Turn(OwnedSemaphorePermit);

/// A bounded number of threads that compute.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    turns: Arc<Semaphore>,
}

impl Pool {
    /// A pool of `threads`; 0 = one a core.
    pub(super) fn new(threads: usize) -> Self {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        Self { turns: Arc::new(Semaphore::new(if threads == 0 { cores() } else { threads })) }
    }

    /// Waits until it is one's turn.
    pub(super) async fn turn(self) -> Result<Turn, Refusal> {
        self.turns.acquire_owned().await.map(Turn).map_err(|_| Refusal::internal("the pool of predictions is closed"))
    }

    /// Computes on a thread of its own. The turn is over when the work is, even where nobody waits for its result any more.
    pub(super) fn start<T: Send + 'static>(turn: Turn, work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
        tokio::task::spawn_blocking(move || {
            let _turn = turn.0;
            work()
        })
    }

    /// Waits for a turn and computes.
    pub(super) async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let turn = self.clone().turn().await?;
        Self::start(turn, work).await.map_err(|_| Refusal::internal("a prediction ended in a fault of the server"))
    }
}
