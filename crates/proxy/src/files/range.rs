//! `Range`: which part of a file is asked for.

/// What to answer to a `Range` header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything: no range, none that we understand, or several (which a server may answer so).
    Whole,
    /// Bytes `first..=last`; `first <= last < length`.
    Bytes { first: u64, last: u64 },
    /// The range begins behind the end.
    Unsatisfiable,
}

/// Reads the header's value for a file of `length` bytes (RFC 9110, section 14).
pub(super) fn part(value: &str, length: u64) -> Part {
    let Some((unit, ranges)) = value.split_once('=') else { return Part::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || ranges.contains(',') {
        return Part::Whole;
    }
    let Some((first, last)) = ranges.trim().split_once('-') else { return Part::Whole };
    match (first, last) {
        ("", last) => number(last).map_or(Part::Whole, |count| suffix(count, length)),
        (first, "") => number(first).map_or(Part::Whole, |first| between(first, u64::MAX, length)),
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => between(first, last, length),
            _ => Part::Whole,
        },
    }
}

/// The last `count` bytes.
fn suffix(count: u64, length: u64) -> Part {
    if count == 0 || length == 0 {
        return Part::Unsatisfiable;
    }
    Part::Bytes { first: length.saturating_sub(count), last: length - 1 }
}

fn between(first: u64, last: u64, length: u64) -> Part {
    if first >= length {
        return Part::Unsatisfiable;
    }
    Part::Bytes { first, last: last.min(length - 1) }
}

/// Digits alone; as many as are too large for the type mean its greatest number.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(first: u64, last: u64) -> Part {
        Part::Bytes { first, last }
    }

    #[test]
    fn ranges_are_read() {
        for (value, expected) in [
            ("bytes=0-0", bytes(0, 0)),
            ("bytes=0-499", bytes(0, 499)),
            ("bytes=500-999", bytes(500, 999)),
            ("bytes=500-", bytes(500, 999)),
            ("bytes=-500", bytes(500, 999)),
            ("bytes=-5000", bytes(0, 999)),
            ("bytes=0-99999", bytes(0, 999)),
            ("Bytes=1-2", bytes(1, 2)),
            ("bytes= 1-2 ", bytes(1, 2)),
            ("bytes=999-", bytes(999, 999)),
            ("bytes=0-18446744073709551616", bytes(0, 999)),
            ("bytes=1000-", Part::Unsatisfiable),
            ("bytes=1000-2000", Part::Unsatisfiable),
            ("bytes=99999999999999999999-", Part::Unsatisfiable),
            ("bytes=-0", Part::Unsatisfiable),
            ("bytes=5-2", Part::Whole),
            ("bytes=0-1,5-6", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=1-2-3", Part::Whole),
            ("bytes 1-2", Part::Whole),
            ("lines=1-2", Part::Whole),
            ("", Part::Whole),
        ] {
            assert_eq!(part(value, 1000), expected, "{value}");
        }
        assert_eq!(part("bytes=0-", 0), Part::Unsatisfiable);
        assert_eq!(part("bytes=-1", 0), Part::Unsatisfiable);
    }

    proptest! {
        #[test]
        fn a_part_lies_within_the_file(value in "bytes=[0-9]{0,20}-[0-9]{0,20}(,[0-9]-[0-9])?", length: u64) {
            if let Part::Bytes { first, last } = part(&value, length) {
                prop_assert!(first <= last && last < length);
            }
        }

        #[test]
        fn anything_is_answered(value in ".{0,30}", length: u64) {
            let _ = part(&value, length);
        }

        #[test]
        fn what_is_written_is_read(first in 0..1000u64, count in 0..1000u64) {
            prop_assert_eq!(part(&format!("bytes={first}-{}", first + count), 4000), bytes(first, first + count));
        }
    }
}
