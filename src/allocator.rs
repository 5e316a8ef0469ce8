//! The allocator of the program and of its benches.

use libmimalloc_sys::{mi_option_set, mi_option_t};

/// A training step allocates and frees tensors of many sizes; the system's allocator gives pages back each time and faults them in again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// `mi_option_purge_delay` of mimalloc.h: milliseconds until freed pages go back to the system, 1000 unless told otherwise; -1 = never.
const PURGE_DELAY: mi_option_t = 15;

/// Keeps freed pages for the next step: one of the seed-vector network at two threads is a tenth faster for it.
pub fn keep_pages() {
    // SAFETY: the function only stores a number; mimalloc may be told its options at any time.
    unsafe { mi_option_set(PURGE_DELAY, -1) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_option_is_the_one_that_is_meant() {
        // SAFETY: reads a number.
        let before = unsafe { libmimalloc_sys::mi_option_get(super::PURGE_DELAY) };
        super::keep_pages();
        // SAFETY: reads a number.
        let after = unsafe { libmimalloc_sys::mi_option_get(super::PURGE_DELAY) };
        // The default is that of mimalloc 3; its neighbours in the list have others (1 or 0).
        assert_eq!((before, after), (1000, -1));
    }
}
