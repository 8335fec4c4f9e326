//! Social security numbers of the United States, as people write them: `123-45-6789`.

use memchr::memchr_iter;

/// What stands in their place.
const MARKER: &str = "[masked:ssn]";

/// The length of one.
const LENGTH: usize = 11;

/// The text without them, if there is one in it.
pub(super) fn masked(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut masked = String::new();
    let mut from = 0;
    for hyphen in memchr_iter(b'-', bytes) {
        let Some(start) = hyphen.checked_sub(3).filter(|start| *start >= from) else { continue };
        if is_number(bytes, start) {
            masked.push_str(&text[from..start]);
            masked.push_str(MARKER);
            from = start + LENGTH;
        }
    }
    (from > 0).then(|| masked + &text[from..])
}

/// Whether one stands there, alone. Some areas, groups and serial numbers are never given out.
fn is_number(bytes: &[u8], start: usize) -> bool {
    let Some(number) = bytes.get(start..start + LENGTH) else { return false };
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let stands_alone =
        !bytes[..start].last().is_some_and(is_part) && !bytes.get(start + LENGTH).is_some_and(is_part);
    let (area, group, serial) = (&number[..3], &number[4..6], &number[7..]);
    let digits = [area, group, serial].concat().iter().all(u8::is_ascii_digit);
    let is_given = area != b"000" && area != b"666" && area[0] != b'9' && group != b"00" && serial != b"0000";
    stands_alone && number[3] == b'-' && number[6] == b'-' && digits && is_given
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn numbers_that_stand_alone_are_masked() {
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(masked(text).as_deref(), expected, "{text}");
        check("ssn 123-45-6789, 234-56-7890.", Some("ssn [masked:ssn], [masked:ssn]."));
        check("123-45-6789", Some("[masked:ssn]"));
        check("é123-45-6789", Some("é[masked:ssn]"));
        for other in [
            "",
            "-",
            "2026-11-23",
            "123-45-67890",
            "0123-45-6789",
            "x-123-45-6789",
            "000-45-6789",
            "666-45-6789",
            "900-45-6789",
            "123-00-6789",
            "123-45-0000",
            "123-456-789",
            "0f8e7d6c-1234-4a5b-8c7d-123456789012",
        ] {
            check(other, None);
        }
    }
}
