use proptest::prelude::*;

use super::*;

/// Central Europe in 2026: summer time from 29 March to 25 October.
struct Berlin;

impl Zone for Berlin {
    fn ahead_minutes(&self, at: api::Millis) -> i32 {
        let summer = utc("2026-03-29T01:00:00Z")..utc("2026-10-25T01:00:00Z");
        if summer.contains(&at) { 120 } else { 60 }
    }
}

fn utc(text: &str) -> api::Millis {
    match Moment::from_address(text) {
        Some(Moment::At(at)) => at,
        other => panic!("{text}: {other:?}"),
    }
}

/// A Wednesday, 13:30 in Berlin.
fn clock() -> Clock<'static> {
    Clock { now: utc("2026-11-18T12:30:00Z"), zone: &Berlin }
}

#[test]
fn the_calendar_goes_both_ways() {
    for (text, weekday) in [
        ("1970-01-01T00:00:00Z", 3),
        ("1969-12-31T23:59:59Z", 2),
        ("2000-02-29T12:00:00Z", 1),
        ("2026-11-22T02:07:13.123Z", 6),
        ("2100-03-01T00:00:00Z", 0),
    ] {
        let at = utc(text);
        assert_eq!(iso(at), text);
        assert_eq!(Civil::from_millis(at).weekday(), weekday, "{text}");
    }
}

#[test]
fn ranges_are_read_as_people_type_them() {
    let check = |text: &str, start: &str, end: &str| {
        let range = Range::parse(text, clock()).unwrap_or_else(|fault| panic!("{text}: {fault}"));
        let resolved = range.resolve(clock());
        assert_eq!((iso(resolved.start), iso(resolved.end)), (start.to_owned(), end.to_owned()), "{text}");
    };
    let now = "2026-11-18T12:30:00Z";
    check("15m", "2026-11-18T12:15:00Z", now);
    check("1h30m", "2026-11-18T11:00:00Z", now);
    check("now-2h", "2026-11-18T10:30:00Z", now);
    check("now-1d/d", "2026-11-16T23:00:00Z", now);
    check("today", "2026-11-17T23:00:00Z", now);
    check("Yesterday", "2026-11-16T23:00:00Z", "2026-11-17T23:00:00Z");
    check("now-1d/d to now-1d/d", "2026-11-16T23:00:00Z", "2026-11-17T23:00:00Z");
    check("now/w to now", "2026-11-15T23:00:00Z", now);
    check("now/M..now", "2026-10-31T23:00:00Z", now);
    check("now/y .. now/h", "2025-12-31T23:00:00Z", "2026-11-18T13:00:00Z");
    check("02:00-02:30", "2026-11-18T01:00:00Z", "2026-11-18T01:30:00Z");
    check("02:00 - 02:30", "2026-11-18T01:00:00Z", "2026-11-18T01:30:00Z");
    check("23:50-00:10", "2026-11-17T22:50:00Z", "2026-11-17T23:10:00Z");
    check("13:00", "2026-11-18T12:00:00Z", now);
    check("13:31", "2026-11-17T12:31:00Z", now);
    check("2026-11-17 02:00 to 03:00", "2026-11-17T01:00:00Z", "2026-11-17T02:00:00Z");
    check("2026-11-17T02:00 – 2026-11-17T02:00:30.5", "2026-11-17T01:00:00Z", "2026-11-17T01:00:30.500Z");
    check("2026-11-17T02:00-01:00", "2026-11-17T03:00:00Z", now);
    check("2026-07-01T12:00 .. 2026-07-01T13:00Z", "2026-07-01T10:00:00Z", "2026-07-01T13:00:00Z");
    check("1763424000", "2025-11-18T00:00:00Z", now);
    check("1763424000000 to 1763424060000000000", "2025-11-18T00:00:00Z", "2025-11-18T00:01:00Z");
}

#[test]
fn what_is_no_range_says_what_to_write() {
    for text in [
        "",
        "soon",
        "15",
        "0m",
        "25:00",
        "2026-13-01",
        "2026-02-30",
        "now+1h",
        "now-1d/x",
        "02:00-",
        "5x",
        "now to now-1h",
    ] {
        let fault = Range::parse(text, clock()).err().unwrap_or_else(|| panic!("{text} was read"));
        assert!(fault.0.contains("write"), "{text}: {fault}");
    }
}

#[test]
fn days_are_as_long_as_the_zone_makes_them() {
    let check = |now: &str, hours: i64| {
        let clock = Clock { now: utc(now), zone: &Berlin };
        let day = Range::parse("now/d to now/d", clock).unwrap().resolve(clock);
        assert_eq!(day.millis(), hours * HOUR, "{now}");
    };
    check("2026-03-29T12:00:00Z", 23);
    check("2026-03-28T12:00:00Z", 24);
    check("2026-10-25T00:30:00Z", 25);
    check("2026-10-25T01:30:00Z", 25);
}

