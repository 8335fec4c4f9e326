//! Where an axis is marked, and with what.

use api::Millis;

use crate::time::{self, Clock, DAY, HOUR, MINUTE, SECOND, to_local};

/// A mark on a time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeTick {
    /// Where.
    pub at: Millis,
    /// `02:15`, at midnight `22 Nov`.
    pub label: String,
}

const STEPS: [i64; 19] = [
    10,
    100,
    SECOND,
    5 * SECOND,
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    30 * DAY,
];

/// At most `count_max` marks at round times of the wall clock.
pub fn time_ticks(start: Millis, end: Millis, count_max: usize, clock: Clock<'_>) -> Vec<TimeTick> {
    let per_tick = (end - start) / (count_max.max(1) as i64);
    let step = STEPS.into_iter().find(|step| *step > per_tick).unwrap_or(per_tick.max(1));
    let ahead = to_local(start, clock.zone) - start;
    let mut at = (start + ahead).div_euclid(step) * step - ahead;
    let mut ticks = Vec::new();
    while at < end && ticks.len() <= count_max {
        if at >= start {
            ticks.push(TimeTick { at, label: label(at, step, clock) });
        }
        at += step;
    }
    ticks
}

fn label(at: Millis, step: i64, clock: Clock<'_>) -> String {
    let midnight = to_local(at, clock.zone).rem_euclid(DAY) == 0;
    if midnight && step >= MINUTE || step >= DAY {
        return time::day(at, clock.zone);
    }
    let time = time::time_of_day(at, clock.zone, step < MINUTE);
    if step < SECOND { format!("{time}.{:03}", at.rem_euclid(SECOND)) } else { time }
}

/// The round number at or above a value: one digit, or one and a half, with zeros behind it.
pub fn round_up(value: u64) -> u64 {
    let mut decade: u64 = 1;
    while value / decade >= 10 {
        decade *= 10;
    }
    // In halves: 1, 1.5, 2, 3 … 10.
    let halves = [2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20];
    let round = |half: u64| u64::try_from(u128::from(decade) * u128::from(half) / 2).unwrap_or(u64::MAX);
    halves.into_iter().map(round).find(|round| *round >= value).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Moment, Range, Zone};

    /// Half an hour beside the hour, as in India.
    struct India;
    impl Zone for India {
        fn ahead_minutes(&self, _at: Millis) -> i32 {
            330
        }
    }

    #[test]
    fn ticks_stand_at_round_times() {
        let check = |range: &str, count_max: usize, labels: &[&str]| {
            let clock = Clock { now: 0, zone: &India };
            let range = Range::parse(range, clock).unwrap().resolve(clock);
            let ticks = time_ticks(range.start, range.end, count_max, clock);
            assert_eq!(ticks.iter().map(|tick| tick.label.as_str()).collect::<Vec<_>>(), labels);
        };
        check("2026-11-22T10:00 to 2026-11-22T11:00", 6, &["10:00", "10:15", "10:30", "10:45"]);
        check("2026-11-22T10:07:03 to 2026-11-22T10:07:33", 4, &["10:07:10", "10:07:20", "10:07:30"]);
        check("2026-11-22T20:00 to 2026-11-23T04:00", 5, &["21:00", "23 Nov", "03:00"]);
        check("2026-11-20 to 2026-11-24", 5, &["20 Nov", "21 Nov", "22 Nov", "23 Nov"]);
        check("2026-11-22T10:00:00.050 to 2026-11-22T10:00:00.300", 4, &["10:00:00.100", "10:00:00.200"]);
    }

    #[test]
    fn ticks_are_never_too_many() {
        for length in [1, 10, 999, 59_999, HOUR, 40 * DAY, 4_000 * DAY] {
            let start =
                Moment::from_address("2026-11-22T10:00Z").unwrap().start(Clock { now: 0, zone: &India });
            for count_max in [0, 1, 7] {
                let clock = Clock { now: 0, zone: &India };
                assert!(time_ticks(start, start + length, count_max, clock).len() <= count_max + 1);
            }
        }
    }

    #[test]
    fn values_are_rounded_up() {
        for (value, round) in [
            (0, 1),
            (1, 1),
            (3, 3),
            (11, 15),
            (16, 20),
            (51, 60),
            (91, 100),
            (1_001, 1_500),
            (u64::MAX, u64::MAX),
        ] {
            assert_eq!(round_up(value), round);
        }
    }
}
