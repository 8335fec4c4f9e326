//! The proxy: entrypoints, TLS and ACME, middlewares, forwarding, and what it measures.
//!
//! ```text
//!             ┌ tls ┐                 ┌── table: which router ──┐
//! entrypoint ─┤     ├─ serve: the head┤                         ├─ middleware: before ─ forward ─ balance ─ pool ─► server
//!             └─────┘   (an exchange  └ acme, redirect, refuse ─┘        after ◄──────────────────────────┘
//!                        begins)                                         (measure, when the body has ended)
//! ```
//!
//! [`open`] gives a handle for looking, [`Proxy`], and [`Running`], which binds its entrypoints and serves. A planner
//! makes a [`route::plan::Plan`] of containers, files and settings whenever one of them changes, and puts it in force as
//! a table, in one piece. What is open goes on: a request ends with the servers and middlewares that it began with.
//!
//! ```ignore
//! let (proxy, mut running) = proxy::open(Config::read(&root), &data.join("acme"), surroundings)?;
//! running.bind().await?;
//! tokio::spawn(running.run(shutdown));
//! proxy.plan();
//! ```

#![forbid(unsafe_code)]

pub mod acme;
mod balance;
pub mod body;
mod certify;
mod config;
mod connection;
mod dynamic;
mod encoding;
mod entrypoint;
pub mod exchange;
pub mod files;
mod forward;
#[cfg(fuzzing)]
pub mod fuzzing;
mod handle;
mod head;
mod headers;
mod health;
pub mod measure;
pub mod middleware;
mod names;
mod path;
mod picture;
mod plane;
mod planner;
mod pool;
mod refuse;
mod room;
mod serve;
mod server;
mod table;
pub mod tls;
pub mod tools;
mod transport;
mod upgrade;
mod upstream_tls;
mod wire;

pub use body::Body;
pub use config::{Config, EntrypointConfig, PublicUrl, Redirect, UnderscoreHeaders};
pub use connection::{Connection, Entrypoint};
pub use dynamic::check_files;
pub use exchange::Exchange;
pub use handle::{BindError, OpenError, Proxy, Running, Surroundings, open};
pub use plane::{FetchError, Internal, InternalRequest};
pub use server::Server;
pub use table::{Route, Table};
pub use tools::Tools;

#[cfg(test)]
mod tests;
