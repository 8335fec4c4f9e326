//! RQ: its queues, the registries of its jobs, and its workers, all of which it keeps in Redis.

mod numbers;
mod watch;

pub(super) use numbers::{DESCRIPTIONS, put};
pub(super) use watch::{Seen, Watch};
