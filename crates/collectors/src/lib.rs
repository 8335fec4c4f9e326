//! What fills metrics.
//!
//! [`open`] gives two halves: [`Collectors`], a cheap handle that tells how everything does, and [`Collecting`], which
//! runs it. [`scrape`] asks instrumented programs for their numbers, which [`exposition`] reads; [`host`] and
//! [`containers`] look at the machine and at what containers use of it, [`probe`] at what people use, [`queue`] at what
//! waits. What they find goes to an [`Appender`], which a store implements.
//!
//! ```ignore
//! let (collectors, collecting) = collectors::open(Config::read(&root), surroundings, appender);
//! tokio::spawn(collecting.asking(docker).run(shutdown.clone()));
//! collectors.targets();
//! ```

#![forbid(unsafe_code)]

mod appender;
mod book;
mod broken;
mod config;
pub mod containers;
pub mod exposition;
mod facade;
mod here;
pub mod host;
pub mod probe;
pub mod queue;
pub mod scrape;
#[cfg(test)]
mod testing;
mod wishes;

pub use appender::{Appender, STALE};
pub use config::Config;
pub use facade::{Collecting, Collectors, Fault, Nobody, OwnMetrics, Surroundings, open};
