//! The path as rules see it.

use std::borrow::Cow;

/// The path of a request with its escapes undone, but for those of reserved characters: `%2F` is no slash of the path,
/// and `%25` no percent sign. What would be no UTF-8 stays escaped. `None` where an escape is broken.
///
/// ``PathPrefix(`/foo bar`)`` so matches `/foo%20bar`.
pub fn routed_path(escaped: &str) -> Option<Cow<'_, str>> {
    if !escaped.contains('%') {
        return Some(Cow::Borrowed(escaped));
    }
    let mut out = Vec::with_capacity(escaped.len());
    let mut rest = escaped.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte != b'%' {
            out.push(byte);
            rest = after;
            continue;
        }
        let meant = hex(*after.first()?)? << 4 | hex(*after.get(1)?)?;
        if is_reserved(meant) {
            out.extend([b'%', after[0].to_ascii_uppercase(), after[1].to_ascii_uppercase()]);
        } else {
            out.push(meant);
        }
        rest = &after[2..];
    }
    Some(Cow::Owned(String::from_utf8(out).unwrap_or_else(|broken| escape_broken(&broken.into_bytes()))))
}

/// Text with those bytes escaped that are no UTF-8.
fn escape_broken(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn is_reserved(byte: u8) -> bool {
    b":/?#[]@!$&'()*+,;=%".contains(&byte)
}
