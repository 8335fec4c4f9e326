//! Which of the copies of a counter a thread writes to, so that threads do not wait for each other.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// More copies than this cost memory and gain nothing.
const SHARDS_MAX: usize = 16;

/// How many copies there are of everything that is counted: one for each core, a power of two.
pub(crate) fn count() -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    cores.next_power_of_two().min(SHARDS_MAX)
}

/// The number of this thread; taken modulo [`count`] it says which copy is its own.
pub(crate) fn thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: Cell<usize> = const { Cell::new(usize::MAX) });
    OWN.with(|own| {
        if own.get() == usize::MAX {
            own.set(NEXT.fetch_add(1, Ordering::Relaxed));
        }
        own.get()
    })
}
