//! The plan: which routers, middlewares and services there are at this moment, put together from container labels,
//! dynamic files and settings, and what is wrong with them.
//!
//! ```ignore
//! let plan = route::plan(&Inputs { containers: &workloads, .. });
//! if plan != *in_force {
//!     swap(plan);
//! }
//! ```
//!
//! A plan is a value: equal inputs give equal plans, and two plans can be compared. Everything in it is resolved:
//! references carry their provider, ports and addresses are chosen, defaults are filled in. Nothing is dropped
//! without a finding that says so.

mod address;
mod chain;
mod constraint;
mod default_rule;
mod docker;
mod draft;
mod files;
mod inputs;
mod model;
mod page;
mod reach;
mod reference;
mod resolve;
mod router;
mod service;
mod ties;

use std::collections::BTreeMap;

pub use inputs::{DockerOptions, EntrypointFacts, EntrypointTls, Inputs, PageAddress};
pub use router::{Router, State, Target, Tls};
pub use service::{
    Files, Host, Internal, LoadBalancer, Mirroring, Server, ServerState, Service, ServiceKind, Share,
    Weighted,
};

use crate::declared::{CertificateFiles, Middleware, ServersTransport, TlsOptions, TlsStore};
use crate::finding::Finding;
use crate::name::Name;

/// Everything that is routed, and everything that is wrong with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// In the order in which they are tried. That is: the highest priority first, then routers that work before broken
    /// ones, then by name; but those whose containers were all stopped by somebody come last, so that they take nothing
    /// from others and only turn what would be a 404 into a 503.
    pub routers: Vec<Router>,
    /// What requests are sent to. A router's `service` is a key of it unless the router is broken.
    pub services: BTreeMap<Name, Service>,
    /// Every middleware. A router's `middlewares` are keys of it unless the router is broken. What they refer to
    /// themselves is written with its provider (`web@docker`), and read with [`Name::parse`].
    pub middlewares: BTreeMap<Name, Middleware>,
    /// Options of TLS; `default@file` is the one of routers that name none.
    pub tls_options: BTreeMap<Name, TlsOptions>,
    /// How servers are connected to.
    pub transports: BTreeMap<Name, ServersTransport>,
    /// Certificates that files name.
    pub certificates: Vec<CertificateFiles>,
    /// What is served where no certificate has the name.
    pub tls_store: TlsStore,
    /// What is wrong, and what is worth knowing: sorted by place.
    pub findings: Vec<Finding>,
}

/// Makes the plan.
pub fn plan(inputs: &Inputs<'_>) -> Plan {
    let mut draft = draft::Draft::default();
    let reach = reach::Reach::of(inputs);
    draft.add_configured(inputs.configured, &reach);
    files::add(&mut draft, inputs, &reach);
    page::add(&mut draft, inputs);
    docker::add(&mut draft, inputs, &reach);
    resolve::resolve(draft, inputs)
}

/// What is wrong with an expression over labels, as `[proxy] constraints` is one; a sentence.
pub fn check_constraints(text: &str) -> Result<(), String> {
    constraint::Constraint::parse(text).map(|_| ())
}

impl Plan {
    /// The middlewares of these names in the order in which requests pass them, chains replaced by what they hold.
    pub fn steps<'p>(&'p self, names: &'p [Name]) -> Vec<(Name, &'p Middleware)> {
        let mut steps = Vec::new();
        for name in names {
            chain::unroll(&self.middlewares, name, &mut steps);
        }
        steps
    }
}

#[cfg(test)]
mod tests;
