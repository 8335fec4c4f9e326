//! From what an SDK sent to an [`Event`]: every shape that SDKs are known to write, within limits, masked.
//!
//! Nothing that is wrong with a field makes the event be refused: the field is missing then, and
//! [`Event::faults`] says so.

mod clock;
mod intake;
mod message;
mod place;
pub(crate) mod request;
mod stack;
pub(crate) mod surroundings;
pub(crate) mod tree;

use std::net::IpAddr;

use model::Timestamp;

use crate::event::{Event, Level};
use crate::id::EventId;
use crate::json::{self, JsonError};
use crate::scrub::Scrubber;
use crate::value::{Pair, Value};

pub(crate) use clock::Clock;
pub(crate) use intake::Intake;
pub(crate) use message::is_masked_in;
pub(crate) use place::Place;

/// What is known about a delivery beside its bytes.
#[derive(Clone, Debug, Default)]
pub struct Arrival {
    /// When it arrived.
    pub received: Timestamp,
    /// When it was sent, by the sender's clock.
    pub sent_at: Option<Timestamp>,
    /// The event's id as the envelope says it.
    pub event_id: Option<EventId>,
    /// A random id, for an event that has none.
    pub spare_id: EventId,
    /// The SDK: `sentry.python/2.75.0`.
    pub client: Option<String>,
    /// Where it came from: taken as the user's address only where the SDK asks for that.
    pub remote: Option<IpAddr>,
    /// The sender's `User-Agent`: a browser's, if the event comes from one.
    pub user_agent: Option<String>,
    /// The share of traces that are sent, as the envelope says it.
    pub sample_rate: Option<f64>,
}

/// Why bytes are no event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEvent {
    /// They are no JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// They are something else than an object.
    #[error("an event is an object of JSON, this is {0}")]
    Kind(&'static str),
}

/// The fields of an object of JSON.
pub(crate) fn fields(raw: &[u8]) -> Result<Vec<Pair<Value>>, NotAnEvent> {
    match json::read(raw)? {
        Value::Object(fields) => Ok(fields),
        other => Err(NotAnEvent::Kind(other.kind())),
    }
}

/// Makes an event of the bytes.
pub fn normalise(raw: &[u8], arrival: &Arrival, scrubber: &Scrubber) -> Result<Event, NotAnEvent> {
    Ok(of_fields(fields(raw)?, arrival, scrubber))
}

/// Makes an event of its fields.
pub(crate) fn of_fields(fields: Vec<Pair<Value>>, arrival: &Arrival, scrubber: &Scrubber) -> Event {
    let mut intake = Intake::new(scrubber);
    let mut event = Event { received: arrival.received, ..Event::default() };
    let mut rest = Rest::default();
    for (name, value) in fields {
        field(&mut event, &mut rest, &mut intake, &name, value);
    }
    rest.settle(&mut event, &mut intake, arrival);
    (event.faults, event.masked) = intake.done();
    event
}

/// What is decided once all fields are known.
#[derive(Default)]
struct Rest {
    id: Option<EventId>,
    timestamp: Option<Timestamp>,
    level: Option<Level>,
    message: message::Parts,
    culprit: Option<String>,
    checksum: Option<String>,
    infers_ip: bool,
}

/// Takes one field of the event. Old SDKs named some after classes of the server.
fn field(event: &mut Event, rest: &mut Rest, intake: &mut Intake<'_>, name: &str, value: Value) {
    let at = &Place::top(name);
    match name {
        "event_id" => rest.id = intake.parsed(value, at),
        "timestamp" => rest.timestamp = intake.time(value, at),
        "level" => rest.level = intake.level(value, at),
        "platform" => event.platform = intake.word(value, at).unwrap_or_default().to_lowercase(),
        "logger" => event.logger = intake.word(value, at),
        "transaction" => event.transaction = intake.text(value, at),
        "culprit" => rest.culprit = intake.text(value, at),
        "server_name" => event.server_name = intake.word(value, at),
        "release" => event.release = intake.word(value, at),
        "dist" => event.dist = intake.word(value, at),
        "environment" => event.environment = intake.word(value, at),
        "message" => rest.message.top(intake, value, at),
        "logentry" | "sentry.interfaces.Message" => rest.message.logentry(intake, value, at),
        "exception" | "sentry.interfaces.Exception" => {
            event.exceptions = stack::exceptions(intake, value, at);
        }
        "threads" => event.threads = stack::threads(intake, value, at),
        "stacktrace" | "sentry.interfaces.Stacktrace" => event.stacktrace = stack::trace(intake, value, at).0,
        "template" | "sentry.interfaces.Template" => event.template = stack::frame(intake, value, at),
        "breadcrumbs" | "sentry.interfaces.Breadcrumbs" => {
            event.breadcrumbs = surroundings::breadcrumbs(intake, value, at);
        }
        "request" | "sentry.interfaces.Http" => event.request = request::request(intake, value, at),
        "user" | "sentry.interfaces.User" => event.user = surroundings::user(intake, value, at),
        "tags" => event.tags = surroundings::tags(intake, value, at),
        "contexts" | "sentry.interfaces.Contexts" => {
            event.contexts = surroundings::contexts(intake, value, at);
        }
        "extra" => event.extra = tree::pairs(intake, value, at, tree::EXTRA),
        "modules" => event.modules = intake.words(value, at, MODULES_MAX),
        "sdk" => (event.sdk, rest.infers_ip) = surroundings::sdk(intake, value, at),
        "fingerprint" => event.fingerprint = surroundings::fingerprint(intake, value, at),
        "checksum" => rest.checksum = intake.word(value, at),
        "debug_meta" => event.debug_meta = surroundings::images(intake, value, at),
        "csp" | "sentry.interfaces.Csp" => event.csp = crate::items::csp::of_value(intake, value, at),
        _ => {}
    }
}

/// More packages are not kept.
const MODULES_MAX: usize = 500;

impl Rest {
    fn settle(self, event: &mut Event, intake: &mut Intake<'_>, arrival: &Arrival) {
        event.id = arrival.event_id.or(self.id).filter(|id| !id.is_nil()).unwrap_or(arrival.spare_id);
        let clock = Clock::new(arrival);
        event.timestamp = clock.moment(self.timestamp, intake, &Place::top("timestamp"));
        for crumb in &mut event.breadcrumbs {
            crumb.timestamp = crumb.timestamp.map(|at| clock.corrected(at));
        }
        event.message = self.message.settled(intake);
        stack::lend_threads(event);
        event.level = self.level.unwrap_or_default();
        event.transaction = event.transaction.take().or(self.culprit);
        if event.platform.is_empty() {
            event.platform = "other".to_owned();
        }
        if event.fingerprint.is_empty() {
            event.fingerprint.extend(self.checksum);
        }
        if event.sdk.is_none() {
            event.sdk = arrival.client.as_deref().and_then(surroundings::sdk_of_client);
        }
        surroundings::settle_address(&mut event.user, self.infers_ip, intake, arrival.remote);
        surroundings::add_agent(event, arrival.user_agent.as_deref());
    }
}

#[cfg(test)]
mod tests;
