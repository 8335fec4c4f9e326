//! From the bytes of a log request to pieces: what the engine wrote at once, with its stream and its time.
//!
//! The wire has two forms, and a container's `Config.Tty` alone tells which: [`Frames`] with a header each,
//! or a [`Terminal`]'s raw stream. Either way the engine puts its timestamp and a space before every piece,
//! and splits lines longer than [`PIECE_BYTES`], so a line may be several pieces.

mod frames;
mod terminal;

use std::str;

use model::Timestamp;

use crate::cursor::Open;
use frames::Frames;
use terminal::Terminal;

/// The engine's buffer: without a line break it writes a piece after so many bytes.
pub(crate) const PIECE_BYTES: usize = 16 << 10;

/// The longest timestamp with the space after it; anything longer is none.
const PREFIX_BYTES_MAX: usize = 40;

/// What a container wrote to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stream {
    /// Standard output; everything that a container with a terminal writes.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    pub(crate) const BOTH: [Self; 2] = [Self::Stdout, Self::Stderr];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }

    /// Its place in [`Stream::BOTH`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// What the engine wrote at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Piece<'a> {
    pub(crate) stream: Stream,
    /// `None` if the engine gave none, which only strange engines do.
    pub(crate) timestamp: Option<Timestamp>,
    /// Without timestamp and line break.
    pub(crate) content: &'a [u8],
    /// Whether a line break came after it.
    pub(crate) ends: bool,
}

/// What a log consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Item<'a> {
    Piece(Piece<'a>),
    /// The engine's own words: it cannot read the log on from here.
    Complaint(&'a [u8]),
}

/// The bytes are no log.
#[derive(Debug, thiserror::Error)]
#[error("what came is no log: a frame of kind {kind} and {length} bytes")]
pub(crate) struct NoFrame {
    kind: u8,
    length: usize,
}

/// Splits one answer. Chunks may be cut anywhere.
pub(crate) enum Splitter {
    Frames(Frames),
    Terminal(Terminal),
}

impl Splitter {
    /// For a container with a terminal or without. `open` is the line that a terminal's log was left at, if
    /// it had no line break.
    pub(crate) fn new(tty: bool, open: Option<Open>) -> Self {
        if tty { Self::Terminal(Terminal::new(open)) } else { Self::Frames(Frames::default()) }
    }

    /// Gives every piece that `chunk` completes.
    pub(crate) fn push(&mut self, chunk: &[u8], take: &mut impl FnMut(Item<'_>)) -> Result<(), NoFrame> {
        match self {
            Self::Frames(frames) => frames.push(chunk, take),
            Self::Terminal(terminal) => {
                terminal.push(chunk, take);
                Ok(())
            }
        }
    }

    /// Gives what is left at the end of the answer.
    pub(crate) fn finish(&mut self, take: &mut impl FnMut(Item<'_>)) {
        if let Self::Terminal(terminal) = self {
            terminal.finish(take);
        }
    }
}

/// Takes the timestamp off the front.
fn split_timestamp(piece: &[u8]) -> (Option<Timestamp>, &[u8]) {
    let head = &piece[..piece.len().min(PREFIX_BYTES_MAX)];
    let timestamp = |space: usize| Timestamp::parse_rfc3339(str::from_utf8(&head[..space]).ok()?).ok();
    let Some(space) = memchr::memchr(b' ', head) else { return (None, piece) };
    match timestamp(space) {
        Some(timestamp) => (Some(timestamp), &piece[space + 1..]),
        None => (None, piece),
    }
}

#[cfg(test)]
mod tests;
