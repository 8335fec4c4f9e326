//! The items of one delivery, read one after the other.

use std::sync::Arc;

use event::envelope::{Kind, SkipReason, Skipped};
use event::items::{check_in, csp};
use event::{Arrival, Event, EventId, Item, Rules, Scrubber};
use issues::{Category, Delivery, Issues, Prepared, Project, Reason};

use super::open::{Left, Opened};

/// An event that is sent without an envelope.
const EVENT_BYTES_MAX: usize = 1 << 20;
/// Reports of browsers are short.
const SECURITY_BYTES_MAX: usize = 64 << 10;

/// What was read so far.
pub(super) struct Opening<'i> {
    issues: &'i Issues,
    project: Arc<Project>,
    scrubber: Arc<Scrubber>,
    rules: Arc<Rules>,
    arrival: Arrival,
    id: Option<EventId>,
    items: Vec<Prepared>,
    left: Vec<Left>,
}

impl<'i> Opening<'i> {
    pub(super) fn new(issues: &'i Issues, project: Arc<Project>, arrival: Arrival) -> Self {
        let (scrubber, rules) = (issues.scrubber(), issues.rules());
        let (id, items, left) = (arrival.event_id, Vec::new(), Vec::new());
        Self { issues, project, scrubber, rules, arrival, id, items, left }
    }

    /// An item of an envelope that was passed over.
    pub(super) fn skip(&mut self, skipped: &Skipped) {
        let reason = match skipped.reason {
            SkipReason::NotTaken => Reason::Unsupported,
            SkipReason::TooLarge | SkipReason::TooMany => Reason::TooLarge,
            SkipReason::BadHeader | SkipReason::BadLength => Reason::Malformed,
        };
        self.left.push(Left {
            name: skipped.name.clone(),
            category: Kind::of(&skipped.name).map_or(Category::Default, category),
            reason,
            why: format!("{}: {}", skipped.name, skipped.reason.name()),
            bytes: skipped.bytes as u64,
        });
    }

    pub(super) fn item(&mut self, item: &Item) {
        match event::prepare(item, &self.arrival, &self.scrubber) {
            Ok(prepared) => {
                self.add(prepared);
                if matches!(item.kind, Kind::Event | Kind::Transaction | Kind::Feedback | Kind::UserReport) {
                    self.spend_ids();
                }
            }
            Err(error) => self.leave(item.kind, error.to_string(), item.payload.len()),
        }
    }

    /// The envelope's id is that of its first; a second one of the same id would be taken for the same.
    fn spend_ids(&mut self) {
        self.arrival.event_id = None;
        self.arrival.spare_id.0[15] = self.arrival.spare_id.0[15].wrapping_add(1);
    }

    /// The body of the old endpoint.
    pub(super) fn store(&mut self, bytes: &[u8]) {
        if bytes.len() > EVENT_BYTES_MAX {
            self.too_large(Kind::Event, bytes.len(), EVENT_BYTES_MAX);
            return;
        }
        match event::prepare_store(bytes, &self.arrival, &self.scrubber) {
            Ok(prepared) => self.add(prepared),
            Err(error) => self.leave(error.kind, error.to_string(), bytes.len()),
        }
    }

    /// What a browser reports. Reports about something else than the policy are taken and dropped.
    pub(super) fn security(&mut self, bytes: &[u8], query: &str) {
        if bytes.len() > SECURITY_BYTES_MAX {
            self.too_large(Kind::Security, bytes.len(), SECURITY_BYTES_MAX);
            return;
        }
        let asked = |name: &str| {
            let found = form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
            found.map(|(_, value)| value.into_owned()).filter(|value| !value.is_empty())
        };
        let (environment, release) = (asked("sentry_environment"), asked("sentry_release"));
        let events =
            csp::read(bytes, environment.as_deref(), release.as_deref(), &self.arrival, &self.scrubber);
        match events {
            Ok(events) => {
                events.into_iter().enumerate().for_each(|(at, event)| self.event(told_apart(event, at)));
            }
            Err(error) => self.leave(Kind::Security, error.to_string(), bytes.len()),
        }
    }

