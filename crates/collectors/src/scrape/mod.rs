//! Scraping: asks instrumented programs for their numbers, again and again.
//!
//! A [`Job`] says how, and where; containers say it by their labels. What is found goes through the job's rules and becomes
//! a [`Target`], and each target has a task of its own: at every tick of its schedule the answer is fetched, read, given
//! the target's labels, and appended together with `up` and `scrape_*`. A series that is no longer there is ended by a
//! staleness marker, and so are all of them when a scrape fails or the target goes. Bad lines are counted and shown; the
//! others stay.

mod asker;
mod cut;
mod discovery;
mod families;
mod found;
mod job;
mod labels;
mod lines;
pub(crate) mod pool;
pub(crate) mod reach;
mod report;
pub(crate) mod schedule;
mod session;
mod state;
mod target;
#[cfg(test)]
mod tests;
mod worker;

pub use job::{Address, Authorization, Job, Limits, Scheme};
pub use report::{Health, Report};
pub(crate) use state::Overview;
pub use state::{DroppedTarget, Origin, TargetState};
pub use target::{Source, Target};
