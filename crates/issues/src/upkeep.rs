//! What is due by time: what is past its retention goes, in small slices; what was counted is written; issues change by
//! themselves. Expiry takes events, never counts: those of an issue stay until none of its events came for as long as events
//! are kept.

mod attachments;
mod bases;
mod clock;
mod counters;
mod expire;
mod life;

use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::work::{Storage, WorkError};

use clock::Horizon;

/// How often it is looked for what changes by itself.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// How often it is looked for what is past its time and needs a look at whole tables.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// See there.
const SWEEP: [Piece; 4] = [
    Storage::expire_attachments,
    Storage::expire_issues,
    Storage::expire_counters,
    Storage::expire_neighbours,
];

/// What the upkeep has to remember.
pub(crate) struct Due {
    horizon: Horizon,
    looked: Option<Instant>,
    /// When everything was last gone through.
    swept: Option<Instant>,
    /// Bases that nothing needs, and the last item of the spool when that was found.
    unused_bases: Vec<(i64, i64)>,
    /// Buckets of fingerprints up to this one were looked at.
    bucket_cursor: i64,
    /// While there is no room: before which everything went.
    room_ms: Option<i64>,
}

impl Due {
    pub(crate) fn new(connection: &Connection) -> rusqlite::Result<Self> {
        let horizon = Horizon::load(connection)?;
        let unused_bases = Vec::new();
        Ok(Self { horizon, looked: None, swept: None, unused_bases, bucket_cursor: 0, room_ms: None })
    }
}

/// A piece of upkeep: does a slice and gives whether there is more. It is given until when the clock is believed.
type Piece = fn(&mut Storage, i64) -> Result<bool, WorkError>;

impl Storage {
    /// Does a slice of everything that is due. Gives whether there is more. What fails keeps nothing else from being done:
    /// on a full disk it is deleting that makes room.
    pub(crate) fn upkeep(&mut self, now: Instant) -> Result<bool, WorkError> {
        let as_of_ms = self.look_at_clock(now);
        let mut pieces: Vec<Piece> = vec![
            Self::expire_events,
            Self::make_room,
            Self::clear_deleted,
            Self::drop_unused_bases,
            Self::write_counters,
            Self::cut_log,
            Self::give_back,
        ];
        let sweeps = self.due.swept.is_none_or(|last| now.duration_since(last) >= SWEEP_EVERY);
        if sweeps {
            pieces.extend(SWEEP);
        }
        if self.due.looked.is_none_or(|last| now.duration_since(last) >= LOOK_EVERY) {
            self.due.looked = Some(now);
            pieces.push(|storage, _| storage.look_at_monitors().map(|()| false));
            pieces.push(|storage, _| storage.look_at_issues().map(|()| false));
        }
        let (mut more, mut failed) = (false, None);
        for piece in pieces {
            match piece(self, as_of_ms) {
                Ok(is_more) => more |= is_more,
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if sweeps && !more {
            self.due.swept = Some(now);
        }
        failed.map_or(Ok(more), Err)
    }

    /// Before which everything is past its retention.
    fn expired_ms(&self, as_of_ms: i64) -> i64 {
        as_of_ms.saturating_sub(crate::life::millis(self.shared.config.load().retention))
    }
}
