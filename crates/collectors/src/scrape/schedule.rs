//! When a target is scraped. Samples carry the instants of the schedule, not those at which the machine found time: equal
//! distances pack well and make rates even.

use std::time::Duration;

use model::Timestamp;

/// The instants of a target's scrapes.
#[derive(Debug)]
pub(super) struct Schedule {
    next: Timestamp,
    interval: Duration,
}

impl Schedule {
    /// The first scrape is at once.
    pub(super) fn new(now: Timestamp, interval: Duration) -> Self {
        Self { next: Timestamp::from_millis(now.millis()), interval }
    }

    /// How long to wait for the next scrape.
    pub(super) fn wait(&self, now: Timestamp) -> Duration {
        self.next.since(now).min(self.interval)
    }

    /// The instant of the scrape that begins now, and on to the next. Where the clock was set, or the machine slept, the
    /// schedule begins anew.
    pub(super) fn begin(&mut self, now: Timestamp) -> Timestamp {
        let late = now.since(self.next).max(self.next.since(now));
        if late > self.interval / 10 {
            self.next = Timestamp::from_millis(now.millis());
        }
        let at = self.next;
        self.next = at.plus(self.interval);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_even_unless_the_clock_jumps() {
        let at = |millis| Timestamp::from_millis(millis);
        let mut schedule = Schedule::new(at(1_000_000), Duration::from_secs(10));
        assert_eq!(schedule.wait(at(1_000_000)), Duration::ZERO);
        assert_eq!(schedule.begin(at(1_000_003)), at(1_000_000));
        assert_eq!(schedule.wait(at(1_000_500)), Duration::from_millis(9_500));
        assert_eq!(schedule.begin(at(1_010_900)), at(1_010_000));
        // An hour was slept through.
        assert_eq!(schedule.begin(at(4_610_000)), at(4_610_000));
        // The clock was set back.
        assert_eq!(schedule.wait(at(10_000)), Duration::from_secs(10));
        assert_eq!(schedule.begin(at(20_000)), at(20_000));
    }
}
