//! How far the wall clock is believed. Retention is counted back from now, so a clock that jumps a year ahead
//! would have all logs deleted. A clock that is further ahead than a leap since it was last believed is doubted:
//! until it has stayed there for some hours, nothing expires. What is believed is kept in `tail.db`, so that a
//! restart does not help a wrong clock.

use std::time::Instant;

use model::Timestamp;

use crate::limits::Limits;

/// Until when the clock is believed.
#[derive(Debug)]
pub(super) struct Horizon {
    believed: Timestamp,
    doubted_since: Option<Instant>,
}

impl Horizon {
    pub(super) fn new(believed: Timestamp) -> Self {
        Self { believed, doubted_since: None }
    }

    /// Looks at the clock. Tells what is believed of it.
    pub(super) fn look(&mut self, clock: Timestamp, now: Instant, limits: &Limits) -> Timestamp {
        let is_leap = clock > self.believed.plus(limits.clock_leap);
        let since = is_leap.then(|| self.doubted_since.unwrap_or(now));
        let stayed = since.is_none_or(|since| now.duration_since(since) >= limits.clock_doubted);
        if stayed {
            self.believed = clock;
        }
        self.doubted_since = since.filter(|_| !stayed);
        self.believed
    }

    pub(super) fn is_in_doubt(&self) -> bool {
        self.doubted_since.is_some()
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
        let mut horizon = Horizon::new(Timestamp::from_seconds(0));
        let mut check = |after_hours: u64, clock_hours: i64, believed_hours: i64| {
            let clock = Timestamp::from_seconds(clock_hours * HOUR as i64);
            let believed = horizon.look(clock, start + Duration::from_secs(after_hours * HOUR), &limits);
            assert_eq!(believed.seconds() / HOUR as i64, believed_hours, "{after_hours} {clock_hours}");
        };
        check(0, 1, 1);
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
        check(37, 8014, 8014);
    }
}
