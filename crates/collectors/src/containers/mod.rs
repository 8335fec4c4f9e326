//! Containers: what each uses of the machine, by cAdvisor's names, and how it does, by names of our own.
//!
//! [`run`] looks at all of them once in an interval. Numbers come from the kernel's control groups (version 2, or 1) and
//! from `/proc/<pid>/net/dev`: a few small files for each container and nothing asked of the engine. Where a container's
//! files cannot be found (Porthole runs in a container without the host's `/proc` and `/sys`), the engine is asked instead,
//! through [`Stats`].
//!
//! What containers of cAdvisor have and ours have not: `id`, which is another one after each deploy.

mod books;
mod cgroup;
mod families;
mod finder;
mod lives;
mod network;
#[cfg(test)]
mod tests;
mod worker;

use std::future::Future;
use std::time::Duration;

use model::usage::Usage;

use crate::host::Host;

pub use worker::run;

/// How containers are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// How often.
    pub interval: Duration,
    /// Where the machine's files are.
    pub host: Host,
}

/// Whom to ask for what a container uses where the kernel's files cannot be read: the engine.
pub trait Stats: Clone + Send + Sync + 'static {
    /// What the container of this id uses now; else why it is not known, and what to do.
    fn stats(&self, id: &str) -> impl Future<Output = Result<Usage, String>> + Send;
}
