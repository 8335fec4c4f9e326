//! What is written in a layout reads as the same time; the tables of templates hold the rest.

use proptest::prelude::*;

use super::{Time, Zone, duration_text, parse_duration};

const LAYOUTS: [&str; 8] = [
    "2006-01-02T15:04:05.999999999Z07:00",
    "2006-01-02 15:04:05.000000000 -0700",
    "Mon, _2 January 2006 03:04:05.999999999 PM -07:00:00",
    "02/Jan/2006:15:04:05.000000000 Z0700",
    "2006 002 15.04.05,000000000 -0700",
    "20060102150405.000000000Z07:00",
    "2006-1-2 3:4:5.999999999pm -0700",
    "06-01-02 15:04:05.000000000 -0700",
];

#[test]
fn zones_that_nobody_knows_are_faults() {
    let error = Zone::named("Mars/Olympus").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`Mars/Olympus` is no time zone; write a name such as Europe/Berlin or UTC"
    );
    for name in ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Etc/GMT+5", "UTC", ""] {
        assert!(Zone::named(name).is_ok(), "{name}");
    }
}

#[test]
fn clocks_that_jump_are_told_as_in_go() {
    let check = |zone: &str, text: &str, expected: &str| {
        let zone = Zone::named(zone).unwrap();
        let time = Time::parse("2006-01-02 15:04", text, &zone).unwrap();
        assert_eq!(time.to_string(), expected);
    };
    check("Europe/Berlin", "2024-03-31 01:59", "2024-03-31 01:59:00 +0100 CET");
    check("Europe/Berlin", "2024-03-31 03:00", "2024-03-31 03:00:00 +0200 CEST");
    check("Europe/Berlin", "2024-10-27 02:30", "2024-10-27 02:30:00 +0100 CET");
    check("Europe/Berlin", "2024-10-27 03:00", "2024-10-27 03:00:00 +0100 CET");
}

proptest! {
    #[test]
    fn what_is_written_reads_as_the_same_time(
        // 1970 to 2068: a year of two digits tells no century.
        nanos in 0..3_124_224_000_000_000_000_i64,
        zone in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"]),
        layout in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        let zone = Zone::named(zone).unwrap();
        let time = Time::from_nanos(nanos).in_zone(zone.clone());
        let text = time.format(layout);
        let read = Time::parse(layout, &text, &zone);
        prop_assert_eq!(read.map(|time| time.nanos()), Ok(Some(nanos)), "{}", text);
    }

    #[test]
    fn no_text_and_no_layout_panics(layout in any::<String>(), text in any::<String>(), known in prop::sample::select(LAYOUTS.to_vec())) {
        let _ = Time::parse(&layout, &text, &Zone::Utc);
        let _ = Time::parse(known, &text, &Zone::Utc);
        let _ = Time::from_nanos(0).format(&layout);
    }

    #[test]
    fn times_cut_short_do_not_panic(nanos in any::<i64>(), layout in prop::sample::select(LAYOUTS.to_vec()), at in 0..40_usize) {
        let mut text = Time::from_nanos(nanos).format(layout);
        text.truncate(at);
        let _ = Time::parse(layout, &text, &Zone::Utc);
    }

    #[test]
    fn durations_read_as_the_same(nanos in any::<i64>()) {
        prop_assert_eq!(parse_duration(&duration_text(nanos)), Ok(nanos));
    }
}
