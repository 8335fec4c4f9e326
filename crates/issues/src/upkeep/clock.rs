//! How far the wall clock is believed. Retention is counted back from now, so a clock that jumps a year ahead would have
//! everything deleted. A clock that is further ahead than a leap since it was last believed is doubted: until it has
//! stayed there for some hours, nothing expires. What is believed is kept, so that a restart does not help a wrong clock.

use std::time::Instant;

use rusqlite::Connection;

use crate::database;
use crate::life::millis;
use crate::limits::Limits;
use crate::work::Storage;

/// The subject of the fault that tells of a doubtful clock.
const CLOCK: &str = "clock";

/// The single value that tells until when the clock is believed.
const BELIEVED: &str = "believed_ms";

/// It is kept anew when it is so far from what was kept.
const KEPT_MS: i64 = 10 * 60_000;

/// Until when the clock is believed.
#[derive(Debug)]
pub(super) struct Horizon {
    /// 0: nothing was believed yet.
    believed_ms: i64,
    kept_ms: i64,
    doubted_since: Option<Instant>,
}

impl Horizon {
    pub(super) fn load(connection: &Connection) -> rusqlite::Result<Self> {
        let believed_ms = database::state(connection, BELIEVED)?;
        Ok(Self { believed_ms, kept_ms: believed_ms, doubted_since: None })
    }

    fn look(&mut self, clock_ms: i64, now: Instant, limits: &Limits) {
        let is_leap = self.believed_ms != 0 && clock_ms > self.believed_ms + millis(limits.clock_leap);
        let since = is_leap.then(|| self.doubted_since.unwrap_or(now));
        let stayed = since.is_none_or(|since| now.duration_since(since) >= limits.clock_doubted);
        if stayed {
            self.believed_ms = clock_ms;
        }
        self.doubted_since = since.filter(|_| !stayed);
    }

    /// The instant that retention is counted back from.
    fn as_of(&self, clock_ms: i64, limits: &Limits) -> i64 {
        match self.believed_ms {
            0 => clock_ms,
            believed_ms => clock_ms.min(believed_ms + millis(limits.clock_leap)),
        }
    }
}

impl Storage {
    /// Looks at the clock. Gives the instant that retention is counted back from.
    pub(super) fn look_at_clock(&mut self, now: Instant) -> i64 {
        let (clock, limits) = (self.shared.clock.now(), self.shared.limits);
        self.due.horizon.look(clock.millis(), now, &limits);
        let believed = self.due.horizon.believed_ms;
        match self.due.horizon.doubted_since {
            Some(_) => {
                let hours = limits.clock_doubted.as_secs() / 3600;
                let believed = model::Timestamp::from_millis(believed);
                let message = format!(
                    "it says {clock}, long after {believed}, when it was last believed; no events expire until it has stayed there for {hours} hours"
                );
                self.shared.faults.set(CLOCK, message);
            }
            None => self.shared.faults.clear(CLOCK),
        }
        if (believed - self.due.horizon.kept_ms).abs() >= KEPT_MS {
            match database::set_state(&self.connection, BELIEVED, believed) {
                Ok(()) => self.due.horizon.kept_ms = believed,
                // A full disk does not take it, and to delete what has expired makes room.
                Err(error) => {
                    tracing::warn!(
                        "issues/issues.db does not take until when the clock is believed: {error}"
                    );
                }
            }
        }
        self.due.horizon.as_of(clock.millis(), &limits)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_that_jumps_ahead_is_believed_once_it_stayed_there() {
        const HOUR_MS: i64 = 3_600_000;
        let (limits, start) = (Limits::default(), Instant::now());
        let mut horizon = Horizon { believed_ms: 0, kept_ms: 0, doubted_since: None };
        let mut check = |after_hours: u64, clock: i64, believed: i64| {
            horizon.look(clock * HOUR_MS, start + Duration::from_secs(after_hours * 3600), &limits);
            assert_eq!(horizon.believed_ms, believed * HOUR_MS, "{after_hours} {clock}");
            assert_eq!(horizon.as_of(clock * HOUR_MS, &limits), clock.min(believed + 24) * HOUR_MS);
        };
        check(0, 1000, 1000);
        check(20, 1020, 1020);
        // Off for most of a day, and set back.
        check(21, 1043, 1043);
        check(22, 1030, 1030);
        // A year ahead and back again: nothing happened, and the next jump is doubted from its own beginning.
        check(23, 9000, 1030);
        check(28, 9005, 1030);
        check(29, 1031, 1031);
        check(30, 9007, 1031);
        check(35, 9012, 1031);
        check(36, 9013, 9013);
    }
}
