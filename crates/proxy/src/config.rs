//! `[proxy]` of the settings.

mod entrypoint;

use std::path::PathBuf;
use std::time::Duration;

use route::configured::Configured;
use route::plan::DockerOptions;
use settings::Section;

use crate::{acme, tls};

pub use entrypoint::{EntrypointConfig, Redirect, UnderscoreHeaders};

/// How long open requests and tunnels may take to end when the proxy stops.
const GRACE: Duration = Duration::from_secs(8);
/// How long a server may take to accept a connection, where no transport says so.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// What the proxy does, besides its routes.
#[derive(Clone, Debug)]
pub struct Config {
    /// Sorted by name. With none the proxy is off.
    pub entrypoints: Vec<EntrypointConfig>,
    /// How labels of containers are read.
    pub docker: DockerOptions,
    /// `[[proxy.route]]` and `[proxy.middlewares.*]`.
    pub routes: Configured,
    /// `[proxy.tls]`
    pub tls: tls::Config,
    /// `[proxy.acme.*]`
    pub acme: acme::Config,
    /// Traefik's dynamic files, or folders of such.
    pub traefik_files: Vec<PathBuf>,
    /// Whether each request becomes a line of the stream `access`.
    pub access_log: bool,
    /// How long open requests and tunnels may take to end when the proxy stops.
    pub grace: Duration,
    /// How long a server may take to accept a connection.
    pub connect_timeout: Duration,
    /// The scheme and the host of the page, which the proxy serves too.
    pub public_url: Option<PublicUrl>,
}

/// `[server] public_url`, as far as routing goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Whether it is https.
    pub https: bool,
    /// Its host in lower case, without a port.
    pub host: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            entrypoints: Vec::new(),
            docker: DockerOptions::default(),
            routes: Configured::default(),
            tls: tls::Config::default(),
            acme: acme::Config::default(),
            traefik_files: Vec::new(),
            access_log: true,
            grace: GRACE,
            connect_timeout: CONNECT_MAX,
            public_url: None,
        }
    }
}

impl Config {
    /// Reads `[proxy]` below `root`; what is faulty is recorded there and counts as not written.
    pub fn read(root: &Section<'_>) -> Self {
        let proxy = root.section("proxy");
        let usual = Self::default();
        let entrypoints: Vec<EntrypointConfig> = proxy
            .named("entrypoints")
            .iter()
            .filter_map(|(name, section)| EntrypointConfig::read(name, section))
            .collect();
        check(&proxy, &entrypoints);
        Self {
            entrypoints,
            docker: docker(&proxy),
            routes: Configured::read(&proxy),
            tls: tls::Config::read(&proxy),
            acme: acme::Config::read(&proxy),
            traefik_files: proxy.paths("traefik_files").unwrap_or_default(),
            access_log: proxy.boolean("access_log").unwrap_or(usual.access_log),
            grace: proxy.duration("grace").unwrap_or(usual.grace),
            connect_timeout: proxy.duration("connect_timeout").unwrap_or(usual.connect_timeout),
            public_url: public_url(root),
        }
    }

    /// Whether there is anything to do.
    pub fn is_on(&self) -> bool {
        !self.entrypoints.is_empty()
    }
}

/// The same port; 0 is any that is free.
fn collides(a: &EntrypointConfig, b: &EntrypointConfig) -> bool {
    a.address == b.address && a.address.port() != 0
}

fn docker(proxy: &Section<'_>) -> DockerOptions {
    let usual = DockerOptions::default();
    DockerOptions {
        exposed_by_default: proxy.boolean("exposed_by_default").unwrap_or(usual.exposed_by_default),
        network: proxy.string("network"),
        default_rule: proxy.string("default_rule").unwrap_or(usual.default_rule),
        constraints: proxy.with("constraints", constraints).unwrap_or(usual.constraints),
    }
}

fn constraints(text: &str) -> Result<String, String> {
    match route::plan::check_constraints(text) {
        Ok(()) => Ok(text.to_owned()),
        Err(why) => Err(format!("{why}; write \"Label(`tier`,`front`)\", say, with &&, || and !")),
    }
}

/// What entrypoints say of one another.
fn check(proxy: &Section<'_>, entrypoints: &[EntrypointConfig]) {
    for (index, entrypoint) in entrypoints.iter().enumerate() {
        let section = proxy.section("entrypoints").section(&entrypoint.name);
        if let Some(other) = entrypoints[..index].iter().find(|other| collides(other, entrypoint)) {
            section.fault(
                "address",
                format!("is that of the entrypoint {:?} too", other.name),
                "give each its own port",
            );
        }
        let Some(redirect) = &entrypoint.redirect else { continue };
        let to = &redirect.entrypoint;
        if *to == entrypoint.name || entrypoints.iter().all(|other| other.name != *to) {
            section.fault(
                "redirect_to",
                format!("{to:?} is no other entrypoint"),
                "write the name of another, such as \"websecure\"",
            );
        }
    }
}

/// Faults of it are told by whoever owns `[server]`.
fn public_url(root: &Section<'_>) -> Option<PublicUrl> {
    let server = root.section("server");
    if !server.is_set("public_url") {
        return None;
    }
    let url: http::Uri = server.string("public_url")?.parse().ok()?;
    let host = url.host()?.to_lowercase();
    Some(PublicUrl { https: url.scheme_str() == Some("https"), host })
}

#[cfg(test)]
mod tests;
