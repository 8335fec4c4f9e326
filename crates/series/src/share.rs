//! Work shared out among threads.

use std::sync::atomic::{AtomicUsize, Ordering};

/// A thread takes so many shares of the work one after the other, about: the threads end at nearly the same time,
/// however much longer one item takes than another.
const SHARES: usize = 16;

/// What `work` makes of each of `items`, in their order, on up to `threads` threads; the one that asks is one of them.
/// An answer does not depend on how many they are.
pub fn share_out<T: Sync, R: Send>(threads: usize, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        return items.iter().map(work).collect();
    }
    let share = items.len().div_ceil(threads * SHARES);
    let next = AtomicUsize::new(0);
    let take_part = || {
        let mut done: Vec<(usize, Vec<R>)> = Vec::new();
        loop {
            let start = next.fetch_add(share, Ordering::Relaxed);
            let Some(items) = items.get(start..) else { return done };
            done.push((start, items.iter().take(share).map(&work).collect()));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take_part)).collect();
        let mut done = take_part();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(start, _)| *start);
    done.into_iter().flat_map(|(_, results)| results).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for threads in [0, 1, 2, 3, 8] {
            for count in [0, 1, 2, 7, 50, 1000] {
                let items: Vec<usize> = (0..count).collect();
                // Some take much longer than others.
                let work = |item: &usize| {
                    let busy = (0..(item % 7) * 1000).fold(0, |sum, n| std::hint::black_box(sum ^ n));
                    (*item, busy)
                };
                let found: Vec<usize> =
                    share_out(threads, &items, work).into_iter().map(|(item, _)| item).collect();
                assert_eq!(found, items, "{threads} threads");
            }
        }
    }

    #[test]
    fn a_panic_is_passed_on() {
        let items: Vec<u32> = (0..100).collect();
        let panics = |item: &u32| assert_ne!(*item, 20, "a panic");
        assert!(std::panic::catch_unwind(|| share_out(3, &items, panics)).is_err());
    }
}
