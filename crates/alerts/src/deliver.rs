//! Delivering: takes what lies in the outbox and brings it to the receivers, in order for each of them, until it is there, is
//! refused, or a day is over.
//!
//! ```ignore
//! let (delivery, running) = deliver::new(parts);
//! tokio::spawn(running.run(shutdown));
//! delivery.replace(receivers, tiers);                  // when the settings changed
//! let said = delivery.test("slack").await;             // a fire drill of one receiver, through the real path
//! ```
//!
//! What fails for a reason that may pass is tried again, ever more rarely and never sooner than the other side asks. A
//! critical message that one receiver does not take within a minute goes to the others as well; so does word of a receiver
//! that keeps failing.

mod attempt;
mod complete;
mod dispatch;
mod drill;
mod health;
mod kept;
mod others;
mod outbox;
mod retry;

use std::sync::Arc;

use store::Clock;
use tokio::sync::{broadcast, mpsc, watch};

use crate::Tier;
use crate::config::Tiers;
use crate::message::Message;
use crate::receivers::Receivers;
use crate::senses::Asked;

pub use health::{Health, Result as Delivered};
pub use outbox::{Outbox, OutboxError, Row};

pub(crate) use complete::Completion;
pub(crate) use dispatch::Running;
pub(crate) use kept::Kept;

/// What people said to a receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Somebody is at it.
    Acknowledge {
        /// The incident.
        incident: String,
        /// Who, and by which receiver.
        by: String,
    },
}

/// Finds out what a message does not hold yet, just before it is sent for the first time: evidence and links.
pub trait Complete: Send + Sync {
    /// The message with all that could be found; never fails, and does not take long.
    fn complete<'a>(&'a self, message: &'a Message, receiver: &'a str) -> Asked<'a, Message>;
}

/// What delivering is made of.
pub(crate) struct Parts {
    pub(crate) outbox: Arc<dyn Outbox>,
    pub(crate) complete: Arc<dyn Complete>,
    pub(crate) receivers: Receivers,
    pub(crate) tiers: Tiers,
    /// Where what people answer goes; when it is full, they wait.
    pub(crate) heard: mpsc::Sender<Heard>,
    pub(crate) clock: Clock,
}

/// Who there is to be told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Directory {
    pub(crate) receivers: Receivers,
    pub(crate) tiers: Tiers,
}

impl Directory {
    /// The tiers of which a receiver is told.
    pub(crate) fn tiers_of(&self, name: &str) -> Vec<Tier> {
        let is_told = |tier: &Tier| self.tiers.of(*tier).iter().any(|told| told == name);
        Tier::WORDS.into_iter().map(|(_, tier)| tier).filter(is_told).collect()
    }
}

/// The handle; clones are one.
#[derive(Clone)]
pub struct Delivery {
    outbox: Arc<dyn Outbox>,
    directory: watch::Sender<Arc<Directory>>,
    health: Arc<Health>,
    finished: broadcast::Sender<attempt::Finished>,
    clock: Clock,
}

/// Makes the handle, and what runs.
pub(crate) fn new(parts: Parts) -> (Delivery, Running) {
    let directory = Arc::new(Directory { receivers: parts.receivers, tiers: parts.tiers });
    let delivery = Delivery {
        outbox: parts.outbox,
        directory: watch::Sender::new(directory),
        health: Arc::default(),
        finished: broadcast::Sender::new(64),
        clock: parts.clock,
    };
    let running = Running::new(delivery.clone(), parts.complete, parts.heard);
    (delivery, running)
}

impl Delivery {
    /// From now on these receivers are told, of these tiers. What is under way is ended by the old ones.
    pub fn replace(&self, receivers: Receivers, tiers: Tiers) {
        self.directory.send_replace(Arc::new(Directory { receivers, tiers }));
    }

    /// The receivers as they are now.
    pub fn receivers(&self) -> Receivers {
        self.directory.borrow().receivers.clone()
    }

    /// The tiers of which a receiver is told.
    pub fn tiers_of(&self, name: &str) -> Vec<Tier> {
        self.directory.borrow().tiers_of(name)
    }

    /// How the receivers do.
    pub fn health(&self) -> &Health {
        &self.health
    }

    fn now_ms(&self) -> i64 {
        self.clock.now().millis()
    }
}

impl std::fmt::Debug for Delivery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery").field("directory", &self.directory.borrow()).finish_non_exhaustive()
    }
}

#[cfg(test)]
pub(crate) mod tests;
