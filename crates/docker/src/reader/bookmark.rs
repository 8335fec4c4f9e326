//! Where a container's log was left, and how that is stored: one position per stream.

use std::collections::HashMap;

use model::{Position, Timestamp};

use crate::cursor::Cursor;
use crate::pieces::Stream;

const ANCHOR_BYTES: usize = 8;

/// Where the log of one container was left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bookmark {
    /// By [`Stream::index`].
    pub(crate) cursors: [Option<Cursor>; 2],
    /// The time of a line up to which nothing of either stream is left to take. The log needs to be read from
    /// there only, however long ago a stream wrote its last line.
    pub(crate) anchor: Option<Timestamp>,
}

impl Bookmark {
    /// The bookmarks in the stored positions, by container; positions of others are left alone.
    pub(crate) fn collect(positions: &[Position]) -> HashMap<String, Self> {
        let mut bookmarks: HashMap<String, Self> = HashMap::new();
        for position in positions {
            let Some((id, stream)) = container_and_stream(&position.key) else { continue };
            let bookmark = bookmarks.entry(id.to_owned()).or_default();
            if let Some((cursor, anchor)) = position.value.as_deref().and_then(decode) {
                bookmark.cursors[stream.index()] = Some(cursor);
                // What was stored last has the later one.
                bookmark.anchor = bookmark.anchor.max(anchor);
            }
        }
        bookmarks
    }
}

/// The position that says where one stream was left.
pub(super) fn position(id: &str, stream: Stream, cursor: &Cursor, anchor: Option<Timestamp>) -> Position {
    let anchor = anchor.unwrap_or(Timestamp::MIN).nanos().to_le_bytes();
    Position { key: key(id, stream), value: Some([anchor.as_slice(), &cursor.encode()].concat()) }
}

/// The positions that forget a container.
pub(crate) fn forgotten(id: &str) -> [Position; 2] {
    Stream::BOTH.map(|stream| Position { key: key(id, stream), value: None })
}

fn decode(value: &[u8]) -> Option<(Cursor, Option<Timestamp>)> {
    let (anchor, cursor) = value.split_first_chunk::<ANCHOR_BYTES>()?;
    let anchor = Timestamp::from_nanos(i64::from_le_bytes(*anchor));
    Some((Cursor::decode(cursor)?, Some(anchor).filter(|anchor| *anchor > Timestamp::MIN)))
}

/// `docker/<container id>/stdout`.
fn key(id: &str, stream: Stream) -> String {
    format!("docker/{id}/{}", stream.name())
}

/// The reverse of [`key`].
fn container_and_stream(key: &str) -> Option<(&str, Stream)> {
    let (id, name) = key.strip_prefix("docker/")?.split_once('/')?;
    let stream = Stream::BOTH.into_iter().find(|stream| stream.name() == name)?;
    id.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some((id, stream))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cursor::Progress;
    use crate::lines::Line;

    fn cursor() -> Cursor {
        let mut progress = Progress::new(None);
        let text = "x".to_owned();
        let line = Line {
            timestamp: Timestamp::from_seconds(7),
            text,
            cut_bytes: 0,
            replaced: false,
            open_bytes: 0,
        };
        progress.offer(line, &mut |_| {});
        progress.cursor().unwrap()
    }

    #[test]
    fn bookmarks_survive_their_positions() {
        let anchors = [None, Some(Timestamp::from_seconds(5))];
        let positions =
            Stream::BOTH.map(|stream| position("0a1b", stream, &cursor(), anchors[stream.index()]));
        assert_eq!(positions[1].key, "docker/0a1b/stderr");
        let bookmarks = Bookmark::collect(&positions);
        assert_eq!(bookmarks["0a1b"], Bookmark { cursors: [Some(cursor()); 2], anchor: anchors[1] });
        assert_eq!(Bookmark::collect(&positions[..1])["0a1b"].anchor, None);
    }

    #[test]
    fn positions_of_others_are_left_alone() {
        let check = |key: &str, value: &[u8], expected: usize| {
            let position = Position { key: key.to_owned(), value: Some(value.to_vec()) };
            assert_eq!(Bookmark::collect(&[position]).len(), expected, "{key}");
        };
        check("docker/deploy/shop/stdout", b"{}", 0);
        check("docker/events", b"x", 0);
        check("files/0a/stdout", b"x", 0);
        check("docker/0a/stdin", b"x", 0);
        // What cannot be read is still to be forgotten one day.
        check("docker/0a/stdout", b"nonsense", 1);
    }
}
