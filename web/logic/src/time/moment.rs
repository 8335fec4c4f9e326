//! A moment as it is typed and as it stands in the address: `now-1h`, `now-1d/d`, `2026-11-22T02:00`, `02:07`,
//! or seconds, milliseconds or nanoseconds since the epoch.

use std::fmt;

use api::Millis;

use super::zone::{Clock, Zone, from_local, to_local};
use super::{Civil, DAY, HOUR, MINUTE, SECOND, text};

/// A moment, fixed or moving with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Fixed.
    At(Millis),
    /// So long before now, perhaps rounded to a unit of the calendar.
    Ago {
        /// How long before now.
        millis: i64,
        /// A beginning of a range goes down to the unit's first instant, an end up to its last.
        round: Option<Unit>,
    },
}

/// What a moment can be rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `m`
    Minute,
    /// `h`
    Hour,
    /// `d`
    Day,
    /// `w`, beginning on Monday.
    Week,
    /// `M`
    Month,
    /// `y`
    Year,
}

/// Why a text is no moment or no range; says what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeFault(pub String);

impl fmt::Display for TimeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const UNITS: [(char, Unit); 6] = [
    ('m', Unit::Minute),
    ('h', Unit::Hour),
    ('d', Unit::Day),
    ('w', Unit::Week),
    ('M', Unit::Month),
    ('y', Unit::Year),
];

/// No moment lies further back than this: two hundred years.
const AGO_MAX: i64 = 200 * 365 * DAY;

impl Moment {
    /// This very moment.
    pub const NOW: Self = Self::Ago { millis: 0, round: None };

    /// So long before now.
    pub const fn ago(millis: i64) -> Self {
        Self::Ago { millis, round: None }
    }

    /// Reads what a person types.
    pub fn parse(text: &str, clock: Clock<'_>) -> Result<Self, TimeFault> {
        let text = text.trim();
        relative(text)
            .or_else(|| epoch(text))
            .or_else(|| calendar(text, clock))
            .or_else(|| time_today(text, clock))
            .ok_or_else(|| {
                TimeFault(format!(
                    "`{text}` is no time; write 15m, now-1d/d, 02:07, 2026-11-22T02:07 or seconds since 1970"
                ))
            })
    }

    /// Reads what [`Moment`]'s `Display` wrote into an address.
    pub fn from_address(text: &str) -> Option<Self> {
        Self::parse(text, Clock { now: 0, zone: &super::Utc }).ok()
    }

    /// The instant, as the beginning of a range.
    pub fn start(self, clock: Clock<'_>) -> Millis {
        match self {
            Self::At(at) => at,
            Self::Ago { millis, round: None } => clock.now - millis,
            Self::Ago { millis, round: Some(unit) } => unit.floor(clock.now - millis, clock.zone),
        }
    }

    /// The instant, as the end of a range: the first one that no longer counts.
    pub fn end(self, clock: Clock<'_>) -> Millis {
        match self {
            Self::Ago { millis, round: Some(unit) } => unit.ceiling(clock.now - millis, clock.zone),
            other => other.start(clock),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (millis, round) = match self {
            Self::At(at) => return f.write_str(&text::iso(*at)),
            Self::Ago { millis, round } => (*millis, *round),
        };
        f.write_str("now")?;
        if millis != 0 {
            write!(f, "-{}", duration_text(millis))?;
        }
        match UNITS.iter().find(|(_, unit)| Some(*unit) == round) {
            Some((letter, _)) => write!(f, "/{letter}"),
            None => Ok(()),
        }
    }
}

impl Unit {
    fn floor(self, at: Millis, zone: &dyn Zone) -> Millis {
        let local = to_local(at, zone);
        let civil = Civil::from_millis(local);
        let day = Civil { hour: 0, minute: 0, second: 0, milli: 0, ..civil };
        let start = match self {
            Self::Minute => local - local.rem_euclid(MINUTE),
            Self::Hour => local - local.rem_euclid(HOUR),
            Self::Day => day.to_millis(),
            Self::Week => day.to_millis() - i64::from(day.weekday()) * DAY,
            Self::Month => Civil { day: 1, ..day }.to_millis(),
            Self::Year => Civil { month: 1, day: 1, ..day }.to_millis(),
        };
        // Going through the wall clock would jump within an hour that happens twice.
        if matches!(self, Self::Minute | Self::Hour) { at - (local - start) } else { from_local(start, zone) }
    }

    fn ceiling(self, at: Millis, zone: &dyn Zone) -> Millis {
        let inside_next = match self {
            Self::Minute => at + MINUTE,
            Self::Hour => at + HOUR,
            // A day has 23 to 25 hours, so that the middle of the next one is reached from its beginning.
            Self::Day => self.floor(at, zone) + 36 * HOUR,
            Self::Week => self.floor(at, zone) + 10 * DAY,
            Self::Month => self.floor(at, zone) + 45 * DAY,
            Self::Year => self.floor(at, zone) + 400 * DAY,
        };
        self.floor(inside_next, zone)
    }
}

/// Reads `1h30m`; at least one number with a unit.
pub(super) fn duration(text: &str) -> Option<i64> {
    let mut rest = text;
    let mut total = 0_i64;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let amount: i64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let (unit, length) = unit_of(rest)?;
        total = total.checked_add(amount.checked_mul(unit)?)?;
        rest = &rest[length..];
    }
    (!text.is_empty() && total <= AGO_MAX).then_some(total)
}

