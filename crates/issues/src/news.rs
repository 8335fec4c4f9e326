//! What happened to issues just now, for whoever listens: alerts, metrics, the page.

use event::ProjectId;

pub use crate::life::Turn;

/// Something that happened to an issue by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// What.
    pub turn: Turn,
    /// Whose it is.
    pub project: ProjectId,
    /// The project's name.
    pub project_name: String,
    /// Which issue.
    pub issue: i64,
    /// What people call it: `SHOP-12`.
    pub short_id: String,
    /// The error's class, or the message.
    pub title: String,
    /// What it said.
    pub message: String,
    /// Where.
    pub culprit: String,
    /// How severe its last event is.
    pub level: event::Level,
    /// The release of its last event.
    pub release: Option<String>,
    /// The environment of its last event.
    pub environment: Option<String>,
    /// When, in milliseconds since the epoch.
    pub at_ms: i64,
}
