//! Whether kernels keep to arithmetic that every machine with AVX2 does alike.
//!
//! Sums of products round by the order in which they are added up, and a fast matrix product chooses that order by the processor: the
//! width of its registers and the sizes of its caches. Work on the threads of a portable [`pool`] uses AVX2 with FMA at most, and a matrix
//! product whose blocks have fixed sizes: the same bits on every such machine, at a price in time.

use std::cell::Cell;

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

thread_local! {
    static PORTABLE: Cell<bool> = const { Cell::new(false) };
}

/// A pool of `threads` threads, whose kernels are `portable` or as fast as the machine allows.
///
/// # Errors
/// The system gives no threads.
pub fn pool(threads: usize, portable: bool) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(threads).start_handler(move |_| PORTABLE.set(portable)).build()
}

/// Whether this thread keeps to portable kernels.
pub(crate) fn is_portable() -> bool {
    PORTABLE.get()
}
