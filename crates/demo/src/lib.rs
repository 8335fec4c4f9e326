//! The simulated shop of `porthole demo`.
//!
//! A small compose project (an nginx, a Django shop, Celery, PostgreSQL, Redis and their neighbours) that lives
//! in this process: visitors come, orders are placed, releases go out, things break and are mended. It is
//! seen through the doors that real containers have, so whoever watches it takes the same ways: a Docker Engine API on
//! a Unix socket, pages of numbers, and the Redis of the queue. Its programs report their errors as SDKs do, to
//! where [`Shop::report_to`] says, and its visitors come through the proxy that [`Shop::visit_through`] names.
//!
//! ```ignore
//! let shop = demo::Shop::start(dir, seed).await?;
//! collect_from(shop.docker_host());          // unix://…/docker.sock
//! shop.stop().await;
//! ```
//!
//! One seed and one starting time make one story, to the byte.

#![forbid(unsafe_code)]

mod api;
mod clock;
mod doors;
mod engine;
mod incident;
mod meters;
mod numbers;
mod redis;
mod reports;
mod ring;
mod serving;
mod shop;
mod visits;

pub use clock::Clock;
pub use reports::sending::Destination;
pub use serving::{Options, Shop};

#[cfg(test)]
mod tests;
