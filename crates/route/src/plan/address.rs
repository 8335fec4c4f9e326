//! Servers whose addresses are written: `http://django:5000`. A name that a container has means that container, and
//! every replica of it; another is looked up when it is connected to.

use std::net::IpAddr;

use model::Workload;

use super::reach::{self, Named, Reach};
use super::router::Target;
use super::service::{Host, Server, ServerState};
use crate::declared::{self, LoadBalancer, Object, Scheme};
use crate::finding::Finding;
use crate::name::Name;
use crate::node::Place;

/// What the addresses of a service lead to.
#[derive(Default)]
pub(super) struct Found {
    pub(super) servers: Vec<Server>,
    /// Of the first container among them.
    pub(super) target: Option<Target>,
    pub(super) findings: Vec<Finding>,
}

/// Finds the servers of `balancer`, which `service` declares.
pub(super) fn servers(
    name: &Name,
    balancer: &LoadBalancer,
    service: &Object<declared::Service>,
    reach: &Reach<'_>,
) -> Found {
    let mut found = Found::default();
    for (index, server) in balancer.servers.iter().enumerate() {
        let place = service.place_of(&format!("loadBalancer.servers.[{index}].url")).clone();
        match &server.url {
            Some(url) => found.take(at(url, server, name, &place, reach)),
            None => {
                let finding = Finding::error(place, "the server has no `url`", "write url: http://web:8000");
                found.findings.push(finding.about(name));
            }
        }
    }
    found
}

/// The servers at one address, which stands at `place` for the service `name`.
pub(super) fn at(
    url: &str,
    server: &declared::Server,
    name: &Name,
    place: &Place,
    reach: &Reach<'_>,
) -> Found {
    let mut found = Found::default();
    match Address::parse(url) {
        Ok(address) => found.add(&address, server, name, place, reach),
        Err(why) => {
            let finding = Finding::error(place.clone(), why, "write it as http://web:8000");
            found.findings.push(finding.about(name));
        }
    }
    found
}

impl Found {
    fn take(&mut self, other: Self) {
        self.servers.extend(other.servers);
        self.target = self.target.take().or(other.target);
        self.findings.extend(other.findings);
    }

    fn add(
        &mut self,
        address: &Address,
        server: &declared::Server,
        service: &Name,
        place: &Place,
        reach: &Reach<'_>,
    ) {
        let template = Server {
            scheme: address.scheme,
            host: address.host.clone(),
            port: address.port,
            path: if server.preserve_path { address.path.clone() } else { String::new() },
            weight: server.weight,
            container: None,
            label: format!("{}:{}", address.host_text, address.port),
            state: ServerState::Ready,
        };
        let Named { containers: named, others } = match &address.host {
            Host::Name(name) => reach.named(name),
            Host::Address(_) | Host::Nowhere => Named::default(),
        };
        if let (Some(first), false) = (named.first(), others.is_empty()) {
            let what = format!(
                "several projects have a `{}`; that of {} is taken, not that of {}",
                address.host_text,
                first.identity.project,
                others.join(", ")
            );
            let instead = format!("write the container's name, {}", first.identity.container);
            self.findings.push(Finding::warning(place.clone(), what, instead).about(service));
        }
        if named.is_empty() {
            self.servers.push(template);
            return;
        }
        for workload in named {
            self.target.get_or_insert_with(|| target(workload));
            let host = reach.locate(workload, None).host;
            self.servers.push(Server {
                state: reach::state(workload, &host),
                host,
                container: Some(workload.id.clone()),
                label: workload.identity.container.clone(),
                ..template.clone()
            });
        }
    }
}

/// Whose requests those are that go to this container.
pub(super) fn target(workload: &Workload) -> Target {
    Target { project: workload.identity.project.clone(), service: workload.identity.service.clone() }
}

/// A server's address.
#[derive(Debug, PartialEq, Eq)]
struct Address {
    scheme: Scheme,
    host: Host,
    host_text: String,
    port: u16,
    path: String,
}

impl Address {
    /// `http://web:8000/path`; the error is a sentence.
    fn parse(url: &str) -> Result<Self, String> {
        let no_address = || format!("`{url}` is no address of a server");
        let (scheme, rest) = url.split_once("://").ok_or_else(|| format!("`{url}` has no scheme"))?;
        let scheme = Scheme::parse(scheme)
            .ok_or_else(|| format!("`{scheme}` is no scheme of a server: http, https and h2c are"))?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let authority: http::uri::Authority = authority.parse().map_err(|_| no_address())?;
        if authority.as_str().contains('@') {
            return Err(format!(
                "the address of `{}` has a name and a password, which are not sent",
                authority.host()
            ));
        }
        let default = if scheme == Scheme::Https { 443 } else { 80 };
        let port = match authority.port() {
            Some(port) => port.as_u16(),
            None if authority.as_str() == authority.host() => default,
            None => return Err(no_address()),
        };
        let host_text = authority.host().to_owned();
        let bare = host_text.trim_start_matches('[').trim_end_matches(']');
        let host = match bare.parse::<IpAddr>() {
            Ok(address) => Host::Address(address),
            Err(_) if bare.is_empty() || port == 0 => return Err(no_address()),
            Err(_) => Host::Name(bare.to_owned()),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/').to_owned();
        Ok(Self { scheme, host, host_text, port, path })
    }
}
