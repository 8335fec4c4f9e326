//! The level of a traceback whose first line tells none.

use memchr::{memchr, memmem};
use model::Level;

/// What tracebacks begin with.
const BEGINNINGS: [(&[u8], Level); 7] = [
    (b"Exception in thread ", Level::Error),
    (b"Unhandled exception", Level::Error),
    (b"PHP Fatal error", Level::Error),
    (b"PHP Parse error", Level::Error),
    (b"PHP Warning", Level::Warn),
    (b"PHP Notice", Level::Info),
    (b"fatal error: ", Level::Fatal),
];

/// What begins the second or a later line of a traceback.
const MARKS: [&[u8]; 8] = [
    b"\nTraceback (most recent call last)",
    b"\n\tat ",
    b"\n    at ",
    b"\n   at ",
    b"\nCaused by:",
    b"\n#0 ",
    b"\n\tfrom ",
    b"\ngoroutine ",
];

/// Marks of first lines are looked for this far into it.
const HEAD_BYTES: usize = 200;

/// The level of lines that were joined, or of the first line of a traceback.
pub(super) fn level(line: &[u8]) -> Option<Level> {
    if let Some((_, level)) = BEGINNINGS.iter().find(|(beginning, _)| line.starts_with(beginning)) {
        return Some(*level);
    }
    if line.starts_with(b"thread '")
        && memmem::find(&line[..line.len().min(HEAD_BYTES)], b"' panicked at ").is_some()
    {
        return Some(Level::Error);
    }
    let end = memchr(b'\n', line)?;
    // The newline itself begins the marks.
    let rest = &line[end..];
    let is_trace = MARKS.iter().any(|mark| memmem::find(rest, mark).is_some());
    is_trace.then_some(Level::Error)
}
