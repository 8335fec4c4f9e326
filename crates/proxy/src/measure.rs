//! What is measured of every request: its ids, its access entry and the counters and histograms it goes into.
//!
//! The table of routes is built with handles of the one [`Meter`]: a [`Series`] for each entrypoint and target
//! ([`Meter::entrypoint`], [`Meter::target`]), a [`Route`] for each router. A request opens a [`Ticket`] when its head
//! has come, tells it where it goes, and is reported once with [`Meter::finished`] when its answer's body ended or was
//! dropped. That never blocks: numbers are kept apart by thread, the access entry goes to a bounded ring, and a
//! [`Recorder`] carries it from there to the logs.

mod buckets;
mod entry;
mod exposition;
mod finished;
mod ids;
mod live;
mod meter;
mod random;
mod recorder;
mod ring;
mod series;
mod shard;
mod ticket;
mod trace;
mod why;

pub(crate) use exposition::Text;
pub use finished::Finished;
pub use ids::Ids;
pub use meter::{Meter, Recorded, Route, Server};
pub use recorder::Recorder;
pub use series::{Protocol, Series};
pub use ticket::{Connection, Ticket};
pub use why::Why;

#[cfg(test)]
mod tests;
