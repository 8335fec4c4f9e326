//! From the bytes of a body to what is to be stored: unpacked, cut into items, read, masked, grouped. All of it
//! computes and waits for nothing.

use std::sync::Arc;

use bytes::Bytes;
use event::envelope::{self, Envelope, ItemHeader, Kind, Limits};
use event::unpack::{Packing, UnpackError, unpack};
use event::{Arrival, EventId, Item, ProjectId};
use http::StatusCode;
use issues::{Category, Issues, Parceled, Project, Reason, Refusal};

use super::answer::SentryFault;
use super::multipart;
use super::opening::Opening;
use crate::intake::UNPACKED_BYTES_MAX;

/// What a body is.
#[derive(Debug)]
pub(super) enum Form {
    /// An envelope.
    Envelope,
    /// One event, as old SDKs send it.
    Store,
    /// What a browser reports about its security policy.
    Security,
    /// A check-in of this monitor.
    CheckIn(String),
    /// Files of this event.
    Files { event: EventId, boundary: String },
    /// What somebody wrote about an error, as the item `user_report` has it.
    Report,
}

/// Everything that the work needs.
#[derive(Debug)]
pub(super) struct Task {
    pub(super) issues: Issues,
    pub(super) content_encoding: Option<String>,
    pub(super) query: String,
    /// As the path tells it.
    pub(super) project: Option<ProjectId>,
    /// As the key tells it.
    pub(super) known: Option<Arc<Project>>,
    pub(super) arrival: Arrival,
    pub(super) form: Form,
}

/// What is to be stored, or why the store takes none of it.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) project: Arc<Project>,
    pub(super) client: String,
    pub(super) id: Option<EventId>,
    /// `None`: nothing of it can be read.
    pub(super) parcel: Option<Result<Parceled, Refusal>>,
    pub(super) left: Vec<Left>,
}

/// An item that is not.
#[derive(Debug)]
pub(super) struct Left {
    /// What it says that it is.
    pub(super) name: String,
    pub(super) category: Category,
    pub(super) reason: Reason,
    /// In words.
    pub(super) why: String,
    pub(super) bytes: u64,
}

/// Nothing is.
#[derive(Debug)]
pub(super) struct Rejected {
    pub(super) fault: Box<SentryFault>,
    pub(super) reason: Reason,
    /// Whose it was, if that was found out.
    pub(super) project: Option<Arc<Project>>,
}

impl Rejected {
    fn new(fault: SentryFault, reason: Reason, project: Option<Arc<Project>>) -> Self {
        Self { fault: Box::new(fault), reason, project }
    }

    fn malformed(detail: impl Into<String>, project: Option<Arc<Project>>) -> Self {
        Self::new(SentryFault::bad_request(detail), Reason::Malformed, project)
    }
}

impl Task {
    /// Whether nobody knows how large the body is.
    pub(super) fn is_packed(&self) -> bool {
        self.content_encoding.as_deref().and_then(Packing::of).is_some() || matches!(self.form, Form::Store)
    }

    /// Unpacks and reads a body. `None`: it is larger than `bytes_max`, though perhaps not than allowed.
    pub(super) fn try_within(&self, bytes: Bytes, bytes_max: usize) -> Option<Result<Opened, Rejected>> {
        match unpack(bytes, self.content_encoding.as_deref(), bytes_max) {
            Ok(bytes) => Some(self.read(bytes)),
            Err(UnpackError::TooLarge { bytes_max }) if bytes_max < UNPACKED_BYTES_MAX => None,
            Err(error) => Some(Err(self.damaged(&error))),
        }
    }

