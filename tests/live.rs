//! The page's live stream: what is new, soon, once.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::events::Events;
use crate::harness::shared::rig;
use crate::harness::{Engine, Home, app, loki};

tests! {
    []:
        new_lines_come_once_and_in_order,
        a_stream_goes_on_after_the_last_event_seen;
    [Docker]:
        what_changes_on_now_is_sent,
        alone a_line_of_a_container_is_seen_within_a_second;
}

const LIMIT: Duration = Duration::from_secs(30);

fn rows(data: &Value) -> Vec<String> {
    let rows = data["page"]["rows"].as_array().expect("rows");
    rows.iter().map(|row| row["line"].as_str().expect("a line").to_owned()).collect()
}

fn numbered(from: i64, count: i64) -> Vec<(i64, String)> {
    (from..from + count).map(|number| (loki::now() + number, format!("live {number}"))).collect()
}

/// Collects lines until there are `count`; the id of the last event too.
fn take(events: &Events, count: usize) -> (Vec<String>, String) {
    let mut lines = Vec::new();
    loop {
        let event = events.next("lines", LIMIT);
        lines.extend(rows(&event.data));
        if lines.len() >= count {
            return (lines, event.id);
        }
    }
}

fn new_lines_come_once_and_in_order() {
    let appliance = Home::new().start();
    let client = appliance.client();
    loki::push(client, &json!({ "job": "live" }), &[(loki::now(), "live before".to_owned())]);
    let events = Events::open(client, &[("query", r#"{job="live"} |= "live""#)]);
    events.next("now", LIMIT);
    let mut sent = Vec::new();
    for round in 0..5 {
        let lines = numbered(round * 10, 10);
        loki::push(client, &json!({ "job": "live" }), &lines);
        loki::push(client, &json!({ "job": "other" }), &lines);
        sent.extend(lines.into_iter().map(|(_, text)| text));
    }
    let (mut seen, _) = take(&events, sent.len());
    seen.retain(|line| line != "live before");
    assert_eq!(seen, sent);
}

fn a_stream_goes_on_after_the_last_event_seen() {
    let appliance = Home::new().start();
    let client = appliance.client();
    let query = [("query", r#"{job="live"}"#)];
    let events = Events::open(client, &query);
    events.next("now", LIMIT);
    loki::push(client, &json!({ "job": "live" }), &numbered(0, 5));
    let (seen, id) = take(&events, 5);
    assert_eq!(seen.len(), 5);
    drop(events);
    loki::push(client, &json!({ "job": "live" }), &numbered(5, 5));
    let again = Events::open(&client.with_header("last-event-id", id), &query);
    loki::push(client, &json!({ "job": "live" }), &numbered(10, 5));
    // Lines of the last seconds may come again, with the ids that they had; none is left out.
    let mut seen = std::collections::BTreeMap::new();
    while !seen.values().any(|line| line == "live 14") {
        let event = again.next("lines", LIMIT);
        for row in event.data["page"]["rows"].as_array().expect("rows") {
            let line = row["line"].as_str().expect("a line").to_owned();
            let known = seen.insert(row["id"].to_string(), line.clone());
            assert!(known.is_none(), "{line} came twice over one connection");
        }
    }
    let expected: std::collections::BTreeSet<String> =
        (5..15).map(|number| format!("live {number}")).collect();
    let seen: std::collections::BTreeSet<String> = seen.into_values().collect();
    assert!(seen.is_superset(&expected), "{seen:?}");
}

fn what_changes_on_now_is_sent() {
    let rig = rig();
    let events = Events::open(rig.appliance.client(), &[]);
    let first = events.next("now", LIMIT);
    assert!(first.data["services"].is_array(), "{}", first.data);
    assert_eq!(first.data["docker"]["state"], app::now(rig.appliance.client())["docker"]["state"]);
    rig.engine.run("newcomer", &[], "sleep 300");
    events.find("now", LIMIT, |now| now["services"].to_string().contains("newcomer"));
    rig.engine.remove(&["newcomer"]);
    // Its service keeps its tile, since it has told something within the hour; it has no container any more.
    let is_gone = |tile: &Value| tile["service"] == "newcomer" && tile["workloads"] == json!([]);
    events
        .find("now", LIMIT, |now| now["services"].as_array().is_some_and(|tiles| tiles.iter().any(is_gone)));
}

fn a_line_of_a_container_is_seen_within_a_second() {
    let engine = Engine::start();
    let appliance = Home::new().docker(&engine).start();
    let script = "i=0; while :; do until test -e /tmp/say; do usleep 5000; done; rm /tmp/say; i=$((i+1)); echo word $i; done";
    engine.run("speaker", &[], script);
    let events = Events::open(appliance.client(), &[("query", r#"{container="speaker"}"#)]);
    events.next("now", LIMIT);
    let mut waits: Vec<Duration> = (1..=5)
        .map(|number| {
            engine.touch("speaker", "/tmp/say");
            let start = Instant::now();
            let word = format!("word {number}");
            events.find("lines", LIMIT, |data| rows(data).contains(&word));
            start.elapsed()
        })
        .collect();
    waits.sort();
    assert!(waits[2] < Duration::from_secs(1), "{waits:?}");
}
