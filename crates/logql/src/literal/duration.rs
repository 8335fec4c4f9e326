//! Durations. Loki reads two dialects: Prometheus' (`1d12h`, whole numbers, units from large to small, down to
//! milliseconds) and Go's (`-1.5h`, `10us`, any order, no days).

use std::time::Duration;

/// Prometheus' units in the order in which they must stand, in milliseconds.
const PROMETHEUS_UNITS: [(&str, u64); 7] = [
    ("y", 365 * 86_400_000),
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// Go's units, in nanoseconds.
const GO_UNITS: [(&str, u64); 8] = [
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ns", 1),
];

/// Whether a character can be part of a unit.
pub(crate) fn is_unit(character: char) -> bool {
    matches!(character, 'n' | 'u' | 'µ' | 'μ' | 'm' | 's' | 'h' | 'd' | 'w' | 'y')
}

/// Reads the duration of a range, `[5m]`: Prometheus' dialect alone. A bare `0` is zero.
pub(crate) fn read_range(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text;
    let mut total: u64 = 0;
    let mut next_unit = 0;
    while !rest.is_empty() {
        let (digits, after) = rest.split_at(leading(rest, |c| c.is_ascii_digit()));
        let (unit, after) = after.split_at(leading(after, char::is_alphabetic));
        let position = PROMETHEUS_UNITS[next_unit..].iter().position(|(name, _)| *name == unit)?;
        let (_, millis) = PROMETHEUS_UNITS[next_unit + position];
        total = total.checked_add(digits.parse::<u64>().ok()?.checked_mul(millis)?)?;
        next_unit += position + 1;
        rest = after;
    }
    // Go counts nanoseconds in 63 bits; longer durations are out of its range.
    let fits = total <= i64::MAX as u64 / 1_000_000;
    (!text.is_empty() && fits).then_some(Duration::from_millis(total))
}

/// Reads a duration anywhere else, in nanoseconds: either dialect.
pub(crate) fn read(text: &str) -> Option<i64> {
    let range = read_range(text).and_then(|range| i64::try_from(range.as_nanos()).ok());
    range.or_else(|| read_go(text))
}

fn read_go(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let mut rest = unsigned;
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let (number, after) = rest.split_at(leading(rest, |c| c.is_ascii_digit() || c == '.'));
        let (unit, after) = after.split_at(leading(after, char::is_alphabetic));
        let (_, nanos) = GO_UNITS.iter().find(|(name, _)| *name == unit)?;
        total += decimal_times(number, *nanos)?;
        if total > 1 << 64 {
            return None;
        }
        rest = after;
    }
    let signed = i128::try_from(total).ok()? * if unsigned.len() < text.len() { -1 } else { 1 };
    if unsigned.is_empty() { None } else { i64::try_from(signed).ok() }
}

/// `number × nanos`, rounded down; exact, unlike a product of floats.
fn decimal_times(number: &str, nanos: u64) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 || fraction.contains('.') || whole.len() > 20 {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    // Digits past the fifteenth make less than a nanosecond of an hour.
    let fraction = &fraction[..fraction.len().min(15)];
    let part: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let nanos = u128::from(nanos);
    Some(whole * nanos + part * nanos / 10_u128.pow(fraction.len() as u32))
}

fn leading(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|character| !wanted(character)).unwrap_or(text.len())
}

/// Writes a duration that [`read`] reads as the same; one of whole milliseconds is a range's too.
pub(crate) fn write(nanos: i64) -> String {
    let length = nanos.unsigned_abs();
    if nanos >= 0 && length.is_multiple_of(1_000_000) {
        return model::format_duration(Duration::from_nanos(length));
    }
    let mut text = if nanos < 0 { "-".to_owned() } else { String::new() };
    let mut rest = length;
    for (unit, size) in GO_UNITS.iter().filter(|(unit, _)| unit.is_ascii()) {
        if rest >= *size {
            text.push_str(&format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    text
}
