//! From pieces to lines.
//!
//! Engines write a line longer than [`PIECE_BYTES`] in full pieces without a line break and a last one. So a
//! line ends with its line break, or with a piece that is not full: there the container ended (or the log
//! driver forgot the line break, as `local` does after a last piece). All pieces carry the first one's time;
//! with engines of old each has its own.

use model::Timestamp;

use crate::cursor::{LogLine, Open};
use crate::pieces::{PIECE_BYTES, Piece};

/// What is kept of one line.
pub(crate) const LINE_BYTES_MAX: usize = 4 << 20;

/// A line of a container.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Of its first piece.
    pub(crate) timestamp: Timestamp,
    /// Without line break.
    pub(crate) text: String,
    /// How many of its bytes were cut off; the text says so.
    pub(crate) cut_bytes: usize,
    /// Whether bytes that are no UTF-8 were replaced.
    pub(crate) replaced: bool,
    /// Its length in the log, if no line break ended it; else 0.
    pub(crate) open_bytes: u32,
}

impl LogLine for Line {
    fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    fn text(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

/// Joins the pieces of one stream.
#[derive(Debug)]
pub(crate) struct Joiner {
    /// Whether the stream is a terminal's: its lines end with CR LF.
    tty: bool,
    /// The line that the log was left at, if it had no line break: whatever comes next does not belong to it.
    left_open: Option<Open>,
    begun: Option<Begun>,
    /// For a piece without a time of its own.
    last: Timestamp,
}

/// A line of which more may come: so far all of its pieces were full.
#[derive(Debug)]
struct Begun {
    timestamp: Timestamp,
    /// At most [`LINE_BYTES_MAX`] of it.
    bytes: Vec<u8>,
    total_bytes: usize,
}

impl Joiner {
    /// `now` stands in for the time of a first piece without one.
    pub(crate) fn new(tty: bool, left_open: Option<Open>, now: Timestamp) -> Self {
        Self { tty, left_open, begun: None, last: now }
    }

    /// When the line began of which more may come.
    pub(crate) fn begun_at(&self) -> Option<Timestamp> {
        self.begun.as_ref().map(|begun| begun.timestamp)
    }

    /// Adds the next piece and gives the lines that it completes.
    pub(crate) fn push(&mut self, piece: &Piece<'_>, take: &mut impl FnMut(Line)) {
        if self.begun.as_ref().is_some_and(|begun| !self.goes_on(begun, piece)) {
            self.finish(take);
        }
        let is_last = piece.ends || piece.content.len() < PIECE_BYTES;
        let timestamp = piece.timestamp.unwrap_or(self.last);
        self.last = timestamp;
        if self.begun.is_none() && is_last {
            let open_bytes = if piece.ends { 0 } else { length(piece.content.len()) };
            return take(self.line(timestamp, piece.content, 0, open_bytes));
        }
        let begun = self.begun.get_or_insert_with(|| Begun { timestamp, bytes: Vec::new(), total_bytes: 0 });
        begun.add(piece.content);
        if is_last {
            let open_bytes = if piece.ends { 0 } else { length(begun.total_bytes) };
            self.end(open_bytes, take);
        }
    }

    /// Gives what has begun as a line: the container ended there.
    pub(crate) fn finish(&mut self, take: &mut impl FnMut(Line)) {
        if let Some(begun) = &self.begun {
            self.end(length(begun.total_bytes), take);
        }
    }

    /// Whether `piece` belongs to the line that has begun.
    fn goes_on(&self, begun: &Begun, piece: &Piece<'_>) -> bool {
        let left = |open: Open| open.timestamp == begun.timestamp && open.bytes == length(begun.total_bytes);
        piece.timestamp.is_none_or(|timestamp| timestamp == begun.timestamp)
            || !self.left_open.is_some_and(left)
    }

    fn end(&mut self, open_bytes: u32, take: &mut impl FnMut(Line)) {
        if let Some(begun) = self.begun.take() {
            let cut = begun.total_bytes - begun.bytes.len();
            take(self.line(begun.timestamp, &begun.bytes, cut, open_bytes));
        }
    }

    fn line(&self, timestamp: Timestamp, bytes: &[u8], mut cut_bytes: usize, open_bytes: u32) -> Line {
        let mut kept = bytes;
        if cut_bytes > 0 {
            kept = whole_characters(bytes);
            cut_bytes += bytes.len() - kept.len();
        } else if self.tty {
            kept = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        }
        let valid = str::from_utf8(kept);
        let replaced = valid.is_err();
        let mut text = valid.map_or_else(|_| String::from_utf8_lossy(kept).into_owned(), str::to_owned);
        if cut_bytes > 0 {
            text.push_str(&format!(" … [cut: {cut_bytes} bytes]"));
        }
        Line { timestamp, text, cut_bytes, replaced, open_bytes }
    }
}

impl Begun {
    fn add(&mut self, content: &[u8]) {
        let room = LINE_BYTES_MAX - self.bytes.len();
        self.bytes.extend_from_slice(&content[..content.len().min(room)]);
        self.total_bytes = self.total_bytes.saturating_add(content.len());
    }
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

/// `bytes` without the beginning of a character at their end.
fn whole_characters(bytes: &[u8]) -> &[u8] {
    let tail = bytes.len().saturating_sub(3);
    match bytes[tail..].iter().rposition(|byte| !is_continuation(*byte)) {
        Some(start) if bytes[tail + start] >= 0x80 => {
            let start = tail + start;
            let whole = std::str::from_utf8(&bytes[start..]).is_ok();
            if whole { bytes } else { &bytes[..start] }
        }
        _ => bytes,
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests;
