//! The `timestamp` stage: the time that stands in a line becomes the entry's.

use std::time::Duration;

use model::Timestamp;
use settings::Section;
use template::time::{Time, Zone};

use super::line::Line;
use super::memory::{Memory, Slot};
use super::read;

/// Layouts that have names in Go.
const NAMED: [(&str, &str); 10] = [
    ("ANSIC", "Mon Jan _2 15:04:05 2006"),
    ("UnixDate", "Mon Jan _2 15:04:05 MST 2006"),
    ("RubyDate", "Mon Jan 02 15:04:05 -0700 2006"),
    ("RFC822", "02 Jan 06 15:04 MST"),
    ("RFC822Z", "02 Jan 06 15:04 -0700"),
    ("RFC850", "Monday, 02-Jan-06 15:04:05 MST"),
    ("RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"),
    ("RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"),
    ("RFC3339", "2006-01-02T15:04:05Z07:00"),
    ("RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"),
];

/// Nanoseconds in what `Unix…` counts.
const UNIX: [(&str, i64); 4] =
    [("Unix", 1_000_000_000), ("UnixMs", 1_000_000), ("UnixUs", 1000), ("UnixNs", 1)];

/// How a time is written.
#[derive(Debug)]
enum Format {
    /// A number since 1970, in units of so many nanoseconds.
    Unix(i64),
    Layout(String),
    /// A layout without a year: the time is one of the year that the line arrives in.
    NoYear(String),
}

/// What happens where no time is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OnFailure {
    /// The latest time of the stream, a nanosecond later, so that the order stays.
    Fudge,
    /// The entry keeps the time that it came with.
    Skip,
}

/// Reads a time.
#[derive(Debug)]
pub(super) struct ReadTime {
    source: String,
    formats: Vec<Format>,
    zone: Zone,
    on_failure: OnFailure,
}

impl ReadTime {
    pub(super) fn read(section: &Section<'_>) -> Option<Self> {
        let source = read::needed(section, "source", "write the name of the value that holds the time");
        let format = read::needed(section, "format", r#"write "RFC3339", "Unix" or a layout of Go's"#);
        let fallbacks = section.strings("fallback_formats").unwrap_or_default();
        let zone = section.with("location", |name| Zone::named(name).map_err(|error| error.to_string()));
        let words = [("fudge", OnFailure::Fudge), ("skip", OnFailure::Skip)];
        let on_failure = section.choice("action_on_failure", &words);
        if section.is_set("location") && zone.is_none() {
            return None;
        }
        let formats: Vec<Format> = format.iter().chain(&fallbacks).map(|text| Format::named(text)).collect();
        format?;
        Some(Self {
            source: source?,
            formats,
            zone: zone.unwrap_or(Zone::Utc),
            on_failure: on_failure.unwrap_or(OnFailure::Fudge),
        })
    }

    pub(super) fn run(&self, line: &mut Line, memory: &mut Memory, slot: Slot) {
        let text = line.value(&self.source);
        let read = text
            .and_then(|text| self.formats.iter().find_map(|format| format.read(text, &self.zone, line.now)));
        let stream = line.labels.fingerprint();
        let timestamp = match (read, self.on_failure) {
            (Some(timestamp), _) => timestamp,
            (None, OnFailure::Skip) => return,
            (None, OnFailure::Fudge) => match memory.latest(slot, stream) {
                Some(latest) => latest.plus(Duration::from_nanos(1)),
                None => return,
            },
        };
        if self.on_failure == OnFailure::Fudge {
            memory.set_latest(slot, stream, timestamp);
        }
        line.entry.timestamp = timestamp;
    }
}

impl Format {
    fn named(text: &str) -> Self {
        if let Some((_, nanos)) = UNIX.iter().find(|(name, _)| *name == text) {
            return Self::Unix(*nanos);
        }
        let layout = NAMED.iter().find(|(name, _)| *name == text).map_or(text, |(_, layout)| layout);
        // The tenth of February was a Monday in both years: only a year makes the two texts differ.
        let monday = |date| Time::parse("2006-01-02", date, &Zone::Utc).map(|time| time.format(layout));
        let has_year = monday("2003-02-10") != monday("2014-02-10");
        if has_year { Self::Layout(layout.to_owned()) } else { Self::NoYear(format!("{layout} 2006")) }
    }

    fn read(&self, text: &str, zone: &Zone, now: Timestamp) -> Option<Timestamp> {
        let nanos = match self {
            Self::Unix(unit) => return unix(text, *unit),
            Self::Layout(layout) => Time::parse(layout, text, zone).ok()?.nanos()?,
            Self::NoYear(layout) => {
                let year = Time::from_nanos(now.nanos()).in_zone(zone.clone()).format("2006");
                Time::parse(layout, &format!("{text} {year}"), zone).ok()?.nanos()?
            }
        };
        Some(Timestamp::from_nanos(nanos))
    }
}

/// A whole number, or one with decimals.
fn unix(text: &str, unit: i64) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<i64>() {
        return number.checked_mul(unit).map(Timestamp::from_nanos);
    }
    let (whole, decimals) = text.split_once('.')?;
    let whole: i64 = whole.parse().ok()?;
    let digits = decimals.get(..decimals.len().min(9))?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = format!("{digits:0<9}").parse::<i64>().ok()?;
    let part = i64::try_from(i128::from(part) * i128::from(unit) / 1_000_000_000).ok()?;
    let part = if text.starts_with('-') { -part } else { part };
    whole.checked_mul(unit)?.checked_add(part).map(Timestamp::from_nanos)
}
