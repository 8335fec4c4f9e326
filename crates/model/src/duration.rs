//! Durations as Prometheus and Loki write them: `90s`, `1h30m`, `7d`.

use std::time::Duration;

/// Units from the largest to the smallest, in nanoseconds. A year has 365 days and a day 24 hours, as in
/// Prometheus.
const UNITS: [(&str, u64); 9] = [
    ("y", 365 * 86_400_000_000_000),
    ("w", 7 * 86_400_000_000_000),
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("m", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no duration; write a number and a unit, such as 30s, 1h30m or 7d (ns, us, ms, s, m, h, d, w, y)"
)]
pub struct ParseDurationError(String);

/// Reads one or more numbers with units. Units may come in any order and repeat; a bare `0` is zero.
pub fn parse_duration(text: &str) -> Result<Duration, ParseDurationError> {
    read(text).ok_or_else(|| ParseDurationError(text.to_owned()))
}

fn read(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let number = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let value: u64 = rest[..number].parse().ok()?;
        rest = &rest[number..];
        let word = rest.len() - rest.trim_start_matches(|c: char| c.is_alphabetic()).len();
        let unit = if &rest[..word] == "µs" { "us" } else { &rest[..word] };
        let (_, nanos) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(value.checked_mul(*nanos)?)?;
        rest = &rest[word..];
    }
    (!text.is_empty()).then_some(Duration::from_nanos(total))
}

/// The shortest text that [`parse_duration`] reads as the same duration: `1h30m`, `0s`.
pub fn format_duration(duration: Duration) -> String {
    let mut rest = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
    let mut text = String::new();
    for (name, nanos) in UNITS {
        // `365d` reads better than `1y` only for people, and `14d` better than `2w`: keep exact multiples.
        let exact_only = matches!(name, "y" | "w");
        if rest < nanos || (exact_only && !rest.is_multiple_of(nanos)) {
            continue;
        }
        text.push_str(&format!("{}{name}", rest / nanos));
        rest %= nanos;
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_need_units() {
        let check = |text: &str, seconds: Option<f64>| {
            assert_eq!(parse_duration(text).ok().map(|d| d.as_secs_f64()), seconds, "{text}");
        };
        check("30s", Some(30.0));
        check("1h30m", Some(5400.0));
        check("7d", Some(604_800.0));
        check("1y", Some(31_536_000.0));
        check("250ms", Some(0.25));
        check("10µs", Some(0.000_01));
        check("0", Some(0.0));
        for bad in ["", "30", "s", "1.5h", "-1s", "1 h", "1x", "99999999999999999999y", "9999999y"] {
            check(bad, None);
        }
        assert_eq!(format_duration(Duration::from_secs(5400)), "1h30m");
        assert_eq!(format_duration(Duration::ZERO), "0s");
    }

    proptest! {
        #[test]
        fn every_duration_survives_its_text(nanos in any::<u64>()) {
            let duration = Duration::from_nanos(nanos);
            prop_assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = parse_duration(&text);
        }
    }
}
