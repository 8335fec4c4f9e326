//! Times in a query: `-24h` (within the last day), `+7d` (longer ago), `>2026-11-22T14:00`, `2026-11-22` (on that day).

use std::fmt;
use std::time::Duration;

use model::{Timestamp, UtcDay};

use super::query::Comparison;

/// From when until when; a bound that is not there is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// The first instant inside.
    pub from: Option<Moment>,
    /// The first instant that is no longer inside.
    pub until: Option<Moment>,
}

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// This long before now.
    Ago(Duration),
    /// This one.
    At(Timestamp),
}

impl Moment {
    /// The instant, now being `now`.
    pub fn at(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(duration) => now.minus(duration),
            Self::At(at) => at,
        }
    }
}

impl When {
    /// Reads what stands behind the colon; `None` if it is no time.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some(ago) = text.strip_prefix('-') {
            return Some(Self { from: Some(Moment::Ago(duration(ago)?)), until: None });
        }
        if let Some(ago) = text.strip_prefix('+') {
            return Some(Self { from: None, until: Some(Moment::Ago(duration(ago)?)) });
        }
        let (comparison, rest) = super::amount::comparison(text);
        let (first, after) = instants(rest)?;
        let from = |at| Self { from: Some(Moment::At(at)), until: None };
        let until = |at| Self { from: None, until: Some(Moment::At(at)) };
        Some(match comparison {
            Comparison::Equal => Self { from: Some(Moment::At(first)), until: Some(Moment::At(after)) },
            Comparison::Above => from(after),
            Comparison::AtLeast => from(first),
            Comparison::Below => until(first),
            Comparison::AtMost => until(after),
        })
    }
}

/// `90m`, `24h`, `7d`, `2w`.
fn duration(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back().filter(char::is_ascii)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 7 * 86_400,
        _ => return None,
    };
    let count: u32 = text[..text.len() - 1].parse().ok()?;
    Some(Duration::from_secs(u64::from(count) * seconds))
}

/// The first instant that a text names, and the one after the last: a day has many, a time but one.
fn instants(text: &str) -> Option<(Timestamp, Timestamp)> {
    if let Some(day) = UtcDay::parse(text) {
        return Some((day.start(), day.end()));
    }
    let first = instant(text)?;
    Some((first, first.plus(Duration::from_millis(1))))
}

/// RFC 3339, where seconds and zone may be missing: UTC then.
fn instant(text: &str) -> Option<Timestamp> {
    ["", "Z", ":00Z"].iter().find_map(|rest| Timestamp::parse_rfc3339(&format!("{text}{rest}")).ok())
}

/// As it is written in a query.
impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.until) {
            (Some(Moment::Ago(ago)), _) => write!(f, "-{}s", ago.as_secs()),
            (_, Some(Moment::Ago(ago))) => write!(f, "+{}s", ago.as_secs()),
            (Some(Moment::At(from)), Some(Moment::At(until))) => match from.day() {
                day if (day.start(), day.end()) == (from, until) => write!(f, "{day}"),
                _ => write!(f, "{from}"),
            },
            (Some(Moment::At(from)), None) => write!(f, ">={from}"),
            (None, Some(Moment::At(until))) => write!(f, "<{until}"),
            (None, None) => Ok(()),
        }
    }
}
