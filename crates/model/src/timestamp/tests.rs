use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: Option<&str>) {
    let found = Timestamp::parse_rfc3339(text).ok().map(|at| at.to_string());
    assert_eq!(found.as_deref(), expected, "{text}");
}

#[test]
fn rfc3339_as_loggers_write_it() {
    check("1970-01-01T00:00:00Z", Some("1970-01-01T00:00:00.000000000Z"));
    check("2026-11-22T14:03:59.5Z", Some("2026-11-22T14:03:59.500000000Z"));
    check("2026-11-22T14:03:59.123456789Z", Some("2026-11-22T14:03:59.123456789Z"));
    check("2026-11-22T14:03:59.1234567891Z", Some("2026-11-22T14:03:59.123456789Z"));
    check("2026-11-22 14:03:59+02:00", Some("2026-11-22T12:03:59.000000000Z"));
    check("2024-02-29T23:30:00-01:00", Some("2024-03-01T00:30:00.000000000Z"));
    check("1969-12-31T23:59:59.999999999Z", Some("1969-12-31T23:59:59.999999999Z"));
    check("2016-12-31T23:59:60Z", Some("2017-01-01T00:00:00.000000000Z"));
    for bad in [
        "",
        "now",
        "2026-11-22",
        "2023-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T14:03:59",
        "2026-11-22T14:03:59.Z",
        "2026-11-22T14:03:59+2:00",
        "9999-01-01T00:00:00Z",
        "2026-11-22T14:03:5éZ",
    ] {
        check(bad, None);
    }
}

#[test]
fn a_day_starts_and_ends_at_midnight() {
    let day = UtcDay::parse("2026-11-22").expect("a day");
    assert_eq!(day.start().day(), day);
    assert_eq!(Timestamp::from_nanos(day.end().nanos() - 1).day(), day);
    assert_eq!(day.end().day().to_string(), "2026-11-23");
    assert_eq!(UtcDay::parse("2026-11-2x"), None);
    assert_eq!(UtcDay::parse("2026-02-30"), None);
}

proptest! {
    #[test]
    fn every_instant_survives_its_text(nanos in -5_000_000_000_000_000_000_i64..) {
        let at = Timestamp::from_nanos(nanos);
        prop_assert_eq!(Timestamp::parse_rfc3339(&at.to_string()), Ok(at));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}") {
        let _ = Timestamp::parse_rfc3339(&text);
        let _ = UtcDay::parse(&text);
    }
}