fn unit_of(text: &str) -> Option<(i64, usize)> {
    const LENGTHS: [(&str, i64); 8] = [
        ("ms", 1),
        ("s", SECOND),
        ("m", MINUTE),
        ("h", HOUR),
        ("d", DAY),
        ("w", 7 * DAY),
        ("M", 30 * DAY),
        ("y", 365 * DAY),
    ];
    LENGTHS.iter().find(|(name, _)| text.starts_with(name)).map(|(name, millis)| (*millis, name.len()))
}

fn duration_text(mut millis: i64) -> String {
    let mut text = String::new();
    for (name, unit) in [("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", SECOND), ("ms", 1)] {
        if millis >= unit {
            text.push_str(&format!("{}{name}", millis / unit));
            millis %= unit;
        }
    }
    text
}

fn relative(text: &str) -> Option<Moment> {
    let rest = text.strip_prefix("now")?;
    let (rest, round) = match rest.split_once('/') {
        None => (rest, None),
        Some((rest, letter)) => {
            let unit = UNITS.iter().find(|(name, _)| letter.chars().eq([*name]))?.1;
            (rest, Some(unit))
        }
    };
    let millis = if rest.is_empty() { 0 } else { duration(rest.strip_prefix('-')?)? };
    Some(Moment::Ago { millis, round })
}

fn epoch(text: &str) -> Option<Moment> {
    let plain = (9..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let number: i64 = if plain { text.parse().ok()? } else { return None };
    Some(Moment::At(match text.len() {
        9..=11 => number * 1_000,
        12..=14 => number,
        15..=16 => number / 1_000,
        _ => number / 1_000_000,
    }))
}

/// `2026-11-22`, `2026-11-22T02:07`, `2026-11-22 02:07:13.123+01:00`; without an offset in the clock's zone.
fn calendar(text: &str, clock: Clock<'_>) -> Option<Moment> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, time.trim()),
        None => (text, "00:00"),
    };
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    if parts.next().is_some() {
        return None;
    }
    let (time, offset) = split_offset(time)?;
    let civil = Civil { year, month: month as u8, day: day as u8, ..time_of_day(time)? };
    if !civil.is_valid() {
        return None;
    }
    Some(Moment::At(match offset {
        Some(minutes) => civil.to_millis() - minutes * MINUTE,
        None => from_local(civil.to_millis(), clock.zone),
    }))
}

fn split_offset(time: &str) -> Option<(&str, Option<i64>)> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some((time, Some(0)));
    }
    let Some(at) = time.find(['+', '-']) else { return Some((time, None)) };
    let (hours, minutes) = match time[at + 1..].split_once(':') {
        Some((hours, minutes)) => (digits(hours, 2)?, digits(minutes, 2)?),
        None => (digits(&time[at + 1..], 2)?, 0),
    };
    let sign = if time.as_bytes()[at] == b'-' { -1 } else { 1 };
    (hours < 24 && minutes < 60).then_some((&time[..at], Some(sign * (hours * 60 + minutes))))
}

/// `02:07`, the last time the clock showed it.
fn time_today(text: &str, clock: Clock<'_>) -> Option<Moment> {
    let time = time_of_day(text)?;
    let today = Civil::from_millis(to_local(clock.now, clock.zone));
    let at = |civil: Civil| {
        from_local(
            Civil { year: civil.year, month: civil.month, day: civil.day, ..time }.to_millis(),
            clock.zone,
        )
    };
    let moment = at(today);
    if moment <= clock.now {
        return Some(Moment::At(moment));
    }
    Some(Moment::At(at(Civil::from_millis(today.to_millis() - DAY))))
}

fn time_of_day(text: &str) -> Option<Civil> {
    let (text, milli) = match text.split_once(['.', ',']) {
        Some((text, fraction)) => (text, fraction_millis(fraction)?),
        None => (text, 0),
    };
    let mut parts = text.split(':');
    let hour = digits(parts.next()?, 2)?;
    let minute = digits(parts.next()?, 2)?;
    let second = parts.next().map_or(Some(0), |part| digits(part, 2))?;
    let valid = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    valid.then_some(Civil {
        year: 1970,
        month: 1,
        day: 1,
        hour: hour as u8,
        minute: minute as u8,
        second: second as u8,
        milli,
    })
}

fn fraction_millis(text: &str) -> Option<u16> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| format!("{text:0<3}")[..3].parse().ok())?
}

fn digits(text: &str, length: usize) -> Option<i64> {
    let plain = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}