    fn damaged(&self, error: &UnpackError) -> Rejected {
        let (status, reason) = match error {
            UnpackError::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, Reason::TooLarge),
            UnpackError::Damaged(_) => (StatusCode::BAD_REQUEST, Reason::Malformed),
        };
        Rejected::new(SentryFault::new(status, error.to_string()), reason, self.known.clone())
    }

    fn read(&self, bytes: Bytes) -> Result<Opened, Rejected> {
        match &self.form {
            Form::Envelope => self.envelope(&bytes),
            Form::Store => self.with(|opening| opening.store(&bytes)),
            Form::Report => self.with(|opening| opening.item(&item(Kind::UserReport, bytes))),
            Form::Security => self.with(|opening| opening.security(&bytes, &self.query)),
            Form::CheckIn(monitor) => self.with(|opening| opening.check_in(monitor, &self.query, &bytes)),
            Form::Files { event, boundary } => self.files(*event, &bytes, boundary),
        }
    }

    fn envelope(&self, bytes: &Bytes) -> Result<Opened, Rejected> {
        let attachment_bytes_max = usize::try_from(self.issues.attachment_max().0).unwrap_or(usize::MAX);
        let limits = Limits { attachment_bytes_max, ..Limits::default() };
        let envelope = envelope::read(bytes, &limits)
            .map_err(|error| Rejected::malformed(error.to_string(), self.known.clone()))?;
        let project = self.owner(&envelope)?;
        let Envelope { header, items, skipped } = envelope;
        let arrival = Arrival {
            sent_at: header.sent_at,
            event_id: header.event_id,
            client: self.arrival.client.clone().or(header.sdk),
            sample_rate: header.trace.sample_rate,
            ..self.arrival.clone()
        };
        let mut opening = Opening::new(&self.issues, project, arrival);
        skipped.iter().for_each(|skipped| opening.skip(skipped));
        items.iter().for_each(|item| opening.item(item));
        Ok(opening.end())
    }

    /// Whose an envelope is: by the key outside of it, else by the DSN in its header.
    fn owner(&self, envelope: &Envelope) -> Result<Arc<Project>, Rejected> {
        if let Some(known) = &self.known {
            return Ok(known.clone());
        }
        let Some(dsn) = &envelope.header.dsn else { return Err(no_key()) };
        let project = self.project.unwrap_or(dsn.project);
        self.issues.project(project, &dsn.key).map_err(|refusal| {
            let fault = SentryFault::new(StatusCode::FORBIDDEN, refusal.to_string());
            Rejected::new(fault, refusal.reason, None)
        })
    }

    /// A form of one item, which cannot name its project. If it cannot be read, nothing is left.
    fn with(&self, read: impl FnOnce(&mut Opening<'_>)) -> Result<Opened, Rejected> {
        let project = self.known.clone().ok_or_else(no_key)?;
        let mut opening = Opening::new(&self.issues, project.clone(), self.arrival.clone());
        read(&mut opening);
        let opened = opening.end();
        match opened.left.first() {
            Some(left) if opened.parcel.is_none() => {
                let status = match left.reason {
                    Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                    _ => StatusCode::BAD_REQUEST,
                };
                let fault = SentryFault::new(status, left.why.clone());
                Err(Rejected::new(fault, left.reason, Some(project)))
            }
            _ => Ok(opened),
        }
    }

    fn files(&self, event: EventId, bytes: &Bytes, boundary: &str) -> Result<Opened, Rejected> {
        let project = self.known.clone().ok_or_else(no_key)?;
        let Some(files) = multipart::files(bytes, boundary) else {
            return Err(Rejected::malformed("the body has no part of a form", Some(project)));
        };
        let arrival = Arrival { event_id: Some(event), ..self.arrival.clone() };
        let mut opening = Opening::new(&self.issues, project, arrival);
        for file in files {
            let mut item = item(Kind::Attachment, file.bytes);
            (item.header.filename, item.header.content_type) = (Some(file.name), Some(file.content_type));
            opening.item(&item);
        }
        Ok(opening.end())
    }
}

fn item(kind: Kind, payload: Bytes) -> Item {
    Item { kind, header: ItemHeader::default(), payload }
}

fn no_key() -> Rejected {
    let detail =
        "no key: send sentry_key in the query or in X-Sentry-Auth, or the DSN in the envelope's header";
    Rejected::new(SentryFault::new(StatusCode::UNAUTHORIZED, detail), Reason::UnknownKey, None)
}
