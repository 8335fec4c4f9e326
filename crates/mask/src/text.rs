//! What the finders ask about bytes and their surroundings.

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

/// So many bytes are looked at together: most texts are shorter.
pub(crate) const WINDOW: usize = 64;

/// Whether there is anything in one of the windows of the text, of which each sees the last bytes of the one before, and the
/// last is filled up with zeros. A fixed length lets the compiler do many bytes at once, without a rest that it does one
/// by one.
pub(crate) fn any_window(bytes: &[u8], overlap: usize, is: impl Fn(&[u8; WINDOW]) -> bool) -> bool {
    let mut rest = bytes;
    while let Some((window, _)) = rest.split_first_chunk() {
        if is(window) {
            return true;
        }
        rest = &rest[WINDOW - overlap..];
    }
    let mut last = [0; WINDOW];
    last[..rest.len()].copy_from_slice(rest);
    is(&last)
}
