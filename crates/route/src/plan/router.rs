//! A router of the plan.

use crate::declared::{Domain, Observability};
use crate::name::Name;
use crate::node::Place;
use crate::rule::Rule;

/// Which requests go through which middlewares to which service.
#[derive(Clone, Debug, PartialEq)]
pub struct Router {
    /// Its name, as metrics and the access log have it.
    pub name: Name,
    /// Which requests. `None` only where it could not be read; the router is broken then.
    pub rule: Option<Rule>,
    /// The rule as it is written.
    pub text: String,
    /// The entrypoints, sorted; each is open.
    pub entrypoints: Vec<String>,
    /// In the order in which requests pass them, those of the entrypoint first.
    pub middlewares: Vec<Name>,
    /// Where to. In a broken router it may name what is not there.
    pub service: Name,
    /// If set the router takes requests over TLS only, else only those without.
    pub tls: Option<Tls>,
    /// The higher is tried first.
    pub priority: i64,
    /// Whose requests these are.
    pub target: Target,
    /// What is recorded of them.
    pub observability: Observability,
    /// Whether it works.
    pub state: State,
    /// Where its rule is written, or the router itself.
    pub place: Place,
}

/// The TLS of a router, with that of its entrypoint filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// `[proxy.acme.<resolver>]` that gets its certificate.
    pub resolver: Option<String>,
    /// The certificate's names: those written, else the hosts of the rule. Empty where neither gives any.
    pub domains: Vec<Domain>,
    /// A key of the plan's `tls_options`, or `[proxy.tls.options.<name>]` of the settings; `None`: the default ones.
    pub options: Option<Name>,
}

/// Whose a request is: what the access log and the page know it by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Target {
    /// The compose project; empty where there is none.
    pub project: String,
    /// The service, as logs and metrics name it.
    pub service: String,
}

/// Whether a router works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It does.
    Active,
    /// It cannot send requests on, for these reasons, each a sentence. Where its rule could be read its requests are
    /// answered with 503: to let them fall through to another router might leave out a middleware that keeps
    /// strangers away.
    Broken(Vec<String>),
}
