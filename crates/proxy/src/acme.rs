//! Certificates from CAs: asked for, kept on disk, renewed in time.
//!
//! ```ignore
//! let keeper = Keeper::open(&config, &data.join("acme"), certificates.clone())?;
//! let challenges = keeper.challenges();              // `challenges.page(path)` before any router
//! tokio::spawn(keeper.run(wanted, shutdown));        // `wanted`: what the routers ask for, whenever it changes
//! ```
//!
//! What is held is served whatever a CA does. A name that fails waits longer each time and is tried alone, so that it
//! keeps no other from its certificate; a CA that fails is left alone as a whole. What is tried is written to disk
//! before it is tried, so that a process that dies in the middle, again and again, is quiet.

mod ca;
mod challenges;
mod client;
mod config;
mod due;
mod held;
mod import;
mod keeper;
mod names;
mod order;
mod policy;
mod published;
mod stored;
mod tries;
mod words;
mod work;

use std::path::PathBuf;

pub use challenges::Challenges;
pub use config::{ChallengeKind, Config, ExternalAccount, Resolver};
pub use keeper::Keeper;

use config::LETS_ENCRYPT;

/// Names of one router that want a certificate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wanted {
    /// Which `[proxy.acme.<name>]` is asked.
    pub resolver: String,
    /// Host names in lower case; addresses and wildcards are refused, with a failure on the list.
    pub names: Vec<String>,
}

/// Why nothing can be kept.
#[derive(Debug, thiserror::Error)]
#[error("certificates cannot be kept in {directory}: {error}", directory = directory.display())]
pub struct OpenError {
    /// Where they are to be kept.
    pub directory: PathBuf,
    /// Why not.
    #[source]
    pub error: std::io::Error,
}

#[cfg(test)]
mod tests;
