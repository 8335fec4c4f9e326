//! The only crate that speaks to the Docker engine, and it only ever asks: [`Client`](client) has one verb,
//! GET.
//!
//! [`connect`] gives two halves. [`Collector::run`] is the task that keeps up with the engine: it publishes
//! the current set of workloads, follows the log of every container, and turns starts, deaths and deploys
//! into entries. [`Docker`] is the cheap handle through which others see what it knows.
//!
//! ```ignore
//! let (docker, collector) = docker::connect(config, logs.positions("docker/"), logs.intake());
//! tokio::spawn(collector.run(shutdown.clone()));
//! let workloads = docker.workloads();          // a watch channel: state, not events; the latest wins
//! ```
//!
//! The life of a line: [`client`] brings bytes, [`pieces`] splits them into pieces, [`lines`] joins pieces
//! to lines, [`cursor`] tells new lines from known ones, [`reader`] groups them into batches with the cursor
//! beside them. A batch and its cursor are stored together or not at all, so every line is stored once.
//!
//! An engine that is absent is a state with a sentence that says what to do, and is tried again for ever.

#![forbid(unsafe_code)]

mod backoff;
mod client;
mod clock;
mod collector;
mod config;
mod cursor;
mod deploys;
mod events;
#[cfg(fuzzing)]
pub mod fuzzing;
mod identity;
mod lines;
mod own;
mod pieces;
mod reader;
mod stats;
mod status;
mod workload;

pub use client::Address;
pub use collector::Collector;
pub use config::Config;
pub use deploys::Deploy;
pub use own::container_id;
pub use stats::StatsError;
pub use status::{Counts, Docker, Engine, Status, Unreadable};

use model::{Batch, Position};
use tokio::sync::mpsc;

/// The two halves of this crate. `positions` are those whose key begins with `docker/`, as they were stored;
/// into `lines` go the batches of all containers. The collector waits while `lines` is full: the lines are
/// safe with the engine meanwhile.
pub fn connect(config: Config, positions: Vec<Position>, lines: mpsc::Sender<Batch>) -> (Docker, Collector) {
    let client = client::Client::new(config.address.clone());
    let (docker, published) = status::channel(&config, client.clone());
    (docker, Collector::new(config, client, positions, lines, published))
}
