//! The log of a container with a terminal: `timestamp SP content LF`, one after the other, nothing else.
//!
//! A piece without a line break shows only by its length, [`PIECE_BYTES`], and by the timestamp that follows.
//! The last piece before the container ended may be shorter; in a log that goes on (the container was started
//! again) nothing tells where it ends. Only who read it at that time knows, and passes it on as [`Open`].

use model::Timestamp;

use super::{Item, PIECE_BYTES, PREFIX_BYTES_MAX, Piece, Stream, split_timestamp};
use crate::cursor::Open;

const REST_BYTES_KEPT: usize = 64 << 10;

/// What the engine writes into a terminal's log when it cannot read on.
const COMPLAINT: &[u8] = b"Error grabbing logs: ";

/// Splits a raw stream; keeps the beginning of a piece that is not there yet.
#[derive(Debug)]
pub(crate) struct Terminal {
    rest: Vec<u8>,
    open: Option<Open>,
}

impl Terminal {
    pub(super) fn new(open: Option<Open>) -> Self {
        Self { rest: Vec::new(), open }
    }

    pub(super) fn push(&mut self, chunk: &[u8], take: &mut impl FnMut(Item<'_>)) {
        if self.rest.is_empty() {
            let used = self.split(chunk, take);
            self.rest.extend_from_slice(&chunk[used..]);
            return;
        }
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(chunk);
        let used = self.split(&bytes, take);
        bytes.drain(..used);
        if bytes.is_empty() {
            bytes.shrink_to(REST_BYTES_KEPT);
        }
        self.rest = bytes;
    }

    pub(super) fn finish(&mut self, take: &mut impl FnMut(Item<'_>)) {
        let bytes = std::mem::take(&mut self.rest);
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let (timestamp, content) = split_timestamp(rest);
            // What waits for more may be a full piece and the short one after it.
            let length = match self.open_length(timestamp) {
                Some(length) if starts_piece(content.get(length..)) == Some(true) => length,
                _ if starts_piece(content.get(PIECE_BYTES..)) == Some(true) => PIECE_BYTES,
                _ => content.len(),
            };
            take(Item::Piece(Piece {
                stream: Stream::Stdout,
                timestamp,
                content: &content[..length],
                ends: false,
            }));
            rest = &content[length..];
        }
    }

    /// Gives the whole pieces at the start of `bytes`, and how many bytes they take.
    fn split(&self, bytes: &[u8], take: &mut impl FnMut(Item<'_>)) -> usize {
        let mut at = 0;
        while let Some((piece, length)) = self.first_piece(&bytes[at..]) {
            at += length;
            match piece.content.strip_prefix(COMPLAINT) {
                Some(why) if piece.timestamp.is_none() => take(Item::Complaint(why)),
                _ => take(Item::Piece(piece)),
            }
        }
        at
    }

    /// The first piece and how many bytes it takes with prefix and line break; `None` if more must come
    /// first.
    fn first_piece<'a>(&self, bytes: &'a [u8]) -> Option<(Piece<'a>, usize)> {
        if !has_prefix(bytes) {
            return None;
        }
        let (timestamp, content) = split_timestamp(bytes);
        let prefix = bytes.len() - content.len();
        let window = &content[..content.len().min(PIECE_BYTES + 1)];
        let line_break = memchr::memchr(b'\n', window);
        let piece = |length: usize, ends: bool| {
            let piece = Piece { stream: Stream::Stdout, timestamp, content: &content[..length], ends };
            Some((piece, prefix + length + usize::from(ends)))
        };
        if let Some(length) = self.open_length(timestamp)
            && line_break.is_none_or(|at| at > length)
            && starts_piece(content.get(length..))?
        {
            return piece(length, false);
        }
        match line_break {
            Some(length) => piece(length, true),
            None if content.len() <= PIECE_BYTES => None,
            // Whether or not a timestamp follows: one that has none is told by its absence.
            None => starts_piece(content.get(PIECE_BYTES..)).and_then(|_| piece(PIECE_BYTES, false)),
        }
    }

    /// How long the last piece of the line that the log was left at is, if `timestamp` is that line's.
    fn open_length(&self, timestamp: Option<Timestamp>) -> Option<usize> {
        let open = self.open.filter(|open| timestamp == Some(open.timestamp))?;
        let bytes = open.bytes as usize;
        Some(match bytes % PIECE_BYTES {
            0 => bytes.min(PIECE_BYTES),
            last => last,
        })
    }
}

/// Whether enough is there to tell if `bytes` begin with a timestamp.
fn has_prefix(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(PREFIX_BYTES_MAX)];
    bytes.len() >= PREFIX_BYTES_MAX || memchr::memchr2(b' ', b'\n', head).is_some()
}

/// Whether a piece begins here; `None` if more must come before that can be told.
fn starts_piece(bytes: Option<&[u8]>) -> Option<bool> {
    let bytes = bytes.filter(|bytes| has_prefix(bytes))?;
    Some(split_timestamp(bytes).0.is_some())
}
