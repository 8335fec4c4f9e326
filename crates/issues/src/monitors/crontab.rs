//! Five fields of cron: minute, hour, day of the month, month, day of the week.

use jiff::Timestamp;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Further than this it is not looked: the 29th of February may be eight years away.
const DAYS_MAX: i32 = 9 * 366;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// When a job runs. Bit `n` of each field says whether `n` is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Crontab {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// If both days are limited, either is enough.
    either_day: bool,
}

/// Why a text is no crontab.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CrontabError {
    #[error("`{0}` is no crontab: write five fields, such as `*/10 * * * *`")]
    Fields(String),
    #[error(
        "`{field}` is no {what}: write numbers from {first} to {last}, such as `{first}`, `{first}-{last}`, `*/2`"
    )]
    Field { field: String, what: &'static str, first: u8, last: u8 },
}

struct Kind {
    what: &'static str,
    first: u8,
    last: u8,
    names: &'static [&'static str],
    /// The number of the first name.
    named_from: u8,
}

const MINUTE: Kind = Kind { what: "minute", first: 0, last: 59, names: &[], named_from: 0 };
const HOUR: Kind = Kind { what: "hour", first: 0, last: 23, names: &[], named_from: 0 };
const DAY: Kind = Kind { what: "day of the month", first: 1, last: 31, names: &[], named_from: 0 };
const MONTH: Kind = Kind { what: "month", first: 1, last: 12, names: &MONTHS, named_from: 1 };
/// 7 is Sunday as well.
const WEEKDAY: Kind = Kind { what: "day of the week", first: 0, last: 7, names: &WEEKDAYS, named_from: 0 };

impl Crontab {
    pub(super) fn parse(text: &str) -> Result<Self, CrontabError> {
        let text = match text.trim() {
            "@yearly" | "@annually" => "0 0 1 1 *",
            "@monthly" => "0 0 1 * *",
            "@weekly" => "0 0 * * 0",
            "@daily" | "@midnight" => "0 0 * * *",
            "@hourly" => "0 * * * *",
            text => text,
        };
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(CrontabError::Fields(text.chars().take(80).collect()));
        };
        let weekdays = field(weekday, &WEEKDAY)?;
        let is_limited = |field: &str| !field.starts_with(['*', '?']);
        Ok(Self {
            minutes: field(minute, &MINUTE)?,
            hours: field(hour, &HOUR)?,
            days: field(day, &DAY)?,
            months: field(month, &MONTH)?,
            weekdays: (weekdays | weekdays >> 7) & 0x7f,
            either_day: is_limited(day) && is_limited(weekday),
        })
    }

    /// The first run after the instant, by the clocks of the zone; `None` if there is none for years. Where clocks skip
    /// an hour its runs are an hour later; where they repeat one they are in the first of both.
    pub(super) fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut date = after.to_zoned(zone.clone()).date();
        for _ in 0..DAYS_MAX {
            if self.has_day(date)
                && let Some(at) = self.first_on(date, after, zone)
            {
                return Some(at);
            }
            date = date.checked_add(1.day()).ok()?;
        }
        None
    }

    fn has_day(&self, date: Date) -> bool {
        let by_day = has(self.days, date.day());
        let by_weekday = has(self.weekdays, date.weekday().to_sunday_zero_offset());
        let is_day = if self.either_day { by_day || by_weekday } else { by_day && by_weekday };
        is_day && has(self.months, date.month())
    }

    fn first_on(&self, date: Date, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let hours = (0..24).filter(|hour| has(self.hours, *hour));
        let times = hours.flat_map(|hour| {
            (0..60).filter(|minute| has(self.minutes, *minute)).map(move |minute| (hour, minute))
        });
        times
            .filter_map(|(hour, minute)| {
                zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0)).compatible().ok()
            })
            .find(|at| *at > after)
    }
}

fn has(field: u64, number: i8) -> bool {
    field >> number & 1 == 1
}

fn field(text: &str, kind: &Kind) -> Result<u64, CrontabError> {
    let mut numbers = 0;
    for part in text.split(',') {
        numbers |= range(part, kind).ok_or_else(|| CrontabError::Field {
            field: text.chars().take(80).collect(),
            what: kind.what,
            first: kind.first,
            last: kind.last,
        })?;
    }
    Ok(numbers)
}

/// `5`, `5-9`, `5-9/2`, `5/2`, `*`, `*/2`.
fn range(part: &str, kind: &Kind) -> Option<u64> {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step.parse::<u8>().ok().filter(|step| *step > 0)?)),
        None => (part, None),
    };
    let (first, last) = match range.split_once('-') {
        _ if matches!(range, "*" | "?") => (kind.first, kind.last),
        Some((first, last)) => (number(first, kind)?, number(last, kind)?),
        None => {
            let first = number(range, kind)?;
            (first, if step.is_some() { kind.last } else { first })
        }
    };
    if first > last {
        return None;
    }
    Some((first..=last).step_by(usize::from(step.unwrap_or(1))).fold(0, |all, number| all | 1 << number))
}

fn number(text: &str, kind: &Kind) -> Option<u8> {
    let name = kind.names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let number = match name {
        Some(place) => place as u8 + kind.named_from,
        None => text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?,
    };
    (kind.first..=kind.last).contains(&number).then_some(number)
}
