//! Clocks and zones, given by whoever calls.

use api::Millis;

use super::MINUTE;

/// Where a wall clock hangs.
pub trait Zone {
    /// How many minutes the wall clock is ahead of UTC at an instant.
    fn ahead_minutes(&self, at: Millis) -> i32;
}

/// Coordinated universal time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Utc;

impl Zone for Utc {
    fn ahead_minutes(&self, _at: Millis) -> i32 {
        0
    }
}

/// The present instant and the zone that times are read and written in.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    /// Now.
    pub now: Millis,
    /// The zone.
    pub zone: &'a dyn Zone,
}

/// What the wall clock shows at an instant, as if it were UTC.
pub fn to_local(at: Millis, zone: &dyn Zone) -> Millis {
    at.saturating_add(i64::from(zone.ahead_minutes(at)) * MINUTE)
}

/// The instant at which the wall clock shows `local`. Of two such instants (clocks set back) it is the earlier
/// one; in a gap (clocks set forward) it is one hour off, as everywhere.
pub fn from_local(local: Millis, zone: &dyn Zone) -> Millis {
    let before =
        local.saturating_sub(i64::from(zone.ahead_minutes(local.saturating_sub(super::DAY))) * MINUTE);
    if to_local(before, zone) == local {
        return before;
    }
    local.saturating_sub(i64::from(zone.ahead_minutes(before)) * MINUTE)
}
