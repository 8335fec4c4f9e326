//! Works on many items at once and hands on what becomes of them in the order of the items.
//!
//! The thread that asks takes part in the work. The others run at most a few items ahead of what was handed on, so
//! that little is kept and little is done in vain when the answer is complete early.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// For each thread, how many items may be finished or under way before they are handed on.
const AHEAD: usize = 4;

/// Does `work` on each of `items` on up to `threads` threads, each with a `scratch` of its own, and gives the
/// results to `take` one after the other, in the order of the items. Stops where `take` breaks off.
pub(super) fn in_order<T: Sync, W, R: Send, B>(
    threads: usize,
    items: &[T],
    scratch: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, usize, &T) -> R + Sync,
    mut take: impl FnMut(R) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        let mut own = scratch();
        return items.iter().enumerate().try_for_each(|(index, item)| take(work(&mut own, index, item)));
    }
    let desk = Desk::new(items.len(), threads * AHEAD);
    std::thread::scope(|scope| {
        // Also when something panics the others must not wait for ever.
        let _closing = Closing(&desk);
        for _ in 1..threads {
            scope.spawn(|| {
                let _closing = ClosingOnPanic(&desk);
                let mut own = scratch();
                while let Some(index) = desk.wait_for_item() {
                    desk.put(index, work(&mut own, index, &items[index]));
                }
            });
        }
        let mut own = scratch();
        loop {
            match desk.next_step() {
                Step::Take(result) => take(result)?,
                Step::Work(index) => desk.put(index, work(&mut own, index, &items[index])),
                Step::End => return ControlFlow::Continue(()),
            }
        }
    })
}

/// Where work is fetched and results are left.
struct Desk<R> {
    state: Mutex<State<R>>,
    /// Something was left or handed on, or the desk was closed.
    changed: Condvar,
    items: usize,
    ahead: usize,
}

struct State<R> {
    /// The next item that nobody works on yet.
    next: usize,
    /// How many results were handed on.
    taken: usize,
    /// The results after those, as far as they are there.
    results: VecDeque<Option<R>>,
    closed: bool,
}

/// What the thread that hands on does next.
enum Step<R> {
    Take(R),
    Work(usize),
    End,
}

impl<R> Desk<R> {
    fn new(items: usize, ahead: usize) -> Self {
        let state = State { next: 0, taken: 0, results: VecDeque::new(), closed: false };
        Self { state: Mutex::new(state), changed: Condvar::new(), items, ahead }
    }

    fn lock(&self) -> MutexGuard<'_, State<R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State<R>>) -> MutexGuard<'a, State<R>> {
        self.changed.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// The next item, once it is near enough to what was handed on; `None` when there is no more to do.
    fn wait_for_item(&self) -> Option<usize> {
        let mut state = self.lock();
        while !state.closed && state.next < self.items && state.next - state.taken >= self.ahead {
            state = self.wait(state);
        }
        self.fetch(&mut state)
    }

    fn fetch(&self, state: &mut State<R>) -> Option<usize> {
        let free = !state.closed && state.next < self.items && state.next - state.taken < self.ahead;
        free.then(|| {
            state.results.push_back(None);
            state.next += 1;
            state.next - 1
        })
    }

    fn put(&self, index: usize, result: R) {
        let mut state = self.lock();
        let place = index - state.taken;
        state.results[place] = Some(result);
        drop(state);
        self.changed.notify_all();
    }

    fn next_step(&self) -> Step<R> {
        let mut state = self.lock();
        loop {
            if state.closed || state.taken == self.items {
                return Step::End;
            }
            if let Some(result) = state.results.front_mut().and_then(Option::take) {
                state.results.pop_front();
                state.taken += 1;
                drop(state);
                self.changed.notify_all();
                return Step::Take(result);
            }
            if let Some(index) = self.fetch(&mut state) {
                return Step::Work(index);
            }
            state = self.wait(state);
        }
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

struct Closing<'a, R>(&'a Desk<R>);

impl<R> Drop for Closing<'_, R> {
    fn drop(&mut self) {
        self.0.close();
    }
}

struct ClosingOnPanic<'a, R>(&'a Desk<R>);

impl<R> Drop for ClosingOnPanic<'_, R> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.close();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Squares the numbers up to the first square above `enough`, however many threads there are.
    fn check(threads: usize, count: usize, enough: usize) {
        let items: Vec<usize> = (0..count).collect();
        let started = AtomicUsize::new(0);
        let mut squares = Vec::new();
        let work = |_: &mut (), index: usize, item: &usize| {
            assert_eq!(index, *item);
            started.fetch_add(1, Ordering::Relaxed);
            // Some take much longer than others.
            (0..(item % 7) * 1000).fold(item * item, |sum, n| std::hint::black_box(sum ^ n) ^ n)
        };
        let ended = in_order(
            threads,
            &items,
            || (),
            work,
            |square| {
                squares.push(square);
                if square > enough { ControlFlow::Break(square) } else { ControlFlow::Continue(()) }
            },
        );
        let expected: Vec<usize> = items.iter().map(|item| item * item).collect();
        let taken = expected.iter().position(|square| *square > enough).map_or(count, |place| place + 1);
        assert_eq!(squares, expected[..taken]);
        assert_eq!(ended.is_break(), expected[..taken].last().is_some_and(|square| *square > enough));
        assert!(started.into_inner() <= taken + threads * AHEAD, "too far ahead");
    }

    #[test]
    fn results_come_in_order_and_stop_early() {
        for threads in [0, 1, 2, 3, 8] {
            for count in [0, 1, 2, 50, 500] {
                for enough in [0, 100, usize::MAX] {
                    check(threads, count, enough);
                }
            }
        }
    }

    #[test]
    fn a_panic_ends_everything() {
        let panics = |_: &mut (), _: usize, item: &u32| assert_ne!(*item, 20, "a panic");
        let items: Vec<u32> = (0..100).collect();
        let caught = std::panic::catch_unwind(|| {
            in_order(3, &items, || (), panics, |()| ControlFlow::<()>::Continue(()))
        });
        assert!(caught.is_err());
    }
}
