//! What is brought for storing: read, normalised, masked and grouped already.

use std::sync::Arc;

use bytes::Bytes;
use event::items::{
    Attachment, CheckIn, ClientReport, Feedback, LogRecord, Sessions, SpanContainer, Transaction,
};
use event::{Event, EventId, Grouping};

use crate::project::Project;
use crate::refusal::{Category, RateLimited};

/// The items of one envelope. Either all of them are stored or none.
#[derive(Debug)]
pub struct Delivery {
    /// Whose they are.
    pub project: Arc<Project>,
    /// Who sent them: `sentry.python/2.75.0`.
    pub client: String,
    /// What they are.
    pub items: Vec<Prepared>,
}

/// One item.
#[derive(Debug)]
pub enum Prepared {
    /// An error or message, with its group.
    Event(Box<Event>, Grouping),
    /// A request or task with its spans.
    Transaction(Box<Transaction>),
    /// Spans that came without their transaction.
    Spans(SpanContainer),
    /// What a job says about one of its runs.
    CheckIn(CheckIn),
    /// How sessions of a release ended.
    Sessions(Sessions),
    /// What the SDK dropped.
    ClientReport(ClientReport),
    /// What a user wrote.
    Feedback(Feedback),
    /// A file of an event.
    Attachment {
        /// Whose it is.
        event: EventId,
        /// What it is.
        about: Attachment,
        /// What is in it.
        payload: Bytes,
    },
    /// Lines for the log store.
    Logs(Vec<LogRecord>),
}

impl Prepared {
    /// What quotas it counts against.
    pub fn category(&self) -> Category {
        match self {
            Self::Event(..) => Category::Error,
            Self::Transaction(_) | Self::Spans(_) => Category::Transaction,
            Self::CheckIn(_) => Category::Monitor,
            Self::Sessions(_) => Category::Session,
            Self::ClientReport(_) => Category::Default,
            Self::Feedback(_) => Category::Feedback,
            Self::Attachment { .. } => Category::Attachment,
            Self::Logs(_) => Category::Log,
        }
    }
}

/// What became of a delivery.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// The id of its first event or transaction.
    pub id: Option<EventId>,
    /// What of it was not taken, and for how long no more of it will be.
    pub limited: Vec<RateLimited>,
}
