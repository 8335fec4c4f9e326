//! `/events`

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::{BufMut, BytesMut};
use model::Timestamp;
use serde_json::{Value, json};

use super::Api;
use super::fault::Fault;
use super::filters::Filters;
use super::follow::{Step, follow};
use super::parameters::Parameters;
use crate::engine::{Event, Memory};

const FILTERS: [&str; 6] = ["type", "event", "container", "image", "label", "scope"];

pub(super) async fn events(State(api): State<Api>, parameters: Parameters) -> Result<Response, Fault> {
    let (since, until) = (parameters.instant("since")?, parameters.instant("until")?);
    let filters = Filters::read(&parameters, &FILTERS)?;
    let mut reading = api.engine.read(|memory| Reading {
        filters,
        since: since.unwrap_or(Timestamp::MIN),
        until: until.unwrap_or(Timestamp::MAX),
        // Without `since` the past is left out, unless only the past is asked for.
        next: if since.is_some() || until.is_some() { 0 } else { memory.events.end() },
    });
    let body = follow(api, move |api, out| api.engine.read(|memory| reading.write(memory, out)));
    Ok(([(CONTENT_TYPE, "application/json")], body).into_response())
}

/// Where one client is among the events.
struct Reading {
    filters: Filters,
    /// Inclusive, both.
    since: Timestamp,
    until: Timestamp,
    next: u64,
}

impl Reading {
    fn write(&mut self, memory: &Memory, out: &mut BytesMut) -> Step {
        for (_, event) in memory.events.from(self.next) {
            if self.since <= event.at && event.at <= self.until && passes(&self.filters, event) {
                out.put_slice(entry(event).to_string().as_bytes());
                out.put_u8(b'\n');
            }
        }
        self.next = memory.events.end();
        if memory.now >= self.until { Step::End } else { Step::Wait }
    }
}

fn passes(filters: &Filters, event: &Event) -> bool {
    let attribute = |name: &str| event.attributes.get(name).map(String::as_str).unwrap_or_default();
    filters.pass("type", |kind| kind == "container")
        && filters.pass("scope", |scope| scope == "local")
        // `health_status` stands for all that begin with it.
        && filters.pass("event", |action| event.action.split(':').next() == Some(action) || event.action == action)
        && filters.pass("container", |one| event.id.starts_with(one) || attribute("name") == one)
        && filters.pass("image", |image| event.image == image)
        && filters.pass_labels(&event.attributes)
}

fn entry(event: &Event) -> Value {
    json!({
        "status": event.action,
        "id": event.id,
        "from": event.image,
        "Type": "container",
        "Action": event.action,
        "Actor": { "ID": event.id, "Attributes": event.attributes },
        "scope": "local",
        "time": event.at.seconds(),
        "timeNano": event.at.nanos(),
    })
}
