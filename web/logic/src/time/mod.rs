//! Time without a browser: the calendar, zones, the moments and ranges that a person types, and how they are
//! written on the page. Whoever calls gives the clock; nothing here reads one.

mod civil;
mod moment;
mod range;
mod text;
mod zone;

#[cfg(test)]
pub(crate) mod tests;

pub use civil::Civil;
pub use moment::{Moment, TimeFault, Unit};
pub use range::{PRESETS, Range, Resolved};
pub use text::{ago, day, day_and_time, full, iso, length, range_label, row_time, since, time_of_day};
pub use zone::{Clock, Utc, Zone, from_local, to_local};

/// Milliseconds in a second.
pub const SECOND: i64 = 1_000;
/// Milliseconds in a minute.
pub const MINUTE: i64 = 60 * SECOND;
/// Milliseconds in an hour.
pub const HOUR: i64 = 60 * MINUTE;
/// Milliseconds in a day of 24 hours.
pub const DAY: i64 = 24 * HOUR;
/// Nanoseconds in a millisecond.
pub const NANOS_PER_MILLI: i64 = 1_000_000;
