//! Notices when the machine's clock steps back.
//!
//! An engine asked for lines since a time leaves out older ones even while following (20.10 does). After a
//! step back all new lines are older for a while, so the logs must be opened again from an earlier time.

use std::time::{Duration, SystemTime};

use model::Timestamp;
use tokio::sync::watch;
use tokio::time::Instant;

/// How often to look.
pub(crate) const PERIOD: Duration = Duration::from_secs(1);
/// A smaller step is covered by the margin with which logs are opened.
const TOLERANCE: Duration = Duration::from_secs(1);

/// Compares the wall clock with the monotonic one.
#[derive(Debug)]
pub(crate) struct Clock {
    wall: Timestamp,
    monotonic: Instant,
    steps: watch::Sender<Option<Timestamp>>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { wall: SystemTime::now().into(), monotonic: Instant::now(), steps: watch::Sender::new(None) }
    }

    /// Changes at every step back; the value is a time not later than the clock showed right after it.
    pub(crate) fn steps(&self) -> watch::Receiver<Option<Timestamp>> {
        self.steps.subscribe()
    }

    /// Looks at both clocks.
    pub(crate) fn look(&mut self) {
        self.compare(SystemTime::now().into(), Instant::now());
    }

    fn compare(&mut self, wall: Timestamp, monotonic: Instant) {
        let passed = monotonic.saturating_duration_since(self.monotonic);
        let expected = self.wall.plus(passed);
        if expected.since(wall) > TOLERANCE {
            let stepped_to = wall.minus(passed);
            tracing::warn!(back_seconds = expected.since(wall).as_secs(), "the clock stepped back");
            self.steps.send_replace(Some(stepped_to));
        }
        (self.wall, self.monotonic) = (wall, monotonic);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_back_counts() {
        let check = |wall_ms: i64, passed_ms: u64, stepped_to_ms: Option<i64>| {
            let mut clock = Clock::new();
            clock.wall = Timestamp::from_millis(100_000);
            let steps = clock.steps();
            clock
                .compare(Timestamp::from_millis(wall_ms), clock.monotonic + Duration::from_millis(passed_ms));
            assert_eq!(steps.borrow().map(Timestamp::millis), stepped_to_ms, "{wall_ms} after {passed_ms}");
        };
        check(101_000, 1000, None);
        check(100_500, 1000, None);
        check(500_000, 1000, None);
        check(160_000, 60_000, None);
        check(98_000, 1000, Some(97_000));
        check(1000, 1000, Some(0));
    }
}
