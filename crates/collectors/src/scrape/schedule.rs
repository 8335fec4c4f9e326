//! When a target is scraped. Samples carry the instants of the schedule, not those at which the machine found time: equal
//! distances pack well and make rates even.

use std::time::Duration;

use model::Timestamp;

/// The instants of a target's scrapes: the first at once, then a whole number of intervals after an instant that is the
/// target's own, so that targets of one interval are spread over it, and a restart goes on with the same instants.
#[derive(Debug)]
pub(crate) struct Schedule {
    next: Timestamp,
    interval: Duration,
    /// Tells targets apart.
    seed: u64,
}

impl Schedule {
    /// The first scrape is at once.
    pub(crate) fn new(now: Timestamp, interval: Duration) -> Self {
        Self::spread(now, interval, 0)
    }

    /// The same, with instants that `seed` chooses.
    pub(crate) fn spread(now: Timestamp, interval: Duration, seed: u64) -> Self {
        Self { next: Timestamp::from_millis(now.millis()), interval, seed }
    }

    /// How long to wait for the next scrape.
    pub(crate) fn wait(&self, now: Timestamp) -> Duration {
        self.next.since(now).min(self.interval * 2)
    }

    /// From now on so often.
    pub(crate) fn set_interval(&mut self, interval: Duration) {
        if interval != self.interval {
            self.interval = interval;
            self.next = self.after(self.next);
        }
    }

    /// The instant of the scrape that begins now, and on to the next. Where the clock was set, or the machine slept, the
    /// schedule begins anew.
    pub(crate) fn begin(&mut self, now: Timestamp) -> Timestamp {
        let late = now.since(self.next).max(self.next.since(now));
        let at = if late > self.interval / 10 { Timestamp::from_millis(now.millis()) } else { self.next };
        self.next = self.after(at);
        at
    }

    /// The first of the target's own instants that is not too soon after `at`.
    fn after(&self, at: Timestamp) -> Timestamp {
        let interval = i64::try_from(self.interval.as_millis()).unwrap_or(i64::MAX).max(1);
        let offset = i64::try_from(self.seed % interval.unsigned_abs()).unwrap_or_default();
        let earliest = at.millis() + (interval / 4).max(1);
        let ahead = (offset - earliest).rem_euclid(interval);
        Timestamp::from_millis(earliest + ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_even_unless_the_clock_jumps() {
        let at = |millis| Timestamp::from_millis(millis);
        // The target's own instants are 7 s after each whole ten.
        let mut schedule = Schedule::spread(at(1_000_000), Duration::from_secs(10), 7_000);
        assert_eq!(schedule.wait(at(1_000_000)), Duration::ZERO);
        assert_eq!(schedule.begin(at(1_000_003)), at(1_000_000));
        assert_eq!(schedule.wait(at(1_000_500)), Duration::from_millis(6_500));
        assert_eq!(schedule.begin(at(1_007_900)), at(1_007_000));
        assert_eq!(schedule.begin(at(1_017_001)), at(1_017_000));
        // An hour was slept through.
        assert_eq!(schedule.begin(at(4_610_000)), at(4_610_000));
        assert_eq!(schedule.begin(at(4_617_000)), at(4_617_000));
        // The clock was set back.
        assert_eq!(schedule.wait(at(10_000)), Duration::from_secs(20));
        assert_eq!(schedule.begin(at(20_000)), at(20_000));
        assert_eq!(schedule.begin(at(27_000)), at(27_000));
    }

    #[test]
    fn no_two_instants_are_too_near_or_too_far() {
        for seed in [0, 1, 7_000, u64::MAX] {
            for start in [0, 123_456, 999_999_999] {
                let mut schedule =
                    Schedule::spread(Timestamp::from_millis(start), Duration::from_secs(15), seed);
                let first = schedule.begin(Timestamp::from_millis(start));
                let second = schedule.begin(first.plus(schedule.wait(first)));
                let third = schedule.begin(second.plus(schedule.wait(second)));
                let gap = second.since(first).as_millis();
                assert!((3_750..18_750).contains(&gap), "{seed} {start}: {gap}");
                assert_eq!(third.since(second), Duration::from_secs(15));
            }
        }
    }
}
