//! Scraping: asks instrumented programs for their numbers, again and again.
//!
//! Each [`Target`] has a task of its own ([`run`]): at every tick of its schedule the answer is fetched, read, given the
//! target's labels, and appended together with `up` and `scrape_*`. A series that is no longer there is ended by a
//! staleness marker, and so are all of them when a scrape fails or the target goes. Bad lines are counted and shown; the
//! others stay.

mod labels;
mod report;
mod schedule;
mod session;
mod target;
#[cfg(test)]
mod tests;
mod worker;

pub use report::{Health, Report};
pub use target::{Authorization, Limits, Target};
pub use worker::run;
