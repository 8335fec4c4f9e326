//! When a message is tried again.

use std::time::Duration;

const WAIT_FIRST: Duration = Duration::from_secs(1);
const WAIT_MAX: Duration = Duration::from_secs(300);
/// Not even the first of several tries follows at once.
const WAIT_MIN: Duration = Duration::from_millis(200);

/// Nobody is told what is a day old.
pub(crate) const GIVE_UP_MS: i64 = 86_400_000;

/// How long to wait after so many tries: a random part of a time that doubles from a second to five minutes, so that many who
/// wait do not come back together; never less than the other side asks. `chance` is from 0 to 1.
pub(crate) fn wait(tries: u32, after: Option<Duration>, chance: f64) -> Duration {
    let doubled = WAIT_FIRST.saturating_mul(1 << tries.clamp(1, 16).saturating_sub(1)).min(WAIT_MAX);
    let jittered = doubled.mul_f64(chance.clamp(0.0, 1.0)).max(WAIT_MIN);
    match after {
        // Whoever was told the same time to wait should not come back at the same instant either.
        Some(after) => after.max(WAIT_MIN) + jittered.min(Duration::from_secs(1)),
        None => jittered,
    }
}

/// A number from 0 to 1 that nobody can guess.
pub(crate) fn chance() -> f64 {
    let mut bytes = [0; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}
