//! Which words look as if they are another one in each line.

/// Longer words are hardly ever the program's own.
const LENGTH_MAX: usize = 64;
/// So many digits are no part of a name.
const DIGITS_MIN: usize = 3;
/// So many hexadecimal digits with a decimal one among them are an id.
const HEX_MIN: usize = 6;

/// A word between glue.
pub(super) fn word(text: &str) -> bool {
    if text.len() > LENGTH_MAX {
        return true;
    }
    if text.starts_with("HTTP/") {
        return false;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let is_hex = text.len() >= HEX_MIN && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let unsigned = text.trim_start_matches(['+', '-', '#', '$', '~', '@']);
    digits >= DIGITS_MIN || (digits > 0 && is_hex) || unsigned.starts_with(|c: char| c.is_ascii_digit())
}

/// A text of several words in double quotes.
pub(super) fn quoted(text: &str) -> bool {
    text.len() > LENGTH_MAX || text.contains('<') || text.split(' ').any(word)
}

/// A JSON value as it is written.
pub(super) fn json(text: &str) -> bool {
    match text.strip_prefix('"') {
        Some(inner) => inner.contains('<') || word(inner.trim_end_matches('"')),
        None => !matches!(text, "true" | "false" | "null"),
    }
}
