//! Where a container's log was left, and what is stored of it.

use model::{Position, Timestamp};

use crate::cursor::Cursor;
use crate::pieces::Stream;

const ANCHOR_BYTES: usize = 8;

/// Where the log of one container was left. Stored as one position per stream, each with the anchor that held
/// when it was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bookmark {
    /// By [`Stream::index`].
    pub(crate) cursors: [Option<Cursor>; 2],
    /// The time of a line up to which nothing of either stream is missing. The log needs to be read from there
    /// only, however long ago a stream was last heard of.
    pub(crate) anchor: Option<Timestamp>,
}

impl Bookmark {
    /// Adds what a position says; gives the container's id if it is one of a log.
    pub(crate) fn read(position: &Position) -> Option<(&str, Stream, Self)> {
        let (id, stream) = container_and_stream(&position.key)?;
        let (anchor, cursor) = position.value.as_deref()?.split_first_chunk::<ANCHOR_BYTES>()?;
        let anchor = Timestamp::from_nanos(i64::from_le_bytes(*anchor));
        let mut bookmark = Self { anchor: Some(anchor).filter(|at| *at > Timestamp::MIN), ..Self::default() };
        bookmark.cursors[stream.index()] = Some(Cursor::decode(cursor)?);
        Some((id, stream, bookmark))
    }
}
