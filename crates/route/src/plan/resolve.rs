//! From what is declared to a plan: every reference is followed, and every router is told by what it is broken.

mod middlewares;
mod routers;
mod services;

use std::collections::BTreeMap;

use model::Ordered as _;

use super::draft::{Draft, Written};
use super::inputs::Inputs;
use super::reference::{self, Found};
use super::{Plan, Service, ties};
use crate::declared::{Middleware, ServersTransport, TlsOptions};
use crate::finding::Finding;
use crate::name::{Name, Provider};
use crate::node::Place;

/// Makes the plan.
pub(super) fn resolve(draft: Draft, inputs: &Inputs<'_>) -> Plan {
    let mut resolver = Resolver {
        inputs,
        middlewares: draft.middlewares,
        transports: draft.transports,
        tls_options: draft.tls_options,
        findings: draft.findings,
        services: services::internal(),
        faults: BTreeMap::new(),
    };
    let service_names = services::names(&draft.services, &resolver.services);
    resolver.resolve_middlewares(&service_names);
    let broken_services = resolver.resolve_services(draft.services, &service_names);
    let mut routers = Vec::new();
    for (name, router) in &draft.routers {
        routers.extend(resolver.resolve_router(name, router, &broken_services));
    }
    ties::order(&mut routers);
    resolver.findings.extend(ties::findings(&routers));
    resolver.into_plan(
        routers.into_iter().map(|entry| entry.router).collect(),
        draft.certificates,
        draft.tls_store,
    )
}

/// What is known while references are followed.
struct Resolver<'i, 'a> {
    inputs: &'i Inputs<'a>,
    middlewares: BTreeMap<Name, Written<Middleware>>,
    transports: BTreeMap<Name, ServersTransport>,
    tls_options: BTreeMap<Name, TlsOptions>,
    services: BTreeMap<Name, Service>,
    findings: Vec<Finding>,
    /// Middlewares that cannot be used, each with a sentence.
    faults: BTreeMap<Name, String>,
}

impl Resolver<'_, '_> {
    fn into_plan(
        mut self,
        routers: Vec<super::Router>,
        certificates: Vec<crate::declared::CertificateFiles>,
        tls_store: crate::declared::TlsStore,
    ) -> Plan {
        self.findings.order_by(|a, b| (&a.place, a.severity, &a.what).cmp(&(&b.place, b.severity, &b.what)));
        self.findings.dedup();
        let middlewares = self.middlewares.into_iter().map(|(name, written)| (name, written.value));
        Plan {
            routers,
            services: self.services,
            middlewares: middlewares.collect(),
            tls_options: self.tls_options,
            transports: self.transports,
            certificates,
            tls_store,
            findings: self.findings,
        }
    }
}

/// Follows a reference of `object`; if it leads nowhere, a finding says so and the sentence is the error.
fn follow<T>(
    kind: &str,
    reference: &str,
    known: &BTreeMap<Name, T>,
    object: &Name,
    place: &Place,
    findings: &mut Vec<Finding>,
) -> Result<Name, String> {
    match reference::find(kind, reference, object.provider, known) {
        Found::Here(name) => Ok(name),
        Found::Elsewhere(name) => {
            let what =
                format!("`{reference}` without a provider is taken for `{name}`; Traefik would not find it");
            let instead = format!("write {name}");
            findings.push(Finding::warning(place.clone(), what, instead).about(object));
            Ok(name)
        }
        Found::Nowhere(what, instead) => {
            findings.push(Finding::error(place.clone(), what.clone(), instead).about(object));
            Err(what)
        }
    }
}

/// Whether a provider writes labels, whose authors have no other place for static things.
fn is_docker(name: &Name) -> bool {
    name.provider == Provider::Docker
}
