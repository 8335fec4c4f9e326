//! What one container's labels, one dynamic file or our settings declare: typed routers, services, middlewares and
//! TLS, read from a [`Node`].
//!
//! Reading is lenient: what is wrong becomes a [`Finding`] and the rest of the object stays, where Traefik would refuse
//! the whole container or file for many of them. What guards a door is the exception: half understood it becomes
//! [`Middleware::Broken`].

pub(crate) mod fields;
mod meant;
mod middleware;
pub(crate) mod notes;
#[cfg(test)]
pub(crate) mod report;
mod router;
mod service;
mod tcp;
mod tls;
mod values;

pub use middleware::*;
pub use router::{Domain, Observability, Router, RouterTls};
pub use service::{
    Cookie, Failover, Flush, HealthCheck, LoadBalancer, Mirror, Mirroring, PassiveHealthCheck, SameSite,
    Scheme, Server, Service, ServiceKind, Strategy, Weighted, WeightedService,
};
pub use tcp::{
    TcpLoadBalancer, TcpMiddleware, TcpRouter, TcpServer, TcpService, TcpTls, UdpRouter, UdpService,
};
pub use tls::{
    CertificateFiles, ClientAuth, GeneratedCertificate, ServersTransport, TlsOptions, TlsStore, TlsVersion,
};
pub use values::Pattern;

use std::collections::BTreeMap;

use self::fields::Fields;
use self::notes::Notes;
use crate::finding::Finding;
use crate::name::{Name, Provider};
use crate::node::{Node, Place};

/// Something that was declared, and where. Two containers declare the same if the values are equal.
#[derive(Clone, Debug)]
pub struct Object<T> {
    /// What was declared.
    pub value: T,
    /// As it was written.
    pub node: Node,
}

impl<T> Object<T> {
    /// Where it was first written.
    pub fn place(&self) -> &Place {
        &self.node.place
    }

    /// Where `path` (`tls.certresolver`) was written, or the part of it that was.
    pub fn place_of(&self, path: &str) -> &Place {
        self.node.place_of(path)
    }
}

/// Objects by their names, without the provider.
pub type Objects<T> = BTreeMap<String, Object<T>>;

/// All that one source declares.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// Routers of HTTP.
    pub routers: Objects<Router>,
    /// Services of HTTP.
    pub services: Objects<Service>,
    /// Middlewares of HTTP.
    pub middlewares: Objects<Middleware>,
    /// How servers are reached; files only.
    pub transports: Objects<ServersTransport>,
    /// Routers of TCP.
    pub tcp_routers: Objects<TcpRouter>,
    /// Services of TCP.
    pub tcp_services: Objects<TcpService>,
    /// Middlewares of TCP.
    pub tcp_middlewares: Objects<TcpMiddleware>,
    /// Routers of UDP.
    pub udp_routers: Objects<UdpRouter>,
    /// Services of UDP.
    pub udp_services: Objects<UdpService>,
    /// TLS options; files only.
    pub tls_options: Objects<TlsOptions>,
    /// Stores of certificates: the one called `default`.
    pub tls_stores: Objects<TlsStore>,
    /// Certificates; files only.
    pub certificates: Vec<Object<CertificateFiles>>,
}

/// Reads `root`, whose children are `http`, `tcp`, `udp` and `tls`; any other is a fault.
pub fn read(root: &Node, provider: Provider) -> (Declared, Vec<Finding>) {
    let mut notes = Notes::default();
    let declared = read_noting(root, provider, &mut notes);
    (declared, notes.findings)
}

pub(crate) fn read_noting(root: &Node, provider: Provider, notes: &mut Notes) -> Declared {
    Fields::read(root, notes, |fields| Declared::read(fields, provider))
}

/// Reads one middleware, as of `[proxy.middlewares.<name>]`.
pub fn read_middleware(node: &Node, name: &Name) -> (Middleware, Vec<Finding>) {
    let mut notes = Notes { object: Some(name.clone()), ..Notes::default() };
    let middleware = Fields::read(node, &mut notes, Middleware::read);
    (middleware, notes.findings)
}

impl Declared {
    fn read(fields: &mut Fields<'_, '_>, provider: Provider) -> Self {
        let mut declared = Self::default();
        fields.object("http", |http| declared.read_http(http, provider));
        fields.object("tcp", |tcp| declared.read_tcp(tcp, provider));
        fields.object("udp", |udp| declared.read_udp(udp, provider));
        fields.object("tls", |tls| declared.read_tls(tls, provider));
        declared
    }

    fn read_http(&mut self, fields: &mut Fields<'_, '_>, provider: Provider) {
        self.routers = objects(fields, "routers", provider, Router::read);
        self.services = objects(fields, "services", provider, Service::read);
        self.middlewares = objects(fields, "middlewares", provider, Middleware::read);
        if fields.in_labels() {
            if fields.child("serversTransports").is_some() {
                let what = "how servers are reached cannot be said in labels";
                fields.fault(
                    "serversTransports",
                    what,
                    "write it in a dynamic file and refer to it as name@file",
                );
            }
        } else {
            self.transports = objects(fields, "serversTransports", provider, ServersTransport::read);
        }
    }

    fn read_tcp(&mut self, fields: &mut Fields<'_, '_>, provider: Provider) {
        self.tcp_routers = objects(fields, "routers", provider, TcpRouter::read);
        self.tcp_services = objects(fields, "services", provider, TcpService::read);
        self.tcp_middlewares = objects(fields, "middlewares", provider, TcpMiddleware::read);
        fields.unsupported(
            "serversTransports",
            "`serversTransports` of TCP are not supported",
            "leave it out",
        );
    }

    fn read_udp(&mut self, fields: &mut Fields<'_, '_>, provider: Provider) {
        self.udp_routers = objects(fields, "routers", provider, UdpRouter::read);
        self.udp_services = objects(fields, "services", provider, UdpService::read);
    }

    fn read_tls(&mut self, fields: &mut Fields<'_, '_>, provider: Provider) {
        self.tls_stores = objects(fields, "stores", provider, TlsStore::read);
        if fields.in_labels() {
            return;
        }
        self.tls_options = objects(fields, "options", provider, TlsOptions::read);
        self.certificates = fields.objects("certificates", |certificate| Object {
            value: CertificateFiles::read_stored(certificate),
            node: certificate.node.clone(),
        });
    }
}

/// Reads the objects below `key`; each name's findings are about that name.
fn objects<T>(
    fields: &mut Fields<'_, '_>,
    key: &'static str,
    provider: Provider,
    read: impl Fn(&mut Fields<'_, '_>) -> T,
) -> Objects<T> {
    let Some(node) = fields.child(key) else { return Objects::new() };
    let mut objects = Objects::new();
    if node.children.is_empty() && fields.in_labels() {
        fields.fault(key, format!("`{key}` have names"), &format!("write {key}.<name>.<option>"));
    }
    for (name, node) in &node.children {
        fields.notes.object = Some(Name::new(name.as_str(), provider));
        if node.children.is_empty() {
            fields.fault(
                &format!("{key}.{name}"),
                format!("`{name}` has options and is no value itself"),
                "write its options",
            );
            continue;
        }
        let value = Fields::read(node, fields.notes, &read);
        objects.insert(name.clone(), Object { value, node: node.clone() });
    }
    fields.notes.object = None;
    objects
}

#[cfg(test)]
mod tests;
