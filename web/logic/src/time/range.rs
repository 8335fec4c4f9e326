//! A range of time: typed, chosen, moved, zoomed, frozen.

use api::{Millis, Nanos};

use super::moment::{Moment, TimeFault, Unit, duration};
use super::zone::Clock;
use super::{DAY, HOUR, MINUTE, NANOS_PER_MILLI, SECOND};

/// A beginning and an end, each fixed or moving with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub from: Moment,
    /// Where it ends.
    pub to: Moment,
}

impl Default for Range {
    fn default() -> Self {
        Self::last(HOUR)
    }
}

/// A range with both ends known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// The first instant.
    pub start: Millis,
    /// The first instant that no longer counts.
    pub end: Millis,
}

/// The ranges to choose from, with their words.
pub const PRESETS: [(&str, Range); 13] = [
    ("Last 5 minutes", Range::last(5 * MINUTE)),
    ("Last 15 minutes", Range::last(15 * MINUTE)),
    ("Last 30 minutes", Range::last(30 * MINUTE)),
    ("Last 1 hour", Range::last(HOUR)),
    ("Last 3 hours", Range::last(3 * HOUR)),
    ("Last 6 hours", Range::last(6 * HOUR)),
    ("Last 12 hours", Range::last(12 * HOUR)),
    ("Last 24 hours", Range::last(DAY)),
    ("Last 7 days", Range::last(7 * DAY)),
    ("Last 14 days", Range::last(14 * DAY)),
    ("Last 30 days", Range::last(30 * DAY)),
    ("Today", Range { from: whole(0), to: Moment::NOW }),
    ("Yesterday", Range { from: whole(DAY), to: whole(DAY) }),
];

const fn whole(millis: i64) -> Moment {
    Moment::Ago { millis, round: Some(Unit::Day) }
}

/// Nothing shorter can be zoomed into.
const LENGTH_MIN: i64 = 10;

impl Range {
    /// From so long ago until now.
    pub const fn last(millis: i64) -> Self {
        Self { from: Moment::ago(millis), to: Moment::NOW }
    }

    /// Between two instants.
    pub const fn between(start: Millis, end: Millis) -> Self {
        Self { from: Moment::At(start), to: Moment::At(end) }
    }

    /// Reads what a person types: `15m`, `now-1d/d`, `02:00-02:30`, `2026-11-22 02:00 to 03:00`, `today`.
    /// A single moment means from then until now.
    pub fn parse(text: &str, clock: Clock<'_>) -> Result<Self, TimeFault> {
        let text = text.trim();
        if let Some((_, range)) = PRESETS.iter().find(|(words, _)| words.eq_ignore_ascii_case(text)) {
            return Ok(*range);
        }
        if let Some(millis) = duration(text).filter(|millis| *millis > 0) {
            return Ok(Self::last(millis));
        }
        let range = match split(text, clock) {
            Some((from, to)) => {
                Self { from: Moment::parse(from, clock)?, to: end_on_day_of(from, to, clock)? }
            }
            None => Self { from: Moment::parse(text, clock)?, to: Moment::NOW },
        };
        let resolved = range.resolve(clock);
        if resolved.end <= resolved.start {
            return Err(TimeFault(
                "the range ends before it begins; write the earlier time first".to_owned(),
            ));
        }
        Ok(range)
    }

    /// Both ends, at a time.
    pub fn resolve(self, clock: Clock<'_>) -> Resolved {
        Resolved { start: self.from.start(clock), end: self.to.end(clock) }
    }

    /// Whether it moves with the clock.
    pub fn is_relative(self) -> bool {
        matches!(self.from, Moment::Ago { .. }) || matches!(self.to, Moment::Ago { .. })
    }
}

impl Resolved {
    /// How long it is.
    pub fn millis(self) -> i64 {
        self.end - self.start
    }

    /// Fixed, so that a link to it shows the same tomorrow.
    pub fn frozen(self) -> Range {
        Range::between(self.start, self.end)
    }

    /// Half its length earlier or later.
    pub fn shifted(self, later: bool) -> Range {
        let half = (self.millis() / 2).max(1);
        let by = if later { half } else { -half };
        Range::between(self.start + by, self.end + by)
    }

    /// Twice as long around the same middle, but not beyond now.
    pub fn zoomed_out(self, now: Millis) -> Range {
        let half = (self.millis() / 2).max(SECOND / 2);
        let end = (self.end + half).min(now.max(self.end));
        Range::between(end - 4 * half, end)
    }

    /// The part between two instants, in any order; at least ten milliseconds.
    pub fn zoomed(self, one: Millis, other: Millis) -> Range {
        let start = one.min(other).clamp(self.start, (self.end - LENGTH_MIN).max(self.start));
        let end = one.max(other).clamp(start + LENGTH_MIN, self.end.max(start + LENGTH_MIN));
        Range::between(start, end)
    }

    /// The first nanosecond and the first that no longer counts.
    pub fn nanos(self) -> (Nanos, Nanos) {
        (self.start.saturating_mul(NANOS_PER_MILLI), self.end.saturating_mul(NANOS_PER_MILLI))
    }
}

/// The two halves of a range, where a separator leaves a moment on both sides: `a to b`, `a .. b`, `a – b`,
/// `a - b`, and `02:00-02:30`.
fn split<'a>(text: &'a str, clock: Clock<'_>) -> Option<(&'a str, &'a str)> {
    for separator in [" to ", "..", "–", " - "] {
        if let Some((from, to)) = text.split_once(separator) {
            return Some((from.trim(), to.trim()));
        }
    }
    let (from, to) = text.rsplit_once('-')?;
    let times = Moment::parse(from, clock).is_ok() && to.contains(':') && Moment::parse(to, clock).is_ok();
    // `2026-11-22T02:00-01:00` is one moment with an offset.
    let one_moment = from.contains('T') && Moment::parse(text, clock).is_ok();
    (times && !one_moment).then_some((from.trim(), to.trim()))
}

/// The end of a range: a bare time of day belongs to the day of the range's beginning, or to the day after.
fn end_on_day_of(from: &str, to: &str, clock: Clock<'_>) -> Result<Moment, TimeFault> {
    let end = Moment::parse(to, clock)?;
    let bare_time = to.contains(':') && !to.contains(['T', ' ']) && !to.starts_with("now");
    let start = Moment::parse(from, clock)?.start(clock);
    let Moment::At(mut at) = end else { return Ok(end) };
    if !bare_time {
        return Ok(end);
    }
    while at <= start {
        at += DAY;
    }
    while at - start > DAY {
        at -= DAY;
    }
    Ok(Moment::At(at))
}
