//! Server-sent events: the page's live stream as a browser reads it.

use std::io::{BufRead as _, BufReader, Read};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::http::{Client, form};

/// An open live stream. What arrives is read by a thread of its own, which ends with the connection.
pub(crate) struct Events {
    arriving: Receiver<Event>,
}

/// One event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: Value,
    pub(crate) id: String,
}

impl Events {
    /// Opens `/app/v1/live` with parameters and headers.
    pub(crate) fn open(client: &Client, parameters: &[(&str, &str)]) -> Self {
        let stream = client.stream(&format!("/app/v1/live?{}", form(parameters)));
        let (sender, arriving) = mpsc::channel();
        thread::spawn(move || read(stream, |event| sender.send(event).is_ok()));
        Self { arriving }
    }

    /// The next event called `name` within `limit`; others are passed over.
    pub(crate) fn next(&self, name: &str, limit: Duration) -> Event {
        self.find(name, limit, |_| true)
    }

    /// The next event called `name` that is `wanted`.
    pub(crate) fn find(&self, name: &str, limit: Duration, wanted: impl Fn(&Value) -> bool) -> Event {
        let start = Instant::now();
        loop {
            match self.arriving.recv_timeout(limit.saturating_sub(start.elapsed())) {
                Ok(event) if event.name == name && wanted(&event.data) => return event,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => panic!("no such event {name:?} within {limit:?}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the live stream ended before {name:?}"),
            }
        }
    }
}

/// Hands over each event until the stream ends or nobody takes it any more.
fn read(stream: impl Read, take: impl Fn(Event) -> bool) {
    let (mut name, mut data, mut id) = (String::new(), String::new(), String::new());
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { return };
        match line.split_once(':').unwrap_or((&line, "")) {
            ("event", value) => value.trim_start().clone_into(&mut name),
            ("data", value) => data.push_str(value.strip_prefix(' ').unwrap_or(value)),
            ("id", value) => value.trim_start().clone_into(&mut id),
            ("", "") if !data.is_empty() => {
                let parsed = serde_json::from_str(&data).expect("an event carries JSON");
                if !take(Event { name: std::mem::take(&mut name), data: parsed, id: id.clone() }) {
                    return;
                }
                data.clear();
            }
            _ => {}
        }
    }
}
