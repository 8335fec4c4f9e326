//! Probes: does what people use answer, and answer right? By blackbox_exporter's names.
//!
//! What is probed stands in the settings (`[[probe]]`) or on containers (label `porthole.probe`). Each probe has a task of
//! its own that opens a connection anew for every check, times its parts, and closes it: [`run`] starts and ends these
//! tasks as containers come and go. A check that fails says why in words ([`ProbeState`]); whether one failure is worth
//! waking somebody is not decided here.

mod certificate;
mod check;
mod config;
mod discovery;
mod families;
#[cfg(fuzzing)]
pub mod fuzzing;
mod spec;
mod state;
#[cfg(test)]
mod tests;
mod watch;
mod worker;

pub use config::Config;
pub use state::{LastCheck, ProbeState};
pub use watch::run;
