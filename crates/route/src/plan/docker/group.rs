//! The replicas of one compose service as one. Where their labels differ the newest that runs is right: that is how a
//! deploy with other labels looks while it goes on.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use model::Ordered as _;

use super::part::Part;
use crate::declared::{Middleware, Object, ServiceKind};
use crate::finding::Finding;
use crate::name::{Name, Provider};
use crate::plan::draft::{RouterDraft, ServiceDraft, ServiceKindDraft};
use crate::plan::reach;

/// What the replicas of one service declare.
pub(super) struct Group {
    pub(super) project: String,
    pub(super) service: String,
    pub(super) routers: BTreeMap<String, RouterDraft>,
    pub(super) services: BTreeMap<String, ServiceDraft>,
    pub(super) middlewares: BTreeMap<String, Object<Middleware>>,
}

impl Group {
    pub(super) fn of(mut parts: Vec<Part<'_>>, findings: &mut Vec<Finding>) -> Self {
        parts.order_by_key(|part| {
            let container = part.container;
            (
                reach::is_at_rest(container),
                Reverse(container.created_at),
                container.identity.container.clone(),
            )
        });
        let identity = parts.first().map(|part| part.container.identity.clone()).unwrap_or_default();
        let mut group = Self {
            project: identity.project,
            service: identity.service,
            routers: BTreeMap::new(),
            services: BTreeMap::new(),
            middlewares: BTreeMap::new(),
        };
        for part in parts {
            group.take(part, findings);
        }
        for service in group.services.values_mut() {
            tidy(service);
        }
        group
    }

    fn take(&mut self, part: Part<'_>, findings: &mut Vec<Finding>) {
        let at_rest = reach::is_at_rest(part.container);
        let mut differs = |kind: &str, name: &str, place: &crate::node::Place| {
            // A container that somebody stopped is not expected to agree.
            if !at_rest {
                findings.push(difference(kind, name, place));
            }
        };
        for (name, router) in part.routers {
            match self.routers.get_mut(&name) {
                None => {
                    self.routers
                        .insert(name, RouterDraft { written: router, at_rest, implicit: part.implicit });
                }
                Some(known) => {
                    known.at_rest &= at_rest;
                    if known.written.value != router.value {
                        differs("router", &name, router.place());
                    }
                }
            }
        }
        for (name, service) in part.services {
            match self.services.get_mut(&name) {
                None => {
                    self.services.insert(name, service);
                }
                Some(known) => {
                    if !same_options(known, &service) {
                        differs("service", &name, &service.node.place);
                    }
                    known.servers.extend(service.servers);
                }
            }
        }
        for (name, middleware) in part.middlewares {
            match self.middlewares.get(&name) {
                None => {
                    self.middlewares.insert(name, middleware);
                }
                Some(known) if known.value != middleware.value => {
                    differs("middleware", &name, middleware.place());
                }
                Some(_) => {}
            }
        }
    }
}

fn difference(kind: &str, name: &str, place: &crate::node::Place) -> Finding {
    let what = format!(
        "a newer container of the same service declares the {kind} `{name}` otherwise, and that counts"
    );
    let instead = "recreate the containers of the service, so that all have the same labels";
    Finding::warning(place.clone(), what, instead).about(&Name::new(name, Provider::Docker))
}

/// Whether two containers mean the same service, but for the server that each is.
pub(super) fn same_options(a: &ServiceDraft, b: &ServiceDraft) -> bool {
    let options = |draft: &ServiceDraft| match &draft.kind {
        ServiceKindDraft::Declared(service) => {
            let mut service = service.clone();
            if let ServiceKind::LoadBalancer(balancer) = &mut service.kind {
                balancer.servers.clear();
            }
            Some(service)
        }
        ServiceKindDraft::Files(_) => None,
    };
    options(a) == options(b)
}

/// Servers in the order of their names, each address once.
pub(super) fn tidy(service: &mut ServiceDraft) {
    let mut servers = std::mem::take(&mut service.servers);
    servers.order_by(|a, b| {
        (&a.label, &a.host, a.port, &a.container).cmp(&(&b.label, &b.host, b.port, &b.container))
    });
    for server in servers {
        let same = |known: &crate::plan::Server| {
            let places =
                (known.scheme, &known.host, known.port) == (server.scheme, &server.host, server.port);
            places && (known.container == server.container || server.host != crate::plan::Host::Nowhere)
        };
        if !service.servers.iter().any(same) {
            service.servers.push(server);
        }
    }
}
