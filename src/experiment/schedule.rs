//! Tasks side by side, each on its share of the threads.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::RunError;
use crate::portable;

/// Threads that `jobs` asks for; 0 = one a core.
pub(super) fn threads(jobs: usize) -> usize {
    match jobs {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        jobs => jobs,
    }
}

/// A pool of so many threads, whose kernels are [portable] or not.
pub(super) fn pool(threads: usize, portable: bool) -> Result<rayon::ThreadPool, RunError> {
    portable::pool(threads, portable).map_err(|error| RunError::System(error.to_string()))
}

/// Calls `work` with 0 to `tasks - 1`, several at once and in this order; where one breaks, none begins any more.
///
/// Whole tasks run side by side, each on its own share of the threads: they need no synchronisation, and since shards are fixed, no task's
/// result depends on the share it got.
pub(super) fn side_by_side(
    tasks: usize,
    (threads, portable): (usize, bool),
    work: impl Fn(usize) -> ControlFlow<()> + Sync,
) -> Result<(), RunError> {
    let workers = threads.min(tasks).max(1);
    let next = AtomicUsize::new(0);
    let worker = |share: usize| -> Result<(), RunError> {
        let pool = pool(share, portable)?;
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= tasks {
                return Ok(());
            }
            if pool.install(|| work(task)).is_break() {
                next.store(tasks, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|index| {
                let share = threads / workers + usize::from(index < threads % workers);
                let worker = &worker;
                scope.spawn(move || worker(share))
            })
            .collect();
        handles.into_iter().try_for_each(|handle| match handle.join() {
            Ok(result) => result,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}
