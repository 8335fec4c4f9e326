//! Questions about issues, to the page's own API.

use serde_json::Value;

use crate::harness::http::{Answer, Client};
use crate::harness::{Appliance, Home, eventually};

/// The key of the project `shop`.
pub(crate) const KEY: &str = "5b7c1e3f9a2d4c6e8f0a1b2c3d4e5f60";

/// A place whose one project is `shop`, with more settings of `[issues]`.
pub(crate) fn home(issues: &str) -> Home {
    Home::new()
        .with(&format!("[issues]\n{issues}\n[[issues.project]]\nname = \"shop\"\nid = 7\nkey = \"{KEY}\"\n"))
}

/// What an SDK is given.
pub(crate) fn dsn(appliance: &Appliance) -> String {
    format!("http://{KEY}@{}/7", appliance.anonymous().address())
}

/// Sends an event as a browser does.
pub(crate) fn send(client: &Client, event: &Value) -> Answer {
    let event_id = &event["event_id"];
    let body = format!("{{\"event_id\":{event_id}}}\n{{\"type\":\"event\"}}\n{event}\n");
    client.post(&format!("/api/7/envelope/?sentry_version=7&sentry_key={KEY}"), &[], body.into_bytes())
}

/// The issues that a query selects, last seen first.
pub(crate) fn issues(client: &Client, query: &str) -> Vec<Value> {
    let answer = client.ask("/app/v1/issues", &[("query", query)]).expect(200).json();
    answer["rows"].as_array().expect("rows").clone()
}

/// The one issue whose title or message holds a text, once it has so many events.
pub(crate) fn await_issue(client: &Client, text: &str, events: u64) -> Value {
    let mut last = Vec::new();
    let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        eventually(&format!("an issue {text:?} with {events} events"), || {
            last = issues(client, "");
            let holds = |row: &&Value| {
                ["title", "message"].iter().any(|name| row[name].as_str().unwrap_or_default().contains(text))
            };
            let fitting: Vec<&Value> = last.iter().filter(holds).collect();
            assert!(fitting.len() <= 1, "{text:?} is split: {fitting:#?}");
            fitting.first().filter(|row| row["events"] == events).map(|row| (*row).clone())
        })
    }));
    found.unwrap_or_else(|_| panic!("not an issue {text:?} with {events} events among {last:#?}"))
}

/// The last event of an issue, whole.
pub(crate) fn latest(client: &Client, issue: &Value) -> Value {
    client.get(&format!("/app/v1/issues/{}/event/latest", issue["id"])).expect(200).json()
}

/// The value under a name of a list of pairs.
pub(crate) fn pair<'v>(pairs: &'v Value, name: &str) -> Option<&'v str> {
    pairs.as_array()?.iter().find(|pair| pair[0] == name)?[1].as_str()
}

/// What is known of a transaction's name, once it came so often.
pub(crate) fn await_transaction(client: &Client, name: &str, count: u64) -> Value {
    eventually(&format!("{count} transactions {name}"), || {
        let answer = client.get("/app/v1/performance").expect(200).json();
        let rows = answer["rows"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["name"] == name && row["count"] == count)
    })
}

/// How much the project refused for a reason.
pub(crate) fn refused(client: &Client, reason: &str) -> u64 {
    let answer = client.get("/app/v1/projects/7/refused").expect(200).json();
    let counts = answer["counts"].as_array().expect("counts");
    counts.iter().filter(|row| row["reason"] == reason).filter_map(|row| row["count"].as_u64()).sum()
}

/// The release of a version, once something of it is known.
pub(crate) fn await_release(client: &Client, version: &str, known: impl Fn(&Value) -> bool) -> Value {
    eventually(&format!("the release {version}"), || {
        let answer = client.get("/app/v1/releases").expect(200).json();
        let rows = answer["rows"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["version"] == version && known(row))
    })
}

/// The monitor of that name, once it is in a state.
pub(crate) fn await_monitor(client: &Client, slug: &str, state: &str) -> Value {
    eventually(&format!("the monitor {slug} is {state}"), || {
        let answer = client.get("/app/v1/monitors").expect(200).json();
        let rows = answer["rows"].as_array().expect("rows").clone();
        rows.into_iter().find(|row| row["slug"] == slug && row["state"] == state)
    })
}
