//! Random bytes for ids, fetched from the kernel in pieces: an id for each request must not cost a system call.

use std::cell::RefCell;

const POOL: usize = 1024;

struct Pool {
    bytes: [u8; POOL],
    used: usize,
}

thread_local!(static BYTES: RefCell<Pool> = const { RefCell::new(Pool { bytes: [0; POOL], used: POOL }) });

/// Bytes that nobody can foresee.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    const { assert!(N <= POOL) };
    BYTES.with_borrow_mut(|pool| {
        if pool.used + N > POOL {
            fill(&mut pool.bytes);
            pool.used = 0;
        }
        let mut taken = [0; N];
        taken.copy_from_slice(&pool.bytes[pool.used..pool.used + N]);
        // What was given away is not kept: an id is never given twice.
        pool.bytes[pool.used..pool.used + N].fill(0);
        pool.used += N;
        taken
    })
}

fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes).expect("the kernel gives random bytes");
}
