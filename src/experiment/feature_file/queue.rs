//! Work on many items by several threads, taken in order and in bounded memory.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Items that may be worked on beyond the one that is waited for: enough that no thread idles while a part is written.
const AHEAD: usize = 256;

/// What results that wait to be taken may weigh together; one more of each thread can be added to it.
const HELD: usize = 4 << 20;

struct State<T> {
    /// The next item to be begun.
    next: usize,
    /// The next item to be taken.
    wanted: usize,
    /// Weight of what is ready.
    held: usize,
    ready: BTreeMap<usize, T>,
    stopped: bool,
}

struct Queue<T> {
    state: Mutex<State<T>>,
    /// There may be something to begin.
    room: Condvar,
    /// Something is ready, or nothing more will be.
    arrived: Condvar,
}

impl<T> Queue<T> {
    fn lock(&self) -> MutexGuard<'_, State<T>> {
        // A state is whole whenever its lock is released; a thread that panicked ends the queue by its own guard.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next item to work on; waits until there is room.
    fn begin(&self, end: usize) -> Option<usize> {
        let mut state = self.lock();
        loop {
            if state.stopped || state.next >= end {
                return None;
            }
            // The item that is waited for always has room, so that the queue moves whatever the others weigh.
            if state.next == state.wanted || (state.next < state.wanted + AHEAD && state.held < HELD) {
                state.next += 1;
                return Some(state.next - 1);
            }
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn hand_in(&self, item: usize, result: T, weight: usize) {
        let mut state = self.lock();
        state.held += weight;
        state.ready.insert(item, result);
        drop(state);
        self.arrived.notify_one();
    }

    /// The result of the next item; `None` if a thread died.
    fn take(&self, weigh: impl Fn(&T) -> usize) -> Option<T> {
        let mut state = self.lock();
        loop {
            let wanted = state.wanted;
            if let Some(result) = state.ready.remove(&wanted) {
                state.wanted += 1;
                state.held -= weigh(&result);
                drop(state);
                self.room.notify_all();
                return Some(result);
            }
            if state.stopped {
                return None;
            }
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.room.notify_all();
        self.arrived.notify_all();
    }
}

/// Stops the queue when it goes out of scope by a panic.
struct StopOnPanic<'a, T>(&'a Queue<T>);

impl<T> Drop for StopOnPanic<'_, T> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.stop();
        }
    }
}

/// Calls `make` for every item of `items` on `threads` threads and `take` for each result in the order of the items, on this thread.
///
/// `weigh` tells how much memory a result takes, in numbers; threads wait rather than let results pile up. An error of `take` ends the
/// work; a panic of `make` is passed on.
pub(super) fn in_order<T: Send, E>(
    items: Range<usize>,
    threads: usize,
    make: impl Fn(usize) -> T + Sync,
    weigh: impl Fn(&T) -> usize + Sync,
    mut take: impl FnMut(usize, T) -> Result<(), E>,
) -> Result<(), E> {
    let state = State { next: items.start, wanted: items.start, held: 0, ready: BTreeMap::new(), stopped: false };
    let queue = Queue { state: Mutex::new(state), room: Condvar::new(), arrived: Condvar::new() };
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, items.len().max(1)) {
            scope.spawn(|| {
                let _guard = StopOnPanic(&queue);
                while let Some(item) = queue.begin(items.end) {
                    let result = make(item);
                    let weight = weigh(&result);
                    queue.hand_in(item, result, weight);
                }
            });
        }
        let _guard = StopOnPanic(&queue);
        let mut outcome = Ok(());
        for item in items.clone() {
            let Some(result) = queue.take(&weigh) else { break };
            outcome = take(item, result);
            if outcome.is_err() {
                break;
            }
        }
        queue.stop();
        outcome
    })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_and_few_are_held() {
        let (made, mut taken) = (AtomicUsize::new(0), Vec::new());
        let ahead = std::cell::Cell::new(0);
        let make = |item: usize| {
            if item.is_multiple_of(7) {
                std::thread::sleep(std::time::Duration::from_micros(200));
            }
            made.fetch_add(1, Ordering::SeqCst);
            item * item
        };
        in_order(
            3..2000,
            4,
            make,
            |_| HELD / 10,
            |item, result| -> Result<(), ()> {
                ahead.set(ahead.get().max(made.load(Ordering::SeqCst) - taken.len()));
                taken.push((item, result));
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(taken, (3..2000).map(|item| (item, item * item)).collect::<Vec<_>>());
        assert!(ahead.get() <= 10 + 4 + 1, "{} results were held", ahead.get());
    }

    #[test]
    fn an_error_ends_the_work() {
        let made = AtomicUsize::new(0);
        let make = |_| made.fetch_add(1, Ordering::SeqCst);
        assert_eq!(in_order(0..100_000, 3, make, |_| 1, |item, _| if item == 5 { Err(item) } else { Ok(()) }), Err(5));
        assert!(made.load(Ordering::SeqCst) <= 6 + AHEAD + 3);
        assert_eq!(in_order(4..4, 2, make, |_| 1, |item, _| Err(item)), Ok(()));
    }

    #[test]
    fn a_panic_is_passed_on() {
        let work = || in_order(0..100, 2, |item| assert!(item < 20), |()| 1, |_, ()| -> Result<(), ()> { Ok(()) });
        assert!(std::panic::catch_unwind(work).is_err());
    }
}
