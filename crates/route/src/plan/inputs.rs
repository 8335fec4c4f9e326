//! What a plan is made of.

use model::Workload;

use crate::configured::Configured;
use crate::declared::Domain;
use crate::file::DynamicFile;

/// Everything that a plan depends on; nothing else does it read.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The containers, running or not.
    pub containers: &'a [Workload],
    /// The id of the container that Porthole runs in; `None` on the machine itself. Networks that it is in are
    /// preferred, and names of servers are looked for in its project first.
    pub own: Option<&'a str>,
    /// The dynamic files, in the order in which the settings name them.
    pub files: &'a [DynamicFile],
    /// `[[proxy.route]]` and `[proxy.middlewares.*]`.
    pub configured: &'a Configured,
    /// How containers are read.
    pub docker: &'a DockerOptions,
    /// The entrypoints that are open.
    pub entrypoints: &'a [EntrypointFacts],
    /// The names of `[proxy.acme.*]`.
    pub resolvers: &'a [String],
    /// The names of `[proxy.tls.options.*]`.
    pub tls_options: &'a [String],
    /// Where the page is, if the proxy serves it too.
    pub page: Option<PageAddress<'a>>,
}

/// `[server] public_url`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageAddress<'a> {
    /// Its host in lower case.
    pub host: &'a str,
    /// Whether it is https.
    pub https: bool,
}

/// How labels of containers are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DockerOptions {
    /// Whether containers without `traefik.enable` are routed to.
    pub exposed_by_default: bool,
    /// The network in which containers are reached that name none.
    pub network: Option<String>,
    /// The template of the rule of routers that have none.
    pub default_rule: String,
    /// Only containers that this expression fits: `` Label(`a`,`b`) && !LabelRegex(`c`,`d`) ``. Empty: all.
    pub constraints: String,
}

impl Default for DockerOptions {
    fn default() -> Self {
        Self {
            exposed_by_default: false,
            network: None,
            default_rule: "Host(`{{ normalize .Name }}`)".to_owned(),
            constraints: String::new(),
        }
    }
}

/// What a plan needs to know of an entrypoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntrypointFacts {
    /// `[proxy.entrypoints.<name>]`.
    pub name: String,
    /// Whether routers that name no entrypoint use it. If it is so of none, they use all.
    pub as_default: bool,
    /// TLS of every router here that says nothing of TLS.
    pub tls: Option<EntrypointTls>,
    /// Come before the router's own; as they are written, `limit` or `auth@file`.
    pub middlewares: Vec<String>,
}

/// The TLS that routers of an entrypoint have without saying so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntrypointTls {
    /// `[proxy.acme.<resolver>]`.
    pub resolver: Option<String>,
    /// The names of the certificate; none: those of the rule.
    pub domains: Vec<Domain>,
    /// The name of the TLS options, as it is written.
    pub options: Option<String>,
}
