//! Waiting for a condition instead of sleeping for a while. Limits are generous: a loaded machine must not fail
//! a test, and a test that passes never waits for its limit.

use std::thread;
use std::time::{Duration, Instant};

/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long anything may take that should take a second or two.
const LIMIT: Duration = Duration::from_secs(60);

/// Waits until `look` finds something; ends the test with `what` if it does not within a minute.
pub(crate) fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until(what, LIMIT, look)
}

/// Waits until `look` finds something; ends the test with `what` if it does not within `limit`.
pub(crate) fn until<T>(what: &str, limit: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < limit, "not within {limit:?}: {what}");
        thread::sleep(LOOK_EVERY);
    }
}
