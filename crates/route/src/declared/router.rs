//! Routers of HTTP.

use super::fields::Fields;
use crate::rule::Syntax;

/// Which requests go to which service, and through what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Router {
    /// The rule as it was written; empty where there is none and the default rule is to be taken.
    pub rule: String,
    /// In which syntax the rule is written, where that is said.
    pub syntax: Option<Syntax>,
    /// The entrypoints it listens on; none means the default ones.
    pub entrypoints: Vec<String>,
    /// References (`limit@file`, `limit`) in the order in which requests pass them.
    pub middlewares: Vec<String>,
    /// A reference; none means the only service that is declared beside it.
    pub service: Option<String>,
    /// What makes it a router of encrypted requests.
    pub tls: Option<RouterTls>,
    /// Greater goes first; 0 means the length of the rule in bytes.
    pub priority: i64,
    /// What is recorded about its requests.
    pub observability: Observability,
    /// Routers that must have matched before; files only.
    pub parents: Vec<String>,
    /// Why it must not answer: a key is misspelt that says who may reach it. Taking no notice of it would let in whom
    /// its author keeps out.
    pub broken: Option<String>,
}

/// How a router's connections are encrypted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouterTls {
    /// Who gets the certificates.
    pub resolver: Option<String>,
    /// The names of the certificates; none means the hosts of the rule.
    pub domains: Vec<Domain>,
    /// A reference to TLS options.
    pub options: Option<String>,
}

/// The names of one certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Domain {
    /// The first name.
    pub main: String,
    /// The others.
    pub sans: Vec<String>,
}

/// What is recorded; `None` means what the entrypoint says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Observability {
    /// Access entries.
    pub access_logs: Option<bool>,
    /// Counters and histograms.
    pub metrics: Option<bool>,
    /// Spans.
    pub tracing: Option<bool>,
}

impl Router {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut router = Self {
            rule: fields.text("rule").unwrap_or_default(),
            syntax: syntax(fields),
            entrypoints: fields.list("entryPoints"),
            middlewares: fields.list("middlewares"),
            service: fields.text("service"),
            tls: fields.switch("tls", RouterTls::read),
            priority: fields.number("priority").unwrap_or_default(),
            observability: fields.object("observability", Observability::read).unwrap_or_default(),
            parents: if fields.in_labels() { Vec::new() } else { fields.list("parentRefs") },
            broken: None,
        };
        let narrowing = fields.misspelt(&["rule", "entryPoints", "middlewares"]);
        if !narrowing.is_empty() {
            router.broken =
                Some(format!("misspelt, and meant to say who may reach it: `{}`", narrowing.join("`, `")));
        }
        router
    }
}

/// Traefik takes an unknown syntax for its own, so this is no fault.
pub(super) fn syntax(fields: &mut Fields<'_, '_>) -> Option<Syntax> {
    let text = fields.text("ruleSyntax")?;
    let syntax = Syntax::parse(&text);
    if syntax.is_none() {
        fields.warning("ruleSyntax", format!("`{text}` is no syntax; v3 is taken"), "write v3 or v2");
    }
    syntax
}

impl RouterTls {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        Self {
            resolver: fields.text("certResolver"),
            domains: Domain::read_all(fields),
            options: fields.text("options"),
        }
    }
}

impl Domain {
    /// Those that have a name.
    pub(super) fn read_all(fields: &mut Fields<'_, '_>) -> Vec<Self> {
        let mut domains = fields.objects("domains", Self::read);
        domains.retain(|domain| !domain.main.is_empty());
        domains
    }

    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut domain = Self { main: fields.text("main").unwrap_or_default(), sans: fields.list("sans") };
        if domain.main.is_empty() && !domain.sans.is_empty() {
            domain.main = domain.sans.remove(0);
        }
        domain
    }
}

impl Observability {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let _ = fields.choice("traceVerbosity", &[("minimal", ()), ("detailed", ())]);
        Self {
            access_logs: fields.flag("accessLogs"),
            metrics: fields.flag("metrics"),
            tracing: fields.flag("tracing"),
        }
    }
}
