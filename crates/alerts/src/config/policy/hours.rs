//! Times of the day and of the week: quiet hours, and when the weekly report is sent.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use settings::Section;

use super::names;

/// A wall clock: what it shows at an instant, and when it next shows something.
#[derive(Clone, Debug, PartialEq)]
pub struct Clockwork(TimeZone);

/// While what is not urgent waits.
#[derive(Clone, Debug, PartialEq)]
pub struct QuietHours {
    /// Its first minute.
    pub from: Time,
    /// The first minute that is no longer quiet; may be on the next day.
    pub to: Time,
    /// Whose hours.
    pub clock: Clockwork,
}

/// When the weekly report is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportTime {
    /// The day.
    pub weekday: Weekday,
    /// The minute.
    pub at: Time,
    /// Whose clock.
    pub clock: Clockwork,
    /// To whom.
    pub receivers: Vec<String>,
}

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

impl Clockwork {
    /// The clock of a zone.
    pub fn new(zone: TimeZone) -> Self {
        Self(zone)
    }

    fn shown(&self, at_ms: i64) -> (Date, Time) {
        let at = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let shown = self.0.to_datetime(at);
        (shown.date(), shown.time())
    }

    fn when(&self, date: Date, time: Time) -> Option<i64> {
        // An hour that the clock skips is the one after it; one that comes twice is the first.
        let zoned = self.0.to_ambiguous_zoned(date.to_datetime(time)).compatible().ok()?;
        Some(zoned.timestamp().as_millisecond())
    }

    /// The first instant after `at_ms` at which it shows `time` on a day that fits.
    fn next(&self, at_ms: i64, time: Time, fits: impl Fn(Weekday) -> bool) -> Option<i64> {
        let (today, _) = self.shown(at_ms);
        (0..=8_i64).find_map(|ahead| {
            let date = today.checked_add(ahead.days()).ok().filter(|date| fits(date.weekday()))?;
            self.when(date, time).filter(|when| *when > at_ms)
        })
    }
}

impl QuietHours {
    /// The end of the quiet hours that `at_ms` is in; `None` if it is in none.
    pub fn end(&self, at_ms: i64) -> Option<i64> {
        let (_, time) = self.clock.shown(at_ms);
        let quiet = match self.from <= self.to {
            true => self.from <= time && time < self.to,
            false => self.from <= time || time < self.to,
        };
        quiet.then(|| self.clock.next(at_ms, self.to, |_| true)).flatten()
    }
}

impl ReportTime {
    /// The first time after `at_ms`.
    pub fn next(&self, at_ms: i64) -> Option<i64> {
        self.clock.next(at_ms, self.at, |weekday| weekday == self.weekday)
    }
}

pub(super) fn quiet_hours(section: &Section<'_>) -> Option<QuietHours> {
    let from = section.with("from", time);
    let to = section.with("to", time);
    let clock = clock(section);
    if !section.is_present() {
        return None;
    }
    for (key, written) in [("from", from), ("to", to)] {
        if written.is_none() && !section.is_set(key) {
            section.fault(key, "is missing", "write a time of the day such as \"22:00\"");
        }
    }
    Some(QuietHours { from: from?, to: to?, clock })
}

pub(super) fn report(section: &Section<'_>, receivers: &[String]) -> Option<ReportTime> {
    let usual = Time::constant(9, 0, 0, 0);
    let weekday = section.choice("weekday", &WEEKDAYS).unwrap_or(Weekday::Monday);
    let at = section.with("at", time).unwrap_or(usual);
    let clock = clock(section);
    let mut to = names(section, "receivers", receivers);
    if !section.is_set("receivers") {
        to = receivers.iter().filter(|name| *name == "email").cloned().collect();
    }
    (!to.is_empty()).then_some(ReportTime { weekday, at, clock, receivers: to })
}

fn clock(section: &Section<'_>) -> Clockwork {
    Clockwork(section.with("zone", zone).unwrap_or(TimeZone::UTC))
}

fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZone::get(name).map_err(|_| {
        format!("there is no time zone `{name}`; write a name such as \"Europe/Berlin\" or \"UTC\"")
    })
}

fn time(text: &str) -> Result<Time, String> {
    let read = || {
        let (hour, minute) = text.split_once(':')?;
        Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
    };
    read().ok_or_else(|| format!("`{text}` is no time of the day; write one such as \"22:00\""))
}
