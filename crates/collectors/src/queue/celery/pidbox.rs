//! The one order that is ever given: that workers tell of their tasks. It is given only where the settings ask for it.

use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::keys::Keys;
use crate::queue::redis::Command;

/// Workers that read the order later leave it.
const VALID: Duration = Duration::from_secs(30);
/// Workers that do not tell of their tasks are told to so often. One that has just begun says that it is there before it
/// takes orders, so the first ones follow each other sooner.
const ORDER_PAUSE: Duration = Duration::from_secs(60);
const ORDER_PAUSE_FIRST: Duration = Duration::from_secs(5);
const FIRST_ORDERS: u32 = 6;

/// Tells all workers that listen to send events of their tasks, as `celery control enable_events` does.
pub(crate) fn enable_events(keys: &Keys, db: u32) -> Command {
    let order = json!({
        "method": "enable_events", "arguments": {}, "destination": null, "pattern": null, "matcher": null,
    });
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let envelope = json!({
        "body": STANDARD.encode(order.to_string()),
        "content-encoding": "utf-8",
        "content-type": "application/json",
        "headers": { "clock": 1, "expires": (now + VALID).as_secs_f64() },
        "properties": {
            "delivery_mode": 2,
            "delivery_info": { "exchange": "celery.pidbox", "routing_key": "" },
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": format!("porthole-{}", now.as_nanos()),
        },
    });
    Command::publish(&keys.pidbox(db), &envelope.to_string())
}

/// What was said to workers.
#[derive(Default)]
pub(crate) struct Orders {
    given: u32,
    last: Option<Instant>,
    /// Workers that did not tell of a task then.
    silent: usize,
}

impl Orders {
    /// Whether to give one now, which then counts as given.
    pub(crate) fn are_due(&mut self, silent: usize) -> bool {
        if silent > self.silent {
            self.given = 0;
        }
        self.silent = silent;
        let pause = if self.given < FIRST_ORDERS { ORDER_PAUSE_FIRST } else { ORDER_PAUSE };
        if silent == 0 || self.last.is_some_and(|last| last.elapsed() < pause) {
            return false;
        }
        self.given += 1;
        self.last = Some(Instant::now());
        true
    }
}
