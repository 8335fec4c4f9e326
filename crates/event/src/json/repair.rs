//! Puts right what programs write that is nearly JSON.

/// The text with what is no JSON made harmless: broken UTF-8 and halves of surrogate pairs become `U+FFFD`,
/// control characters in texts are escaped, `NaN` and `Infinity` become `null`.
pub(super) fn repaired(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_start_matches('\u{feff}');
    let mut repaired = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(at) = rest.find('"') {
        numbers(&rest[..at], &mut repaired);
        repaired.push('"');
        let inside = &rest[at + 1..];
        let length = string_length(inside);
        string(&inside[..length], &mut repaired);
        rest = &inside[length..];
        if let Some(behind) = rest.strip_prefix('"') {
            repaired.push('"');
            rest = behind;
        }
    }
    numbers(rest, &mut repaired);
    repaired
}

/// How long the text is whose opening quotation mark was before it.
fn string_length(inside: &str) -> usize {
    let bytes = inside.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'"', b'\\', &bytes[at.min(bytes.len())..]) {
        at += found;
        if bytes[at] == b'"' {
            return at;
        }
        at += 2;
    }
    bytes.len()
}

/// What stands between texts.
fn numbers(between: &str, repaired: &mut String) {
    let mut rest = between;
    while let Some(at) = rest.find(['N', 'I']) {
        let word = rest[at..].chars().take_while(char::is_ascii_alphabetic).count();
        let is_number = matches!(&rest[at..at + word], "NaN" | "Infinity");
        repaired.push_str(if is_number { rest[..at].trim_end_matches('-') } else { &rest[..at + word] });
        if is_number {
            repaired.push_str("null");
        }
        rest = &rest[at + word..];
    }
    repaired.push_str(rest);
}

fn string(inside: &str, repaired: &mut String) {
    let mut rest = inside;
    while let Some(at) = rest.find(|sign: char| sign == '\\' || sign < ' ') {
        repaired.push_str(&rest[..at]);
        let bytes = &rest.as_bytes()[at..];
        let taken = match bytes {
            [b'\\', b'u', ..] => surrogate(&rest[at..], repaired),
            [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => {
                repaired.push_str(&rest[at..at + 2]);
                2
            }
            [b'\\', ..] => {
                repaired.push_str("\\\\");
                1
            }
            [control, ..] => {
                repaired.push_str(&format!("\\u{control:04x}"));
                1
            }
            [] => 0,
        };
        rest = &rest[at + taken..];
    }
    repaired.push_str(rest);
}

/// An escape `\uXXXX` at the beginning, or two that are one sign; gives how many bytes it takes.
fn surrogate(text: &str, repaired: &mut String) -> usize {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok().filter(|_| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
    };
    let (kept, taken) = match (unit(0), unit(6)) {
        (Some(0xD800..0xDC00), Some(0xDC00..0xE000)) => (&text[..12], 12),
        (Some(0xD800..0xE000), _) => ("\\ufffd", 6),
        (Some(_), _) => (&text[..6], 6),
        (None, _) => ("\\\\u", 2),
    };
    repaired.push_str(kept);
    taken
}
