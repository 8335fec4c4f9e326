//! Numbers and durations: how they are read and written.

/// Units from the longest to the shortest, with their milliseconds. In a duration they stand in this order.
const UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// How many bytes at the beginning of `text` belong to an amount: everything up to the next separator, and the sign
/// of an exponent.
pub(crate) fn length(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let after_exponent = !is_hexadecimal && at > 0 && matches!(bytes[at - 1], b'e' | b'E');
        let is_sign = matches!(byte, b'+' | b'-') && after_exponent;
        if !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'_') && !is_sign {
            break;
        }
        at += 1;
    }
    at
}

/// `1.5`, `1_000`, `0x1f`, `1e3`, `017` (octal).
pub(crate) fn number(text: &str) -> Option<f64> {
    let has_digits_between = !text.starts_with('_') && !text.ends_with('_') && !text.contains("__");
    if !has_digits_between {
        return None;
    }
    let digits = text.replace('_', "");
    let lower = digits.to_ascii_lowercase();
    if let Some(hexadecimal) = lower.strip_prefix("0x") {
        return u64::from_str_radix(hexadecimal, 16).ok().map(|number| number as f64);
    }
    let is_octal =
        lower.len() > 1 && lower.starts_with('0') && lower.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    if is_octal {
        return u64::from_str_radix(&lower, 8).ok().map(|number| number as f64);
    }
    let is_decimal =
        lower.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-'));
    is_decimal.then(|| lower.parse().ok()).flatten()
}

/// `1h30m`: whole numbers with units, each unit once, the longest first.
pub(crate) fn duration_seconds(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut total: u64 = 0;
    let mut units = UNITS.iter();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).filter(|length| *length > 0)?;
        let count: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let word = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let (_, millis) = units.by_ref().find(|(name, _)| *name == &rest[..word])?;
        total = total.checked_add(count.checked_mul(*millis)?)?;
        rest = &rest[word..];
    }
    // Longer than 292 years no timestamp reaches.
    (total <= i64::MAX as u64 / 1_000_000).then_some(total as f64 / 1e3)
}

/// As Go writes a float: the shortest text that reads as the same number.
pub(crate) fn write_number(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "+Inf".to_owned() } else { "-Inf".to_owned() };
    }
    let size = number.abs();
    if size == 0.0 || (1e-4..1e21).contains(&size) {
        return number.to_string();
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let check = |text, expected| assert_eq!(number(text), expected, "{text}");
        check("1", Some(1.0));
        check(".5", Some(0.5));
        check("5.", Some(5.0));
        check("1e-3", Some(0.001));
        check("0x1F", Some(31.0));
        check("1_000", Some(1000.0));
        check("1__0", None);
        check("017", Some(15.0));
        check("5m", None);
    }

    #[test]
    fn durations() {
        let check = |text, expected| assert_eq!(duration_seconds(text), expected, "{text}");
        check("5m", Some(300.0));
        check("1h30m", Some(5400.0));
        check("1500ms", Some(1.5));
        check("30m1h", None);
        check("5", None);
        check("1.5h", None);
        check("300y", None);
    }

    #[test]
    fn numbers_are_written_as_go_does() {
        for (number, text) in [(1.0, "1"), (0.5, "0.5"), (1e21, "1e+21"), (1.5e-7, "1.5e-07"), (-0.0, "-0")] {
            assert_eq!(write_number(number), text);
        }
    }
}
