use axum::body::Body;
use expect_test::{Expect, expect};

use http::header::CONTENT_TYPE;

use super::*;

const NOW: i64 = 1_700_000_000;

async fn params(query: &str, form: Option<&str>) -> Params {
    let mut request = Request::builder().uri(format!("/x?{query}"));
    if form.is_some() {
        request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let request = request.body(Body::from(form.unwrap_or_default().to_owned())).expect("a request");
    Params::from_request(request, &()).await.expect("parameters")
}

fn told<T: std::fmt::Debug>(result: Result<T, LokiFault>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(fault) => format!("{} {}", fault.0.status.as_u16(), fault.0.message),
    }
}

#[tokio::test]
async fn a_form_and_the_query_string_are_read_alike() {
    let both = params("a=1&b=%7Bx%3D%22y+z%22%7D&m=1", Some("b=2&c=%2B&m=3&m=4&e=")).await;
    assert_eq!(
        (both.get("a"), both.get("b"), both.get("c"), both.get("e"), both.get("d")),
        (Some("1"), Some("2"), Some("+"), None, None)
    );
    assert_eq!(both.all("m").collect::<Vec<_>>(), ["3", "4", "1"]);
    assert_eq!(params("b=%7Bx%3D%22y+z%22%7D", None).await.get("b"), Some("{x=\"y z\"}"));
}

#[test]
fn times_are_read_as_loki_reads_them() {
    let check = |text: &str, expected: Option<i64>| {
        assert_eq!(parse_time(text).map(Timestamp::nanos), expected, "{text}");
    };
    check("1700000000123456789", Some(1_700_000_000_123_456_789));
    check("1700000000", Some(1_700_000_000_000_000_000));
    check("1700000000.5", Some(1_700_000_000_500_000_000));
    check("1700000000.123456", Some(1_700_000_000_123_456_000));
    check("-1", Some(-1_000_000_000));
    check("0", Some(0));
    check("2023-11-14T22:13:20Z", Some(1_700_000_000_000_000_000));
    check("2023-11-14T23:13:20.5+01:00", Some(1_700_000_000_500_000_000));
    for bad in ["", "x", "now", "1e300.0", "NaN", "inf.", "1700000000s", "99999999999999999999"] {
        check(bad, None);
    }
}

#[tokio::test]
async fn ranges_have_defaults() {
    let check = async |query: &str, expected: Expect| {
        let range = params(query, None).await.range(Timestamp::from_seconds(NOW), Duration::from_secs(3600));
        let relative = |at: Timestamp| at.nanos() - NOW * 1_000_000_000;
        expected.assert_eq(&told(range.map(|range| (relative(range.start), relative(range.end)))));
    };
    check("", expect!["(-3600000000000, 0)"]).await;
    check("since=30m", expect!["(-1800000000000, 0)"]).await;
    check("end=1699999000", expect!["(-4600000000000, -1000000000000)"]).await;
    check("end=1800000000&since=10", expect!["(-10000000000, 100000000000000000)"]).await;
    check("start=1699999999&end=1700000001", expect!["(-1000000000, 1000000000)"]).await;
    check("start=1700000001&end=1699999999", expect!["400 end timestamp must not be before or equal to start time: 2023-11-14T22:13:19.000000000Z < 2023-11-14T22:13:21.000000000Z"]).await;
    check(
        "start=yesterday",
        expect!["400 start: `yesterday` is no time; write nanoseconds, seconds with a fraction, or RFC 3339"],
    )
    .await;
    check("since=1.5h", expect!["400 since: `1.5h` is no duration; write 30s, 1h30m or a number of seconds"])
        .await;
}

#[tokio::test]
async fn limits_and_durations_are_bounded() {
    let check = async |query: &str, expected: Expect| {
        let params = params(query, None).await;
        expected.assert_eq(&format!("{} {}", told(params.limit(100, 5000)), told(params.duration("step"))));
    };
    check("", expect!["100 None"]).await;
    check("limit=1&step=15000ms", expect!["1 Some(15s)"]).await;
    check("limit=5000&step=60", expect!["5000 Some(60s)"]).await;
    check("limit=0&step=0.5", expect!["400 limit must be a positive value Some(500ms)"]).await;
    check("limit=5001&step=-1", expect!["400 max entries limit per query exceeded, limit > max_entries_limit (5001 > 5000) 400 step: `-1` is no duration; write 30s, 1h30m or a number of seconds"]).await;
    check("limit=x&step=0.5m", expect!["400 limit: `x` is no whole number 400 step: `0.5m` is no duration; write 30s, 1h30m or a number of seconds"]).await;
}