#[test]
fn ranges_move_and_zoom() {
    let hour = Range::last(HOUR).resolve(clock());
    assert_eq!(hour.shifted(false).resolve(clock()).end, clock().now - 30 * MINUTE);
    assert_eq!(hour.shifted(true).resolve(clock()).end, clock().now + 30 * MINUTE);
    let wider = hour.zoomed_out(clock().now).resolve(clock());
    assert_eq!((wider.end, wider.millis()), (clock().now, 2 * HOUR));
    let part = hour.zoomed(hour.end - MINUTE, hour.start + MINUTE).resolve(clock());
    assert_eq!((part.start, part.end), (hour.start + MINUTE, hour.end - MINUTE));
    assert_eq!(hour.zoomed(hour.end, hour.end).resolve(clock()).millis(), 10);
}

#[test]
fn times_are_written_for_people() {
    let clock = clock();
    assert_eq!(full(clock.now + 5, &Berlin), "2026-11-18 13:30:00.005");
    assert_eq!(row_time((clock.now + 5) * NANOS_PER_MILLI, &Berlin, false), "13:30:00.005");
    assert_eq!(row_time(clock.now * NANOS_PER_MILLI, &Utc, true), "11-18 12:30:00.000");
    assert_eq!(since(clock.now - HOUR, clock), "since 12:30");
    assert_eq!(since(clock.now - DAY, clock), "since 17 Nov 13:30");
    assert_eq!(since(clock.now - 400 * DAY, clock), "since 14 Oct 2025");
    for (past, words) in [
        (-500, "just now"),
        (4_999, "just now"),
        (12_000, "12 s ago"),
        (HOUR, "1 h ago"),
        (50 * HOUR, "2 d ago"),
    ] {
        assert_eq!(ago(clock.now - past, clock.now), words);
    }
    for (millis, words) in
        [(0, "0 s"), (250, "250 ms"), (45_000, "45 s"), (90 * MINUTE, "1 h 30 min"), (DAY, "1 d")]
    {
        assert_eq!(length(millis), words);
    }
}

#[test]
fn ranges_have_labels() {
    let check = |range: &str, label: &str| {
        assert_eq!(range_label(Range::parse(range, clock()).unwrap(), clock()), label, "{range}");
    };
    check("1h", "Last 1 hour");
    check("45m", "Last 45 min");
    check("yesterday", "Yesterday");
    check("now-2h to now-1h", "now-2h – now-1h");
    check("2026-11-17 02:00 to 02:30", "17 Nov 02:00 – 02:30");
    check("2026-11-17 02:00 to 02:00:30", "17 Nov 02:00:00 – 02:00:30");
    check("2026-11-16 02:00 to 2026-11-17 02:00", "16 Nov 02:00 – 17 Nov 02:00");
}

pub(crate) fn any_moment() -> impl Strategy<Value = Moment> {
    let units = prop::option::of(prop::sample::select(vec![
        Unit::Minute,
        Unit::Hour,
        Unit::Day,
        Unit::Week,
        Unit::Month,
        Unit::Year,
    ]));
    prop_oneof![
        (0_i64..8_000_000_000_000).prop_map(Moment::At),
        (0_i64..3_000_000_000_000, units).prop_map(|(millis, round)| Moment::Ago { millis, round }),
    ]
}

proptest! {
    #[test]
    fn every_moment_survives_the_address(moment in any_moment()) {
        prop_assert_eq!(Moment::from_address(&moment.to_string()), Some(moment));
    }

    #[test]
    fn every_instant_survives_the_calendar(at in -62_000_000_000_000_i64..200_000_000_000_000) {
        let civil = Civil::from_millis(at);
        prop_assert_eq!(civil.to_millis(), at);
        prop_assert!(civil.month >= 1 && civil.month <= 12 && civil.day >= 1 && civil.day <= 31);
    }

    #[test]
    fn wall_clocks_go_both_ways_outside_of_changes(at in 1_767_225_600_000_i64..1_798_000_000_000) {
        let local = to_local(at, &Berlin);
        // Within the hour that happens twice the first of the two is meant.
        prop_assert!(from_local(local, &Berlin) == at || from_local(local, &Berlin) == at - HOUR);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,30}") {
        let _ = Range::parse(&text, clock());
    }

    #[test]
    fn nothing_like_a_time_panics(text in "(now|[0-9:TZ+./ -]|[mhdwMy]|to){0,16}") {
        let _ = Range::parse(&text, clock());
    }

    #[test]
    fn rounding_contains_the_moment(moment in any_moment()) {
        let (start, end) = (moment.start(clock()), moment.end(clock()));
        prop_assert!(start <= end);
    }
}
