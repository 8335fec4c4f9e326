//! The words that every room of Porthole shares: labels and matchers, timestamps and days, entries and
//! levels, workloads, and the positions of collectors.
//!
//! Values only: no I/O, no clock, no async. Engines convert to wire formats at their own edges, so nothing
//! here is serializable by design.

#![forbid(unsafe_code)]

mod duration;
mod eight;
mod entry;
pub mod go_regex;
mod labels;
mod level;
mod matcher;
pub mod metric;
mod multiline;
mod order;
mod position;
pub mod relabel;
mod timestamp;
pub mod usage;
mod workload;

pub use duration::{ParseDurationError, format_duration, parse_duration};
pub use eight::{Eight, Flags};
pub use entry::{Batch, Entry, Metadata};
pub use labels::{Labels, ParseLabelsError};
pub use level::Level;
pub use matcher::{MatchOp, Matcher, MatcherError, Selector};
pub use multiline::Multiline;
pub use order::Ordered;
pub use position::Position;
pub use timestamp::{ParseTimestampError, TimeRange, Timestamp, UtcDay};
pub use workload::{Health, Identity, Network, Port, Process, State, Workload};

/// The names of the labels that Porthole itself gives to log streams (and to series, where the name is free).
pub mod label {
    /// The unit a person thinks in: "web", "worker".
    pub const SERVICE: &str = "service";
    /// The compose project.
    pub const PROJECT: &str = "project";
    /// "production", "staging".
    pub const ENVIRONMENT: &str = "environment";
    /// The machine.
    pub const HOST: &str = "host";
    /// The container's name.
    pub const CONTAINER: &str = "container";
    /// `stdout`, `stderr`, `access`, `event`, `syslog`, …
    pub const STREAM: &str = "stream";
    /// Loki's name for the service, answered as an alias of [`SERVICE`] on collected streams and added to
    /// pushed ones.
    pub const SERVICE_NAME: &str = "service_name";
    /// Structured metadata: the level found in the line.
    pub const DETECTED_LEVEL: &str = "detected_level";
    /// Structured metadata: the id of the container that wrote the line.
    pub const CONTAINER_ID: &str = "container_id";
}
