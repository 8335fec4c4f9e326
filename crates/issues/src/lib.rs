//! Errors: events, issues, transactions and check-ins, stored and searched.
//!
//! ```text
//! intake ── pack ── keep ──► spool.db ──► answered      a commit for all that wait, survives loss of power
//!                               │
//!                               ▼ in batches
//!                  writer: groups, counts, keeps ──► issues.db ──► readers
//!                               │                        └──► search/     follows, and is made anew when missing
//!                               └──► news: new, regressed, escalating
//! ```
//!
//! [`open`] gives the handle [`Issues`] and the [`Writer`], which writes while it runs. What is brought is normalised,
//! masked and grouped already (crate `event`); nothing is written before it is. The spool and the issues are two files
//! with two writers, so that nothing that goes on in the one keeps intake waiting at the other. A batch of the spool's items
//! is worked into `issues.db` in one commit together with the number of the last one: after an end at any moment each
//! counts exactly once.
//!
//! An issue is one or several *fingerprints*: groups of events with the same hash. All counts hang on these, so that
//! merging and unmerging change no count, and no count changes when events expire.
//!
//! Nothing outside of this crate touches its files.

#![forbid(unsafe_code)]

mod activity;
mod backup;
mod blob;
mod body;
mod change;
mod clock;
mod config;
mod database;
mod digest;
mod disk;
#[cfg(any(fuzzing, test))]
pub mod fuzzing;
mod hours;
mod issues;
mod life;
mod limits;
pub mod monitors;
mod news;
mod outlet;
mod pack;
pub mod performance;
mod prepared;
mod project;
mod projects;
mod quota;
mod read;
mod readers;
mod refusal;
pub mod releases;
#[cfg(test)]
mod rows;
pub mod search;
mod shared;
mod sketch;
mod spool;
mod spooler;
mod status;
mod upkeep;
mod work;
mod writer;

pub use activity::{Activity, What};
pub use backup::BackupError;
pub use change::{Change, ChangeError};
pub use config::{Config, MaskConfig, ProjectConfig, Quotas};
pub use database::Stored;
pub use issues::{Issues, OpenError, open};
pub use life::{Resolution, Status as IssueStatus, Substatus, Until, Within};
pub use news::{News, Turn};
pub use outlet::Lines;
pub use pack::Parceled;
pub use prepared::{Accepted, Delivery, Prepared};
pub use project::{Made, Project, ProjectKey};
pub use projects::ProjectError;
pub use read::{
    AttachmentRow, EventCursor, EventPlace, EventSummary, EventWhole, Facet, FacetValue, FingerprintRow,
    Issue, IssuePage, IssueQuery, Of, Outcome, ProjectCounts, SearchError, SeenAt, Series, Turned,
};
pub use readers::ReadError;
pub use refusal::{Category, RateLimited, Reason, Refusal};
pub use status::{Refused, Status};
pub use store::Fault;
pub use writer::{Closed, Writer};

#[cfg(test)]
mod tests;
