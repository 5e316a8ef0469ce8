//! An allocator that counts, so that "no more memory than" can be asserted.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static LIMIT: AtomicUsize = AtomicUsize::new(usize::MAX);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call goes to the system's allocator unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Relaxed) + layout.size();
        if live > LIMIT.load(Relaxed) {
            // The input that asks for too much must be kept, so that this ends at once, where a debugger sees who asked.
            std::process::abort();
        }
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller's promise about `pointer` and `layout` is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Runs `run`; ends the process where it has more than `limit` bytes at a time.
pub fn within<R>(limit: usize, run: impl FnOnce() -> R) -> R {
    LIMIT.store(LIVE.load(Relaxed).saturating_add(limit), Relaxed);
    let result = run();
    LIMIT.store(usize::MAX, Relaxed);
    result
}
