//! Numbers as programs write them.

/// A value: decimal, or one of `NaN`, `Inf`, `+Inf`, `-Inf` in any case. Short whole numbers, which most values are,
/// take a short way.
pub(super) fn value(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    if (1..=15).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
        let whole = bytes.iter().fold(0_u64, |whole, digit| whole * 10 + u64::from(digit - b'0'));
        return Some(whole as f64);
    }
    text.parse().ok()
}

/// Seconds, as milliseconds.
pub(super) fn millis(text: &str) -> Option<i64> {
    let seconds: f64 = text.parse().ok()?;
    let millis = (seconds * 1e3).round();
    // Beyond 2^53 not every millisecond can be told.
    (millis.abs() < 9e15).then_some(millis as i64)
}
