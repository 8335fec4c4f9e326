//! TLS of the entrypoints: which certificate a name gets, with which options, and the handshake.
//!
//! [`Certificates`] holds what is served: certificates of files, of [`crate::acme`], and one that the proxy made for itself.
//! [`Front`] knows the options of each host and shakes hands:
//!
//! ```ignore
//! let certificates = Certificates::new()?;
//! let front = Front::new(certificates.clone())?;
//! front.set(&options, hosts);                                    // whenever the plan changes
//! match front.accept(stream).await? {                            // put a time limit around it
//!     Accepted::Session(stream, session) => serve(stream, session),   // `front.suits(&session, host)`, else 421
//!     Accepted::Challenge => {}                                       // a CA has looked; the connection is over
//! }
//! ```

mod certificates;
mod config;
mod declared;
pub(crate) mod der;
mod exposition;
mod fault;
mod files;
mod front;
mod made;
mod options;
mod served;
mod suites;
mod verifier;
mod x509;

pub use certificates::{Certificates, Failure, Issued, Listed, Source};
pub use config::Config;
pub use fault::HandshakeFault;
pub use files::{Files, Pair, Pem};
pub use front::{AcceptError, Accepted, Front, HostOptions, Session};
pub use made::KeyError;
pub use options::{ClientAuth, Options, OptionsError, Version, server_config};
pub use served::ServedError;

pub(crate) use certificates::Renewal;
pub(crate) use declared::pair;
pub(crate) use made::CertificateRequest;
#[cfg(test)]
pub(crate) use made::{Certified, names_extension, new_key};
pub(crate) use served::{Served, challenge_key};
pub(crate) use x509::Facts;

#[cfg(test)]
mod tests;
