//! Zones: UTC, a fixed offset, or one of the IANA database that is built in.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Where a time is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Zone {
    /// Coordinated universal time.
    Utc,
    /// An offset that never changes.
    Fixed {
        /// Seconds east of UTC.
        offset: i32,
        /// The abbreviation, if the text that the time was read from had one.
        name: Box<str>,
    },
    /// A place with its rules, such as `Europe/Berlin`.
    Place(TimeZone),
}

/// There is no such zone in the database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no time zone; write a name such as Europe/Berlin or UTC")]
pub struct UnknownZone(String);

impl Zone {
    /// A zone by its name in the IANA database. The empty name, `UTC` and `Local` are UTC.
    pub fn named(name: &str) -> Result<Self, UnknownZone> {
        if matches!(name, "" | "UTC" | "Local") {
            return Ok(Self::Utc);
        }
        TimeZone::get(name).map(Self::Place).map_err(|_| UnknownZone(name.to_owned()))
    }

    /// Seconds east of UTC at a point in time.
    pub(super) fn offset(&self, seconds: i64) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Fixed { offset, .. } => *offset,
            Self::Place(place) => place.to_offset(stamp(seconds)).seconds(),
        }
    }

    /// What the zone is called at a point in time: `UTC`, `CEST`; empty if nobody knows.
    pub(super) fn abbreviation(&self, seconds: i64) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Fixed { name, .. } => name.to_string(),
            Self::Place(place) => place.to_offset_info(stamp(seconds)).abbreviation().to_owned(),
        }
    }

    /// The point in time at which clocks of the zone show what they show in UTC at `local`. Of two, the one that Go
    /// takes.
    pub(super) fn to_utc(&self, local: i64) -> i64 {
        let offset = self.offset(local);
        let utc = local - i64::from(offset);
        let real = self.offset(utc);
        if real == offset { utc } else { local - i64::from(real) }
    }

    /// The offset that an abbreviation means in the zone, around a local time.
    pub(super) fn offset_named(&self, name: &str, local: i64) -> Option<i32> {
        const HALF_A_YEAR: i64 = 182 * 86_400;
        [local, local - HALF_A_YEAR, local + HALF_A_YEAR]
            .into_iter()
            .find(|moment| self.abbreviation(*moment) == name)
            .map(|moment| self.offset(moment))
    }
}

/// The point in time, or the nearest that the database knows rules for.
fn stamp(seconds: i64) -> Timestamp {
    let clamped = seconds.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(clamped).unwrap_or(Timestamp::UNIX_EPOCH)
}
