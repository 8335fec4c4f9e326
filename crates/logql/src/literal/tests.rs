//! Tables of literals, and what is written read again.

use proptest::prelude::*;

use super::*;

#[test]
fn durations_in_two_dialects() {
    let check = |text: &str, expected: Option<i64>| assert_eq!(duration::read(text), expected, "{text}");
    let hour = 3_600_000_000_000;
    check("1d12h", Some(36 * hour));
    check("5y2w3d4h5m6s", Some((5 * 365 + 17) * 24 * hour + 4 * hour + 306_000_000_000));
    check("1.5h", Some(hour * 3 / 2));
    check("-2.5h", Some(-hour * 5 / 2));
    check("10us", Some(10_000));
    check("10µs", Some(10_000));
    check("30s1h", Some(hour + 30_000_000_000));
    check("0", Some(0));
    for bad in ["", "-", "5", "1.5d", "2w3y", "1h 1m", "1..5s", ".s", "9999999999y", "300000y", "1e3s"] {
        check(bad, None);
    }
}

#[test]
fn ranges_are_prometheus_durations() {
    let check = |text: &str, seconds: Option<f64>| {
        assert_eq!(duration::read_range(text).map(|range| range.as_secs_f64()), seconds, "{text}");
    };
    check("5m", Some(300.0));
    check("0s", Some(0.0));
    check("1s500ms", Some(1.5));
    for bad in ["1.5h", "-1m", "10us", "5m1h", "5m5m", "$__auto"] {
        check(bad, None);
    }
}

#[test]
fn amounts_of_bytes() {
    let check = |text: &str, expected: Option<u64>| assert_eq!(bytes::read(text), expected, "{text}");
    check("20MB", Some(20_000_000));
    check("20.2MB", Some(20_200_000));
    check("1KiB", Some(1024));
    check("1kB", Some(1000));
    check("5k", Some(5000));
    check("7B", Some(7));
    for bad in ["", "5", "5X", "1BK", "1kk", "99999999PB"] {
        check(bad, None);
    }
    assert_eq!(bytes::write(20_000_000), "20MB");
    assert_eq!(bytes::write(2048), "2KiB");
    assert_eq!(bytes::write(0), "0B");
}

#[test]
fn numbers_end_where_they_end() {
    let check = |text: &str, expected: usize| assert_eq!(number::length(text), expected, "{text}");
    check("12", 2);
    check(".5]", 2);
    check("1.", 2);
    check("1e3 ", 3);
    check("1e+3", 4);
    check("5e", 1);
    check("5m", 1);
    check(".", 0);
    check("", 0);
    check("x", 0);
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(
        nanos in any::<i64>(), number in any::<f64>(), amount in 0_u64..(1 << 53),
    ) {
        prop_assert_eq!(duration::read(&duration::write(nanos)), Some(nanos));
        prop_assert_eq!(bytes::read(&bytes::write(amount)), Some(amount));
        let size = number.abs();
        let written = number::write(size);
        prop_assert_eq!(number::length(&written), written.len());
        prop_assert_eq!(number::read(&written), Some(size));
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = (duration::read(&text), duration::read_range(&text), bytes::read(&text), number::length(&text));
    }
}
