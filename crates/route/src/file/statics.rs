//! What stands in a dynamic file though it is no part of one: Traefik's static configuration, as in files that serve it
//! for both. Entrypoints and resolvers are written as the TOML that Porthole's settings want instead, which is shown to
//! people and can be read like any other; of the rest it is said that it does nothing, or where it went.

use std::fmt::Write;

use super::DynamicFile;
use crate::finding::Finding;
use crate::node::{Node, Place};

/// Entrypoints and resolvers of some files. The first file that names one counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statics {
    /// In the order of the files.
    pub entrypoints: Vec<Static>,
    /// Likewise.
    pub resolvers: Vec<Static>,
    /// What was not taken over, and what does nothing.
    pub findings: Vec<Finding>,
}

/// One entrypoint or resolver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Static {
    /// `web` of `entryPoints.web`.
    pub name: String,
    /// `[proxy.entrypoints.web]` and the keys below it.
    pub toml: String,
    /// Where it is written.
    pub place: Place,
}

/// Other keys of the static configuration, and what became of them.
const OTHERS: [(&str, &str); 14] = [
    ("accessLog", "every request is written to the access log without being asked for"),
    ("api", "the page shows routes; a router to api@internal is answered"),
    ("core", "the syntax is told from each rule"),
    ("experimental", "there are no plugins"),
    ("global", "nothing is sent to anybody"),
    ("hostResolver", "names are taken as they are"),
    ("log", "the log is set by the environment"),
    ("metrics", "metrics are kept without being asked for, also by Traefik's names"),
    ("ocsp", "OCSP is not used"),
    ("ping", "a router to ping@internal is answered"),
    ("pilot", "there is no such service any more"),
    ("providers", "containers and files are set in [proxy] of the settings"),
    ("serversTransport", "write http.serversTransports and name it in the service"),
    ("tracing", "requests are traced without being asked for"),
];

impl Statics {
    /// Looks through the files.
    pub fn of(files: &[DynamicFile]) -> Self {
        let mut statics = Self::default();
        for file in files {
            for (name, node) in &file.tree().children {
                match name.to_ascii_lowercase().as_str() {
                    "http" | "tcp" | "udp" | "tls" => {}
                    "entrypoints" => statics.add_entrypoints(node),
                    "certificatesresolvers" => statics.add_resolvers(node),
                    _ => statics.findings.push(other(name, node)),
                }
            }
        }
        statics
    }

    /// The settings that do the same: what [`settings::Tree::parse`] reads.
    pub fn toml(&self) -> String {
        let parts = self.entrypoints.iter().chain(&self.resolvers);
        parts.map(|part| part.toml.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn add_entrypoints(&mut self, node: &Node) {
        for (name, entrypoint) in &node.children {
            if self.entrypoints.iter().all(|known| known.name != *name) {
                let toml = self.entrypoint(name, entrypoint, node);
                let place = entrypoint.place.clone();
                self.entrypoints.extend(toml.map(|toml| Static { name: name.clone(), toml, place }));
            }
        }
    }

    /// `None` for one that cannot be opened.
    fn entrypoint(&mut self, name: &str, node: &Node, all: &Node) -> Option<String> {
        let mut keys = Keys { node, done: Vec::new(), toml: format!("[proxy.entrypoints.{}]\n", key(name)) };
        if let Some(address) = keys.text("address") {
            let (address, protocol) = address.split_once('/').unwrap_or((&address, "tcp"));
            if !protocol.eq_ignore_ascii_case("tcp") {
                let what = format!("entrypoints of {protocol} are not supported");
                self.findings.push(Finding::error(
                    node.place.clone(),
                    what,
                    "publish the port of the container itself",
                ));
                return None;
            }
            keys.set("address", quoted(address));
        }
        keys.flag("asDefault", "as_default");
        if let Some(to) = keys.text("http.redirections.entryPoint.to") {
            keys.set("redirect_to", quoted(&by_address(&to, all)));
            keys.string("http.redirections.entryPoint.scheme", "redirect_scheme");
            keys.flag("http.redirections.entryPoint.permanent", "redirect_permanent");
            keys.ignore("http.redirections.entryPoint.priority");
        }
        if keys.at("http.tls").is_some() {
            let resolver = keys.text("http.tls.certResolver").unwrap_or_else(|| "default".to_owned());
            keys.set("tls", quoted(&resolver));
            keys.string("http.tls.options", "tls_options");
        }
        keys.list("http.middlewares", "middlewares");
        keys.flag("http.sanitizePath", "sanitize_path");
        keys.list("forwardedHeaders.trustedIPs", "trusted_ips");
        keys.list("proxyProtocol.trustedIPs", "proxy_protocol");
        keys.number("http2.maxConcurrentStreams", "streams_max");
        keys.ignore("transport");
        self.findings.extend(keys.left_over());
        Some(keys.toml)
    }

    fn add_resolvers(&mut self, node: &Node) {
        for (name, resolver) in &node.children {
            let Some(acme) = resolver.child("acme") else {
                let what = format!("the resolver `{name}` is not one of ACME");
                let instead = "write certificates into tls.certificates, or acme below the resolver";
                self.findings.push(Finding::error(resolver.place.clone(), what, instead));
                continue;
            };
            if self.resolvers.iter().all(|known| known.name != *name) {
                let toml = self.resolver(name, acme);
                self.resolvers.push(Static { name: name.clone(), toml, place: resolver.place.clone() });
            }
        }
    }

    fn resolver(&mut self, name: &str, node: &Node) -> String {
        let mut keys = Keys { node, done: Vec::new(), toml: format!("[proxy.acme.{}]\n", key(name)) };
        keys.string("email", "email");
        keys.string("caServer", "directory");
        keys.string("profile", "profile");
        if keys.at("tlsChallenge").is_some() {
            keys.set("challenge", quoted("tls-alpn-01"));
        } else if let Some(dns) = keys.at("dnsChallenge") {
            let what = format!("the resolver `{name}` has the DNS challenge, which is not there yet");
            let instead = "certificates are asked for with http-01; put wildcard ones into tls.certificates";
            self.findings.push(Finding::error(dns.place.clone(), what, instead));
        }
        keys.ignore("httpChallenge");
        keys.string("eab.kid", "eab_kid");
        keys.string("eab.hmacEncoded", "eab_hmac");
        if let Some(storage) = keys.text("storage") {
            let what = format!("certificates are kept in the data directory, not in {storage}");
            let place = node.place_of("storage").clone();
            let finding = Finding::note(place, what);
            let instead = format!(
                "import_file = {} in [proxy.acme.{}] takes over those in it",
                quoted(&storage),
                key(name)
            );
            self.findings.push(Finding { instead, ..finding });
        }
        for path in ["keyType", "certificatesDuration", "preferredChain"] {
            keys.ignore(path);
        }
        self.findings.extend(keys.left_over());
        keys.toml
    }
}

fn other(name: &str, node: &Node) -> Finding {
    match OTHERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        Some((_, what)) => Finding::note(
            node.place.clone(),
            format!("`{name}` is static configuration and does nothing here: {what}"),
        ),
        None => {
            let what = format!("`{name}` is no part of a dynamic file");
            Finding::error(node.place.clone(), what, "write http, tls, tcp or udp at the top")
        }
    }
}

/// `:443` means the entrypoint with this address.
fn by_address(to: &str, all: &Node) -> String {
    if !to.starts_with(':') {
        return to.to_owned();
    }
    let has = |node: &Node| node.child("address").and_then(|address| address.value.as_deref()) == Some(to);
    let found = all.children.iter().find(|(_, node)| has(node));
    found.map_or_else(|| to.to_owned(), |(name, _)| name.clone())
}

/// The keys of one object, copied one by one to other names.
struct Keys<'n> {
    node: &'n Node,
    done: Vec<&'static str>,
    toml: String,
}

