//! Too much of everything: each time one clear answer, and nothing that was acknowledged is lost.

use serde_json::{Value, json};

use crate::harness::http::Client;
use crate::harness::{Home, loki};

tests! {
    []:
        a_flood_of_streams_is_refused_with_one_sentence,
        times_far_away_are_refused_by_name_and_the_rest_is_stored,
        an_answer_that_grows_too_large_is_a_part_with_a_warning,
        questions_that_ask_for_too_much_are_refused;
}

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3600 * SECOND;

/// How much more memory than before is no leak.
const GROWTH_MAX: u64 = 160 << 20;

fn a_flood_of_streams_is_refused_with_one_sentence() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let before = appliance.resident_bytes();
    let mut stored = 0;
    let mut refused = 0;
    for round in 0..60 {
        let now = loki::now();
        let stream = |number: usize| json!({ "stream": { "job": "flood", "id": format!("{round}-{number}") }, "values": [[now.to_string(), "x"]] });
        let streams: Vec<Value> = (0..500).map(stream).collect();
        let answer = client.post_json("/loki/api/v1/push", &json!({ "streams": streams }));
        match answer.status {
            204 => stored += 500,
            400 | 429 => {
                refused += 1;
                let text = answer.text();
                assert!(text.contains("streams") && text.len() < 4000, "{text}");
            }
            other => panic!("{other}: {}", answer.text()),
        }
    }
    assert!(refused > 0, "{stored} streams were taken");
    assert!(appliance.resident_bytes() < before + GROWTH_MAX, "{} bytes", appliance.resident_bytes());
    let counted = loki::count_over_time(client, r#"{job="flood"}"#);
    assert!(counted >= stored, "{counted} of {stored} are there");
    // Streams that are known go on.
    loki::push(client, &json!({ "job": "flood", "id": "0-0" }), &[(loki::now(), "still here".to_owned())]);
    assert_eq!(loki::texts(client, r#"{job="flood", id="0-0"} |= "still""#), ["still here"]);
}

fn times_far_away_are_refused_by_name_and_the_rest_is_stored() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let now = loki::now();
    let times = [0, now - 400 * 24 * HOUR, now - HOUR, now, now + HOUR / 120, now + 48 * HOUR, i64::MAX - 1];
    let values: Vec<Value> =
        times.iter().map(|time| json!([time.to_string(), format!("at {time}")])).collect();
    let body = json!({ "streams": [{ "stream": { "job": "times" }, "values": values }] });
    let said = client.post_json("/loki/api/v1/push", &body).expect(400).text();
    assert!(said.contains("too old") && said.contains("ahead"), "{said}");
    let expected: Vec<String> = times[2..5].iter().map(|time| format!("at {time}")).collect();
    assert_eq!(loki::texts(client, r#"{job="times"}"#), expected);
    assert_eq!(loki::texts(appliance.restart().client(), r#"{job="times"}"#), expected);
}

fn an_answer_that_grows_too_large_is_a_part_with_a_warning() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let filler = "a long line ".repeat(16_000);
    let start = loki::now() - HOUR;
    for tens in 0..50 {
        let lines: Vec<(i64, String)> = (0..10)
            .map(|one| (start + (tens * 10 + one) * SECOND, format!("{tens}{one} {filler}")))
            .collect();
        loki::push(client, &json!({ "job": "large" }), &lines);
    }
    let answer = loki::query_range(client, r#"{job="large"}"#, start, start + HOUR, &[("limit", "5000")]);
    let answer = answer.expect(200).json();
    let warnings = answer["warnings"].to_string();
    assert!(warnings.len() > 10, "no warning: {warnings}");
    let newest = loki::lines_of(&answer);
    assert!(!newest.is_empty() && newest.len() < 500, "{} lines", newest.len());
    // It is the newest part, without a gap.
    let first = start + (500 - newest.len() as i64) * SECOND;
    assert!((0..).zip(&newest).all(|(at, line)| line.time == first + at * SECOND));
    // Counting them needs no room.
    assert_eq!(loki::count_over_time(client, r#"{job="large"} |= "long""#), 500);
}

fn questions_that_ask_for_too_much_are_refused() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let lines: Vec<(i64, String)> =
        (0..2000).map(|number| (loki::now() - HOUR + number * SECOND, format!("n={number}"))).collect();
    loki::push(client, &json!({ "job": "wide" }), &lines);
    let ask = |query: &str, step: &str| refusal(client, query, step);
    assert!(ask(r#"sum by (n) (count_over_time({job="wide"} | logfmt [5m]))"#, "60").contains("series"));
    assert!(ask(r#"count_over_time({job="wide"} [5m])"#, "0.1").contains("points"));
    let long = format!(r#"{{job="wide"}} |= "{}""#, "x".repeat(200_000));
    assert!(!refusal_of_length(client, &long).is_empty());
}

fn refusal(client: &Client, query: &str, step: &str) -> String {
    let now = loki::now();
    let answer = loki::query_range(client, query, now - 2 * HOUR, now, &[("step", step)]);
    let answer = answer.expect(400).text();
    assert!(!answer.trim().is_empty());
    answer
}

fn refusal_of_length(client: &Client, query: &str) -> String {
    let form = crate::harness::http::form(&[("query", query)]);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer =
        client.send(ureq::http::Method::POST, "/loki/api/v1/query_range", &headers, form.into_bytes());
    assert!(matches!(answer.status, 400 | 413), "{}", answer.status);
    answer.text()
}
