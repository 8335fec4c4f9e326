//! What is told to whom and when, from the alerts as they are: they are grouped to incidents, what explains them or is
//! silenced keeps quiet, and each incident is told once, reminded of, raised, and told to be over.
//!
//! ```text
//! group ─► mute ─► gather storms ─► review each incident ─► outbox
//!          │ silences                 │ wait, tell, tell what joined, remind, call the next, raise, close
//!          └ host > container > probe > errors
//! ```
//!
//! All of it is pure and part of [`crate::machine::Machine`]: what is due is found anew from the state and the time, so
//! that a restart between any two steps changes nothing.

mod compose;
mod group;
mod held;
mod incident;
mod mute;
mod outbox;
mod remind;
mod review;
mod storm;
mod tell;

pub use held::{Held, Later};
pub use incident::{Incident, Muted, Owner, Told};
pub use outbox::{Fate, Gone, Outbox, OutboxRow};

pub(crate) use compose::span;
