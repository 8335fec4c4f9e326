//! How far the wall clock is believed. Retention is counted back from now, so a clock that jumps a year ahead would have
//! everything deleted. A clock that is further ahead than a leap since it was last believed is doubted: until it has
//! stayed there for some hours, nothing expires. What is believed is kept in `tail.db`, so that a restart does not help
//! a wrong clock.

use std::time::Instant;

use model::Timestamp;

use super::Storage;
use crate::limits::Limits;

/// The subject of the fault that tells of a doubtful clock.
const CLOCK: &str = "clock";

/// Until when the clock is believed.
#[derive(Debug)]
pub(super) struct Horizon {
    believed: Timestamp,
    doubted_since: Option<Instant>,
}

impl Horizon {
    /// Nothing was believed yet where that is 0: then the first look is.
    pub(super) fn new(believed: Timestamp) -> Self {
        Self { believed, doubted_since: None }
    }

    fn look(&mut self, clock: Timestamp, now: Instant, limits: &Limits) {
        let is_first = self.believed == Timestamp::from_nanos(0);
        let is_leap = !is_first && clock > self.believed.plus(limits.clock_leap);
        let since = is_leap.then(|| self.doubted_since.unwrap_or(now));
        let stayed = since.is_none_or(|since| now.duration_since(since) >= limits.clock_doubted);
        if stayed {
            self.believed = clock;
        }
        self.doubted_since = since.filter(|_| !stayed);
    }

    /// The instant that retention is counted back from.
    pub(super) fn as_of(&self, clock: Timestamp, limits: &Limits) -> Timestamp {
        match self.believed == Timestamp::from_nanos(0) {
            true => clock,
            false => clock.min(self.believed.plus(limits.clock_leap)),
        }
    }
}

impl Storage {
    /// Looks at the clock. Gives the instant that retention is counted back from.
    pub(super) fn look_at_clock(&mut self, now: Instant) -> Timestamp {
        let (clock, limits) = (self.shared.clock.now(), self.shared.limits);
        self.horizon.look(clock, now, &limits);
        let believed = self.horizon.believed;
        match self.horizon.doubted_since {
            Some(_) => {
                let hours = limits.clock_doubted.as_secs() / 3600;
                let message = format!(
                    "it says {clock}, long after {believed}, when it was last believed; no samples expire until it has stayed there for {hours} hours"
                );
                self.shared.faults.set(CLOCK, message);
            }
            None => self.shared.faults.clear(CLOCK),
        }
        if let Err(error) = self.tail.keep_believed(believed) {
            // A full disk does not take it, and to delete what has expired makes room.
            tracing::warn!("metrics/tail.db does not take until when the clock is believed: {error}");
        }
        self.horizon.as_of(clock, &limits)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_jumps_ahead_is_believed_once_it_stayed_there() {
        const HOUR: u64 = 3600;
        let limits = Limits::default();
        let start = Instant::now();
        let hours = |hours: i64| Timestamp::from_seconds(hours * HOUR as i64);
        let mut horizon = Horizon::new(hours(1));
        let mut check = |after_hours: u64, clock: i64, believed: i64| {
            horizon.look(hours(clock), start + Duration::from_secs(after_hours * HOUR), &limits);
            assert_eq!(horizon.believed, hours(believed), "{after_hours} {clock}");
            assert_eq!(horizon.as_of(hours(clock), &limits), hours(clock.min(believed + 24)));
        };
        check(20, 21, 21);
        // Off for most of a day, and set back.
        check(21, 44, 44);
        check(22, 30, 30);
        // A year ahead and back again: nothing happened, and the next jump is doubted from its own beginning.
        check(23, 8000, 30);
        check(28, 8005, 30);
        check(29, 31, 31);
        check(30, 8007, 31);
        check(35, 8012, 31);
        check(36, 8013, 8013);
    }

    #[test]
    fn the_first_look_is_believed() {
        let (limits, clock) = (Limits::default(), Timestamp::from_seconds(1_700_000_000));
        let mut horizon = Horizon::new(Timestamp::from_nanos(0));
        assert_eq!(horizon.as_of(clock, &limits), clock);
        horizon.look(clock, Instant::now(), &limits);
        assert_eq!(horizon.believed, clock);
    }
}