    /// What a script says of its run, in the address or in the body.
    pub(super) fn check_in(&mut self, monitor: &str, query: &str, bytes: &[u8]) {
        match check_in::of_query(monitor, query, bytes, &self.scrubber) {
            Ok(check_in) => {
                self.id = check_in.id;
                self.items.push(Prepared::CheckIn(check_in));
            }
            Err(error) => self.leave(Kind::CheckIn, error.to_string(), bytes.len()),
        }
    }

    /// Everything is read: what can be stored is made ready for it.
    pub(super) fn end(self) -> Opened {
        let Self { issues, project, arrival, id, items, left, .. } = self;
        let client = arrival.client.unwrap_or_default();
        let parcel = (!items.is_empty())
            .then(|| issues.pack(Delivery { project: project.clone(), client: client.clone(), items }));
        Opened { project, client, id, parcel, left }
    }

    fn add(&mut self, prepared: event::Prepared) {
        let item = match prepared {
            event::Prepared::Event(event) => return self.event(*event),
            event::Prepared::Transaction(transaction) => {
                self.id = self.id.or(Some(transaction.id));
                Prepared::Transaction(transaction)
            }
            event::Prepared::Spans(spans) => Prepared::Spans(spans),
            event::Prepared::CheckIn(check_in) => Prepared::CheckIn(check_in),
            event::Prepared::Sessions(sessions) => Prepared::Sessions(sessions),
            event::Prepared::ClientReport(report) => Prepared::ClientReport(report),
            event::Prepared::Feedback(feedback) => Prepared::Feedback(feedback),
            event::Prepared::Logs(records) => Prepared::Logs(records),
            event::Prepared::Attachment { header, payload } => {
                return self.attachment(header, payload);
            }
        };
        self.items.push(item);
    }

    fn event(&mut self, event: Event) {
        self.id = self.id.or(Some(event.id));
        let grouping = event::group(&event, &self.rules);
        self.items.push(Prepared::Event(Box::new(event), grouping));
    }

    /// A file belongs to the event of its envelope.
    fn attachment(&mut self, about: event::items::Attachment, payload: bytes::Bytes) {
        let bytes_max = self.issues.attachment_max().0;
        match self.id {
            _ if payload.len() as u64 > bytes_max => {
                self.too_large(
                    Kind::Attachment,
                    payload.len(),
                    usize::try_from(bytes_max).unwrap_or(usize::MAX),
                );
            }
            None => {
                self.leave(Kind::Attachment, "it tells no event that it belongs to".into(), payload.len());
            }
            Some(event) => self.items.push(Prepared::Attachment { event, about, payload }),
        }
    }

    fn leave(&mut self, kind: Kind, why: String, bytes: usize) {
        let left = Left {
            name: kind.name().to_owned(),
            category: category(kind),
            reason: Reason::Malformed,
            why,
            bytes: bytes as u64,
        };
        self.left.push(left);
    }

    fn too_large(&mut self, kind: Kind, bytes: usize, bytes_max: usize) {
        let left = Left {
            name: kind.name().to_owned(),
            category: category(kind),
            reason: Reason::TooLarge,
            why: format!("{}: it has {bytes} bytes; at most {bytes_max} are taken", kind.name()),
            bytes: bytes as u64,
        };
        self.left.push(left);
    }
}

/// Reports that come together have one id; each is an event of its own.
fn told_apart(mut event: Event, at: usize) -> Event {
    event.id.0[15] = event.id.0[15].wrapping_add(at as u8);
    event
}

/// What an item counts as in the project's numbers.
fn category(kind: Kind) -> Category {
    match kind {
        Kind::Event | Kind::Security => Category::Error,
        Kind::Transaction | Kind::Spans => Category::Transaction,
        Kind::CheckIn => Category::Monitor,
        Kind::Session | Kind::Sessions => Category::Session,
        Kind::UserReport | Kind::Feedback => Category::Feedback,
        Kind::Logs | Kind::OtelLog => Category::Log,
        Kind::Attachment => Category::Attachment,
        Kind::ClientReport => Category::Default,
    }
}
