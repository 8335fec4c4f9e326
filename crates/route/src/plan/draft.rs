//! Everything that was declared, by whole names, before what refers to what is found out.

use std::collections::BTreeMap;

use super::reach::Reach;
use super::router::Target;
use super::service::{Files, Server};
use crate::configured::Configured;
use crate::declared::{
    self, CertificateFiles, Declared, Middleware, Object, Objects, ServersTransport, ServiceKind, TlsOptions,
    TlsStore,
};
use crate::finding::Finding;
use crate::name::{Name, Provider};
use crate::node::Node;

/// The objects of all providers.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) routers: BTreeMap<Name, RouterDraft>,
    pub(super) services: BTreeMap<Name, ServiceDraft>,
    pub(super) middlewares: BTreeMap<Name, Written<Middleware>>,
    pub(super) transports: BTreeMap<Name, ServersTransport>,
    pub(super) tls_options: BTreeMap<Name, TlsOptions>,
    pub(super) certificates: Vec<CertificateFiles>,
    pub(super) tls_store: TlsStore,
    pub(super) findings: Vec<Finding>,
}

/// Something declared, and where.
pub(super) type Written<T> = Object<T>;

/// A router with its references as they are written.
#[derive(Clone)]
pub(super) struct RouterDraft {
    pub(super) written: Written<declared::Router>,
    /// Whether somebody stopped all the containers that declare it.
    pub(super) at_rest: bool,
    /// Whether nobody wrote it: a container without routers has one.
    pub(super) implicit: bool,
}

/// A service with its references as they are written, but with its servers found.
#[derive(Clone)]
pub(super) struct ServiceDraft {
    pub(super) kind: ServiceKindDraft,
    pub(super) node: Node,
    pub(super) servers: Vec<Server>,
    pub(super) target: Target,
}

#[derive(Clone)]
pub(super) enum ServiceKindDraft {
    Declared(Box<declared::Service>),
    Files(Files),
}

impl Draft {
    /// Adds what one file, or the settings, declare. A name that is taken stays with who took it.
    pub(super) fn add(&mut self, declared: &Declared, provider: Provider, reach: &Reach<'_>) {
        for (name, router) in &declared.routers {
            let name = Name::new(name.as_str(), provider);
            if !self.is_taken("router", &name, &router.node, |draft| draft.routers.contains_key(&name)) {
                self.routers
                    .insert(name, RouterDraft { written: router.clone(), at_rest: false, implicit: false });
            }
        }
        for (name, service) in &declared.services {
            let name = Name::new(name.as_str(), provider);
            if !self.is_taken("service", &name, &service.node, |draft| draft.services.contains_key(&name)) {
                let draft = self.service(&name, service, reach);
                self.services.insert(name, draft);
            }
        }
        for (name, middleware) in &declared.middlewares {
            let name = Name::new(name.as_str(), provider);
            if !self.is_taken("middleware", &name, &middleware.node, |draft| {
                draft.middlewares.contains_key(&name)
            }) {
                self.middlewares.insert(name, middleware.clone());
            }
        }
        self.add_tls(declared, provider);
    }

    fn add_tls(&mut self, declared: &Declared, provider: Provider) {
        let whole = |name: &String| Name::new(name.as_str(), provider);
        copy_free(&declared.transports, &mut self.transports, whole);
        copy_free(&declared.tls_options, &mut self.tls_options, whole);
        self.certificates.extend(declared.certificates.iter().map(|object| object.value.clone()));
        for (name, store) in &declared.tls_stores {
            if name != "default" {
                let what = format!("the store `{name}` is not used: there is one, called default");
                self.findings.push(Finding::warning(store.place().clone(), what, "write it as `default`"));
            } else if self.tls_store == TlsStore::default() {
                self.tls_store = store.value.clone();
            }
        }
    }

    pub(super) fn add_configured(&mut self, configured: &Configured, reach: &Reach<'_>) {
        self.findings.extend(configured.findings.iter().cloned());
        self.add(&configured.declared, Provider::Porthole, reach);
        for (name, (place, files)) in &configured.folders {
            let draft = ServiceDraft {
                kind: ServiceKindDraft::Files(files.clone()),
                node: Node::empty(place.clone()),
                servers: Vec::new(),
                target: Target { project: String::new(), service: name.clone() },
            };
            self.services.insert(Name::new(name.as_str(), Provider::Porthole), draft);
        }
    }

    /// A service whose servers have addresses that are written.
    fn service(
        &mut self,
        name: &Name,
        service: &Object<declared::Service>,
        reach: &Reach<'_>,
    ) -> ServiceDraft {
        let mut servers = Vec::new();
        let mut target = Target { project: String::new(), service: name.name.to_string() };
        if let ServiceKind::LoadBalancer(balancer) = &service.value.kind {
            let found = super::address::servers(name, balancer, service, reach);
            servers = found.servers;
            target = found.target.unwrap_or(target);
            self.findings.extend(found.findings);
        }
        let kind = ServiceKindDraft::Declared(Box::new(service.value.clone()));
        ServiceDraft { kind, node: service.node.clone(), servers, target }
    }

    fn is_taken(&mut self, what: &str, name: &Name, node: &Node, taken: impl Fn(&Self) -> bool) -> bool {
        let is_taken = taken(self);
        if is_taken {
            let problem =
                format!("another file declares the {what} `{}` too, and that one counts", name.name);
            let finding = Finding::error(node.place.clone(), problem, "give it another name");
            self.findings.push(finding.about(name));
        }
        is_taken
    }
}

fn copy_free<T: Clone>(from: &Objects<T>, to: &mut BTreeMap<Name, T>, whole: impl Fn(&String) -> Name) {
    for (name, object) in from {
        to.entry(whole(name)).or_insert_with(|| object.value.clone());
    }
}
