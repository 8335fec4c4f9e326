//! Points in time with a zone, and Go's layouts (`2006-01-02T15:04:05Z07:00`) in both directions. The zones' rules are
//! part of the program; nothing of the machine's is read.

mod civil;
mod duration;
mod format;
mod layout;
mod parse;
mod zone;

use std::fmt;

use civil::Civil;
pub use duration::{duration_text, parse_duration};
pub use parse::ParseTimeError;
pub use zone::{UnknownZone, Zone};

const NANOS: i128 = 1_000_000_000;

/// A point in time to the nanosecond, and the zone that it is shown in. Equal if both are, as in Go.
#[derive(Clone, Debug, PartialEq)]
pub struct Time {
    /// Seconds since the Unix epoch, rounded down.
    seconds: i64,
    /// Nanoseconds after that.
    nanos: u32,
    zone: Zone,
}

impl Time {
    /// Go's zero time: the first of January of the year 1.
    pub const ZERO: Self = Self { seconds: -62_135_596_800, nanos: 0, zone: Zone::Utc };

    /// From nanoseconds since the Unix epoch, shown in UTC.
    pub fn from_nanos(nanos: i64) -> Self {
        Self::from_nanos_wide(nanos.into())
    }

    /// From whole seconds since the Unix epoch, shown in UTC.
    pub fn from_seconds(seconds: i64) -> Self {
        Self { seconds, nanos: 0, zone: Zone::Utc }
    }

    pub(crate) fn from_nanos_wide(nanos: i128) -> Self {
        let seconds = i64::try_from(nanos.div_euclid(NANOS)).unwrap_or(i64::MAX);
        Self { seconds, nanos: nanos.rem_euclid(NANOS) as u32, zone: Zone::Utc }
    }

    /// Whole seconds since the Unix epoch, rounded down.
    pub fn seconds(&self) -> i64 {
        self.seconds
    }

    /// Nanoseconds since the Unix epoch; `None` outside of 1677 to 2262.
    pub fn nanos(&self) -> Option<i64> {
        i64::try_from(self.nanos_wide()).ok()
    }

    pub(crate) fn nanos_wide(&self) -> i128 {
        i128::from(self.seconds) * NANOS + i128::from(self.nanos)
    }

    /// The same point in time in another zone.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// Reads a text of a layout. Without a zone in the text, the time is taken to be one of `zone`.
    pub fn parse(layout: &str, text: &str, zone: &Zone) -> Result<Self, ParseTimeError> {
        parse::parse(layout, text, zone)
    }

    /// The time written in a layout.
    pub fn format(&self, layout: &str) -> String {
        format::format(self, layout)
    }

    /// The date and time of day that clocks of the zone show.
    fn civil(&self) -> Civil {
        Civil::from_seconds(self.seconds.saturating_add(self.zone.offset(self.seconds).into()))
    }
}

/// As Go prints it: `2026-11-22 14:03:59.5 +0000 UTC`.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.format("2006-01-02 15:04:05.999999999 -0700 MST"))
    }
}

/// In quotes, with everything that is not printable ASCII as bytes: what Go's package `time` writes in its faults.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', byte.into()]),
            b' '..=0x7f => out.push(byte.into()),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests;
