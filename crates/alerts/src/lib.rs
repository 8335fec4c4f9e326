//! Alerts: rules over numbers, lines, errors and probes, the states of what they find, and what is told to whom.

#![forbid(unsafe_code)]

pub mod acknowledge;
mod backtest;
mod builtin;
pub mod config;
pub mod deliver;
mod evaluate;
mod group;
mod handle;
pub mod heartbeat;
mod include;
pub mod keep;
mod look;
pub mod machine;
pub mod message;
pub mod notify;
mod open;
pub mod receivers;
pub mod report;
pub mod rule;
mod rules;
mod senses;
pub mod shown;
pub mod silence;
#[cfg(test)]
mod testing;
mod tier;

pub use acknowledge::{AcknowledgeError, LinkError};
pub use config::Config;
pub use deliver::Delivery;
pub use evaluate::Evaluations;
pub use group::{Group, Item, Recording};
pub use handle::{Alerts, Status};
pub use look::{Found, Look, Observed};
pub use message::Message;
pub use open::{OpenError, Running, open};
pub use rule::{Card, Rule};
pub use senses::{Asked, Grid, Instant, IssueNews, IssueTurn, Range, ReleaseRate, Senses, Series};
pub use silence::SilenceError;
pub use tier::Tier;
