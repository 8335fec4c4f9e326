//! What is asked of the engines.

use std::time::Duration;

use model::{Labels, Timestamp};

/// A time: from `start` to before `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub start: Timestamp,
    /// The instant behind the last.
    pub end: Timestamp,
}

impl Span {
    /// The time from `before` an instant to `after` another.
    pub fn around(first: Timestamp, before: Duration, last: Timestamp, after: Duration) -> Self {
        Self { start: first.minus(before), end: last.plus(after) }
    }
}

/// A line of the logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Timestamp,
    /// Its stream.
    pub labels: Labels,
    /// Its text.
    pub text: String,
    /// Whether it is one of an error.
    pub is_error: bool,
}

/// An error event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thrown {
    /// When.
    pub at: Timestamp,
    /// Its id.
    pub event: String,
    /// Its issue.
    pub issue: i64,
    /// Its project.
    pub project: String,
    /// Its class and what it said.
    pub text: String,
}

/// A transaction or one of its steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// A step of the transaction before it.
    pub is_step: bool,
    /// Whether it failed.
    pub failed: bool,
    /// Where.
    pub place: String,
    /// What.
    pub text: String,
    /// Names the transaction.
    pub example: i64,
}

/// Lines of the logs.
pub trait Lines {
    /// Why an engine could not answer.
    type Error;

    /// The newest lines of a LogQL query, newest first, at most so many.
    fn lines(&self, query: &str, span: Span, limit: usize) -> Result<Vec<Line>, Self::Error>;
}

/// What all engines know. Every answer is small by nature, or bounded.
pub trait Signals: Lines {
    /// Error events of a trace within a time.
    fn errors(&self, trace_id: &str, span: Span) -> Result<Vec<Thrown>, Self::Error>;

    /// Transactions of a trace within a time, each before its steps.
    fn transactions(&self, trace_id: &str, span: Span) -> Result<Vec<Done>, Self::Error>;

    /// What happened to the containers that these matchers select: starts, ends, deploys.
    fn happened(&self, matchers: &str, span: Span) -> Result<Vec<(Timestamp, String)>, Self::Error>;

    /// The routes as they are now.
    fn routes(&self) -> Vec<api::RouteRow>;
}
