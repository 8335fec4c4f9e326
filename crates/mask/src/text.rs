//! What the finders ask about bytes and their surroundings.

use model::{Eight, Flags};

/// Letters, digits, `_`.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// What keys consist of.
pub(crate) fn is_key(byte: u8) -> bool {
    is_word(byte) || matches!(byte, b'-' | b'.')
}

/// What most tokens consist of.
pub(crate) fn is_token(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

/// Whether what begins at `at` is not the inside of a longer word. The `n` of `\n` and the `3D` of `%3D` are no
/// part of the word behind them.
pub(crate) fn begins_word(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    match before {
        [] => true,
        [.., byte] if !is_token(*byte) => true,
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
        [.., b'%', high, low] => high.is_ascii_hexdigit() && low.is_ascii_hexdigit(),
        _ => false,
    }
}

/// Where the run of such bytes that begins at `from` ends.
pub(crate) fn run_end(text: &[u8], from: usize, fits: impl Fn(u8) -> bool) -> usize {
    text[from..].iter().position(|byte| !fits(*byte)).map_or(text.len(), |length| from + length)
}

/// How many backslashes stand directly before `at`.
pub(crate) fn backslashes_before(text: &[u8], at: usize) -> usize {
    text[..at].iter().rev().take_while(|byte| **byte == b'\\').count()
}

/// Whether the text is an object or a list of JSON, as far as its beginning tells.
pub(crate) fn is_json(text: &[u8]) -> bool {
    let head = &text[..text.len().min(64)];
    matches!(head.trim_ascii_start(), [b'{', ..] | [b'[', b'{' | b'"', ..])
}

/// As many bytes as a number has bits: most texts are a few of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window([u8; Window::LENGTH]);

impl Window {
    pub(crate) const LENGTH: usize = 64;

    /// A bit for each byte, that of the first one lowest: whether it is such a one.
    pub(crate) fn which(&self, is: impl Fn(Eight) -> Flags) -> u64 {
        let eights = (0..Self::LENGTH).step_by(8);
        eights.fold(0, |all, at| all | u64::from(is(Eight::at(&self.0, at)).bits()) << at)
    }
}

/// Whether there is anything in one of the windows of the text, of which each sees the last bytes of the one before, and the
/// last is filled up with zeros.
pub(crate) fn any_window(bytes: &[u8], overlap: usize, is: impl Fn(&Window) -> bool) -> bool {
    let mut rest = bytes;
    while let Some((window, _)) = rest.split_first_chunk() {
        if is(&Window(*window)) {
            return true;
        }
        rest = &rest[Window::LENGTH - overlap..];
    }
    let mut last = [0; Window::LENGTH];
    last[..rest.len()].copy_from_slice(rest);
    is(&Window(last))
}
