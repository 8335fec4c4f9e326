//! What is told about containers: entries of the stream `event`, one line of JSON each.

use serde_json::Value;

use crate::harness::{Appliance, eventually, loki};

/// The events of a kind about a container, oldest first.
pub(super) fn events(appliance: &Appliance, container: &str, kind: &str) -> Vec<Value> {
    let query = format!(r#"{{container="{container}", stream="event"}}"#);
    let texts = loki::texts(appliance.client(), &query);
    let events =
        texts.iter().map(|text| serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}")));
    events.filter(|event: &Value| event["event"] == kind).collect()
}

/// Waits for an event of a kind and gives it; more than one of it ends the test.
pub(super) fn await_event(appliance: &Appliance, container: &str, kind: &str) -> Value {
    let mut found = eventually(&format!("{container}: {kind}"), || {
        let found = events(appliance, container, kind);
        (!found.is_empty()).then_some(found)
    });
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}
