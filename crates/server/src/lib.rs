//! HTTP: one module per spoken protocol, who may do what, and the embedded page.
//!
//! [`Server::new`] takes the engines' handles and the [`Accounts`]; [`Server::run`] serves a bound listener
//! until it is told to stop. A request passes, from the outside in:
//!
//! ```text
//! listen   connections and their bounds
//! headers  what the browser may do with the answer; the build; panics become 500
//! access   origin, who asks, what the route asks for
//! loki     Loki's protocol: push, queries, labels, tail; OpenTelemetry's logs
//! prometheus  Prometheus' protocol: queries, labels, remote write and read, federation
//! sentry   Sentry's protocol: what SDKs send, and its web API
//! traefik  Traefik's API: what is routed
//! app      the page's own API, in the types of the crate `api`
//! page     the embedded files, and index.html for the page's views
//! ```
//!
//! What computes for long runs off the runtime's threads: `intake` decodes what comes in, `queries` answers
//! what is asked. Both are bounded, so that neither takes the machine from the other.

#![forbid(unsafe_code)]

mod access;
mod accounts;
mod app;
mod body;
mod clock;
mod config;
mod exposition;
mod fault;
mod feed;
mod fields;
mod form;
#[cfg(fuzzing)]
pub mod fuzzing;
mod headers;
mod indoors;
mod intake;
mod listen;
mod loki;
mod page;
mod prometheus;
mod queries;
mod sample;
mod sentry;
mod server;
mod traefik;
mod under_way;
mod wire;

pub use accounts::{AccountError, Accounts, TokenError};
pub use clock::Clock;
pub use config::{AuthMode, Config, PublicUrl};
pub use indoors::{Indoors, Knock};
pub use page::build;
pub use server::{Engines, Server, StartError};

#[cfg(test)]
mod testing;
