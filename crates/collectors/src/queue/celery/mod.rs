//! Celery on Redis: what waits, what workers hold, what they tell of their tasks.
//!
//! [`Keys`] knows how Celery names things, [`Watch`] asks for the lengths, [`envelope::read`] reads what is published
//! about tasks and workers, and [`Events`] counts it. Lengths need no worker and no setting of the application's;
//! events need workers that send them.

mod counts;
pub(super) mod envelope;
mod events;
mod flower;
mod histogram;
mod keys;
mod memory;
mod numbers;
mod pidbox;
mod watch;
mod workers;

pub use keys::Keys;

pub(super) use events::Events;
pub(super) use numbers::{DESCRIPTIONS, put_counts, put_processes, put_seen, put_waiting, put_workers};
pub(super) use pidbox::{Orders, enable_events};
pub(super) use watch::{Seen, Watch};
pub(super) use workers::{Node, host_of};
