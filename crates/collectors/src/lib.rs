//! What fills metrics.
//!
//! [`exposition`] reads what instrumented programs answer to a scrape, [`scrape`] asks them; [`host`] reads the
//! machine. What they find goes to an [`Appender`], which a store implements.

#![forbid(unsafe_code)]

mod appender;
pub mod exposition;
pub mod host;
pub mod scrape;

pub use appender::{Appender, STALE};
