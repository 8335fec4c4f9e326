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
//! alertmanager  Alertmanager's protocol: alerts, silences
//! acknowledge  signed links, the phone, Slack
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
mod acknowledge;
mod alertmanager;
mod answers;
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
mod in_force;
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
pub use answers::Answers;
pub use clock::Clock;
pub use config::{AuthMode, Config, PublicUrl};
pub use in_force::InForce;
pub use indoors::{Indoors, Knock};
pub use page::build;
pub use server::{Engines, Server, StartError};

#[cfg(test)]
mod testing;
