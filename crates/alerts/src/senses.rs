//! What rules ask of the engines. Whoever holds the engines implements it; tests do it with scripted series.

use std::future::Future;
use std::pin::Pin;

use model::{Labels, Timestamp};

/// An answer that is being worked on.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Series at one instant, each with its value. What fails says why, in a sentence for people.
pub type Instant = Result<Vec<(Labels, f64)>, String>;

/// Series over a grid of instants.
pub type Range = Result<Vec<Series>, String>;

/// A series and its points.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What tells it from others.
    pub labels: Labels,
    /// Milliseconds since the epoch with values, oldest first; instants without a value are left out.
    pub points: Vec<(i64, f64)>,
}

/// A grid of instants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// The first instant.
    pub first: Timestamp,
    /// The last instant, which counts too.
    pub last: Timestamp,
    /// From one to the next, in milliseconds; never 0.
    pub step_ms: i64,
}

/// What happened to an issue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IssueTurn {
    /// It was never seen before.
    New,
    /// It was resolved and came again.
    Regressed,
    /// It comes far more often than it did.
    Escalating,
}

/// Something that happened to an issue.
#[derive(Clone, Debug, PartialEq)]
pub struct IssueNews {
    /// What.
    pub turn: IssueTurn,
    /// When, in milliseconds since the epoch.
    pub at_ms: i64,
    /// The issue's number.
    pub issue: i64,
    /// What people call it: `SHOP-12`.
    pub short_id: String,
    /// The project's name.
    pub project: String,
    /// The service that the project belongs to, if that is set.
    pub service: Option<String>,
    /// The error's class, or the message.
    pub title: String,
    /// What it said, masked.
    pub message: String,
    /// Where.
    pub culprit: String,
    /// `error`, `fatal`, …
    pub level: String,
    /// The release of its last event.
    pub release: Option<String>,
    /// The environment of its last event.
    pub environment: Option<String>,
    /// Events so far.
    pub events: u64,
    /// Users hit so far.
    pub users: u64,
    /// Whether it still waits for somebody: not resolved, not ignored.
    pub is_open: bool,
}

/// How many errors a release had.
#[derive(Clone, Debug, PartialEq)]
pub struct ReleaseRate {
    /// The project's name.
    pub project: String,
    /// The service that the project belongs to, if that is set.
    pub service: Option<String>,
    /// The release.
    pub release: String,
    /// Its environment, where known.
    pub environment: Option<String>,
    /// Events within the window.
    pub events: u64,
}

/// What rules ask. Every answer is bounded by the engines' own budgets; whoever asks gives up after a while.
pub trait Senses: Send + Sync {
    /// PromQL at one instant.
    fn promql<'a>(&'a self, expr: &'a str, at: Timestamp) -> Asked<'a, Instant>;

    /// PromQL over a grid.
    fn promql_range<'a>(&'a self, expr: &'a str, grid: Grid) -> Asked<'a, Range>;

    /// LogQL that gives numbers, at one instant.
    fn logql<'a>(&'a self, expr: &'a str, at: Timestamp) -> Asked<'a, Instant>;

    /// LogQL that gives numbers, over a grid.
    fn logql_range<'a>(&'a self, expr: &'a str, grid: Grid) -> Asked<'a, Range>;

    /// What happened to issues from `since` until `until`, oldest first, of each issue and turn the newest.
    fn issues(&self, since: Timestamp, until: Timestamp) -> Asked<'_, Result<Vec<IssueNews>, String>>;

    /// How many events each release had from `since` until `until`.
    fn release_rates(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Asked<'_, Result<Vec<ReleaseRate>, String>>;

    /// Keeps samples: `ALERTS`, and what recording rules give. The next query sees them.
    fn record(&self, at: Timestamp, samples: Vec<(Labels, f64)>) -> Asked<'_, Result<(), String>>;

    /// What was seen around the moment of what has these labels. Never fails: what cannot be found is left out.
    fn evidence<'a>(&'a self, labels: &'a Labels, at: Timestamp) -> Asked<'a, answers::Evidence>;

    /// Writes a line about what has these labels into its logs, with the stream `event`. Never waits; `false`: there was
    /// no room.
    fn note(&self, labels: &Labels, at: Timestamp, line: &str) -> bool;
}
