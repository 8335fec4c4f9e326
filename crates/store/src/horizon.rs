//! How far the wall clock is believed. Retention is counted back from now, so a clock that jumps a year ahead would have
//! everything deleted. A clock that is further ahead than a leap since it was last believed is doubted: until it has
//! stayed there for some hours, nothing expires. A store keeps what is believed on disk, so that a restart does not help a
//! wrong clock.

use std::time::{Duration, Instant};

use model::Timestamp;

/// When a clock is doubted.
#[derive(Clone, Copy, Debug)]
pub struct Doubt {
    /// Further ahead than this since it was last believed.
    pub leap: Duration,
    /// So long it has to stay there until it is believed.
    pub stays: Duration,
}

/// Until when the clock is believed.
#[derive(Debug)]
pub struct Horizon {
    doubt: Doubt,
    /// `None`: nothing was looked at yet, and the first look is believed.
    believed: Option<Timestamp>,
    doubted_since: Option<Instant>,
}

impl Horizon {
    /// With what was believed last, if that is known.
    pub fn new(doubt: Doubt, believed: Option<Timestamp>) -> Self {
        Self { doubt, believed, doubted_since: None }
    }

    /// Looks at the clock. Tells what is believed of it.
    pub fn look(&mut self, clock: Timestamp, now: Instant) -> Timestamp {
        let before = self.believed.unwrap_or(clock);
        let is_leap = clock > before.plus(self.doubt.leap);
        let since = is_leap.then(|| self.doubted_since.unwrap_or(now));
        let stayed = since.is_none_or(|since| now.duration_since(since) >= self.doubt.stays);
        let believed = if stayed { clock } else { before };
        self.believed = Some(believed);
        self.doubted_since = since.filter(|_| !stayed);
        believed
    }

    /// Nothing later than this is believed of the clock.
    pub fn latest(&self) -> Timestamp {
        self.believed.map_or(Timestamp::MAX, |believed| believed.plus(self.doubt.leap))
    }

    /// The instant that retention is counted back from.
    pub fn as_of(&self, clock: Timestamp) -> Timestamp {
        clock.min(self.latest())
    }

    /// What is wrong with the clock, if it is in doubt. `what` does not expire meanwhile: `logs`, `samples`.
    pub fn problem(&self, clock: Timestamp, what: &str) -> Option<String> {
        let believed = self.believed.filter(|_| self.doubted_since.is_some())?;
        let hours = self.doubt.stays.as_secs() / 3600;
        Some(format!(
            "it says {clock}, long after {believed}, when it was last believed; no {what} expire until it has stayed there for {hours} hours"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: u64 = 3600;
    const DOUBT: Doubt = Doubt { leap: Duration::from_secs(24 * HOUR), stays: Duration::from_secs(6 * HOUR) };

    fn hours(hours: i64) -> Timestamp {
        Timestamp::from_seconds(hours * HOUR as i64)
    }

    #[test]
    fn a_clock_that_jumps_ahead_is_believed_once_it_stayed_there() {
        let start = Instant::now();
        let mut horizon = Horizon::new(DOUBT, Some(hours(1)));
        let mut check = |after_hours: u64, clock: i64, believed: i64| {
            let found = horizon.look(hours(clock), start + Duration::from_secs(after_hours * HOUR));
            assert_eq!(found, hours(believed), "{after_hours} {clock}");
            assert_eq!(horizon.as_of(hours(clock)), hours(clock.min(believed + 24)));
            assert_eq!(horizon.problem(hours(clock), "logs").is_some(), clock > believed);
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

    #[test]
    fn the_first_look_is_believed() {
        let mut horizon = Horizon::new(DOUBT, None);
        assert_eq!(horizon.as_of(hours(9000)), hours(9000));
        assert_eq!(horizon.look(hours(9000), Instant::now()), hours(9000));
        assert_eq!(horizon.problem(hours(9000), "logs"), None);
    }
}
