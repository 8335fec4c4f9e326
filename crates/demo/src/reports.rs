//! What the shop's programs tell an error tracker, as the SDKs in them do: errors with their tracebacks, requests
//! and tasks with the time that they took, and how the jobs of the clock went.
//!
//! The simulation puts a [`Report`] into the [`Outbox`]; [`sending`] makes envelopes of them and posts them, once it
//! is told where to.

pub(crate) mod envelope;
mod python;
pub(crate) mod sending;

use std::time::Duration;

use model::Timestamp;
use tokio::sync::mpsc;

/// How many reports may wait. What comes then is lost, as the SDKs lose it; an hour of the past fits.
const WAITING_MAX: usize = 6_000;

/// Where reports wait to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Outbox(mpsc::Sender<Report>);

impl Outbox {
    /// An outbox, and the end from which it is emptied.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Report>) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        (Self(sender), receiver)
    }

    pub(crate) fn put(&self, report: Report) {
        // A full outbox drops what is new: an SDK must never hold up its program.
        let _ = self.0.try_send(report);
    }
}

/// One thing that a program tells.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    /// When it happened.
    pub(crate) at: Timestamp,
    /// Its number, a UUID in 32 hex digits.
    pub(crate) id: String,
    pub(crate) program: Program,
    pub(crate) what: What,
}

/// The program that tells it.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// The container's host name: the first twelve digits of its id.
    pub(crate) server_name: String,
    /// `shop@1a2b3c4`
    pub(crate) release: String,
}

/// What is told.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// Something was raised.
    Error(Raised),
    /// A request or task is over.
    Transaction(Done),
    /// A job of the clock began, or ended.
    CheckIn(CheckIn),
    /// How many requests of the last minute ended how.
    Sessions(Sessions),
}

/// An exception that reached the SDK.
#[derive(Clone, Debug)]
pub(crate) struct Raised {
    pub(crate) work: Work,
    /// As Python prints it.
    pub(crate) traceback: &'static str,
    /// What was logged with it.
    pub(crate) logger: &'static str,
    /// The variables of the innermost frame of the shop's own code, as `repr()` shows them.
    pub(crate) locals: Vec<(&'static str, String)>,
}

/// What a program was at.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    /// The trace, in 32 hex digits: the request's id.
    pub(crate) trace: String,
    /// `/products/{slug}/`, `shop.tasks.send_receipt`
    pub(crate) name: &'static str,
    pub(crate) request: Option<Asked>,
    /// The id of Celery's task.
    pub(crate) task: Option<String>,
}

/// A request, as the application sees it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) agent: &'static str,
    pub(crate) client: &'static str,
    pub(crate) user: Option<u32>,
}

/// A request or task that is over.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub(crate) work: Work,
    pub(crate) took: Duration,
    /// `ok`, `internal_error`, …
    pub(crate) status: &'static str,
    /// Its parts, one after the other: kind, what exactly, and its share of the time.
    pub(crate) parts: &'static [(&'static str, &'static str, f64)],
}

/// Requests, each of which is a session to the SDK.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sessions {
    /// Ended well.
    pub(crate) exited: u32,
    /// Ended in an exception that nothing caught.
    pub(crate) crashed: u32,
}

/// How a job of the clock stands.
#[derive(Clone, Debug)]
pub(crate) struct CheckIn {
    /// `expire-carts`
    pub(crate) monitor: &'static str,
    /// The run's number.
    pub(crate) run: String,
    /// `in_progress`, `ok`, `error`
    pub(crate) status: &'static str,
    pub(crate) took: Option<Duration>,
    pub(crate) every_minutes: u32,
}

#[cfg(test)]
mod tests;