impl<'n> Keys<'n> {
    fn at(&mut self, path: &'static str) -> Option<&'n Node> {
        self.done.push(path);
        path.split('.').try_fold(self.node, |node, part| node.child(part))
    }

    fn text(&mut self, path: &'static str) -> Option<String> {
        self.at(path)?.value.clone()
    }

    fn ignore(&mut self, path: &'static str) {
        self.done.push(path);
    }

    fn set(&mut self, key: &str, value: String) {
        let _ = writeln!(self.toml, "{key} = {value}");
    }

    fn string(&mut self, path: &'static str, key: &str) {
        if let Some(text) = self.text(path) {
            self.set(key, quoted(&text));
        }
    }

    fn flag(&mut self, path: &'static str, key: &str) {
        if let Some(text) = self.text(path) {
            self.set(key, (text.eq_ignore_ascii_case("true")).to_string());
        }
    }

    fn number(&mut self, path: &'static str, key: &str) {
        if let Some(number) = self.text(path).and_then(|text| text.parse::<u32>().ok()) {
            self.set(key, number.to_string());
        }
    }

    fn list(&mut self, path: &'static str, key: &str) {
        let Some(node) = self.at(path) else { return };
        let items = node.children.iter().filter_map(|(_, item)| item.value.as_deref());
        let items: Vec<String> = items.chain(node.value.as_deref()).map(quoted).collect();
        self.set(key, format!("[{}]", items.join(", ")));
    }

    /// A warning for each key that nobody looked at.
    fn left_over(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.walk(self.node, "", &mut findings);
        findings
    }

    fn walk(&self, node: &Node, path: &str, findings: &mut Vec<Finding>) {
        for (name, child) in &node.children {
            let below = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            let lower = below.to_ascii_lowercase();
            let is = |done: &&&str| done.eq_ignore_ascii_case(&lower);
            let is_above = |done: &&str| done.to_ascii_lowercase().starts_with(&format!("{lower}."));
            if self.done.iter().any(|done| is(&done)) && !self.done.iter().any(is_above) {
                continue;
            }
            if self.done.iter().any(is_above) {
                self.walk(child, &below, findings);
                continue;
            }
            let what = format!("`{below}` is not taken over from the static configuration");
            findings.push(Finding::warning(
                child.place.clone(),
                what,
                "write it in [proxy] of the settings if it is needed",
            ));
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A key that TOML may want in quotes.
fn key(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_bare { name.to_owned() } else { quoted(name) }
}
