//! Services: what they refer to, and those of our own.

use std::collections::BTreeMap;

use super::{Resolver, follow};
use crate::declared::{self, WeightedService};
use crate::finding::Finding;
use crate::name::{Name, Provider};
use crate::node::Place;
use crate::plan::draft::{ServiceDraft, ServiceKindDraft};
use crate::plan::{Internal, LoadBalancer, Mirroring, Service, ServiceKind, Share, Target, Weighted};

/// What is called `…@internal`.
const INTERNAL: [(&str, Internal); 5] = [
    ("api", Internal::Api),
    ("dashboard", Internal::Api),
    ("ping", Internal::Ping),
    ("noop", Internal::Noop),
    ("page", Internal::Page),
];

/// The services that there are always.
pub(super) fn internal() -> BTreeMap<Name, Service> {
    let services = INTERNAL.into_iter().map(|(name, internal)| {
        let service = Service {
            kind: ServiceKind::Internal(internal),
            middlewares: Vec::new(),
            target: Target { project: String::new(), service: "porthole".to_owned() },
            place: Place::Setting { key: "proxy".into(), line: 0 },
        };
        (Name::new(name, Provider::Internal), service)
    });
    services.collect()
}

/// Everything that a reference to a service may lead to.
pub(super) fn names(
    drafts: &BTreeMap<Name, ServiceDraft>,
    internal: &BTreeMap<Name, Service>,
) -> BTreeMap<Name, ()> {
    drafts.keys().chain(internal.keys()).map(|name| (name.clone(), ())).collect()
}

impl Resolver<'_, '_> {
    /// Adds the services to the plan. Those that cannot be used are told with a sentence.
    pub(super) fn resolve_services(
        &mut self,
        drafts: BTreeMap<Name, ServiceDraft>,
        names: &BTreeMap<Name, ()>,
    ) -> BTreeMap<Name, String> {
        let mut broken = BTreeMap::new();
        for (name, draft) in drafts {
            match self.resolve_service(&name, draft, names) {
                Ok(service) => {
                    self.services.insert(name, service);
                }
                Err(why) => {
                    broken.insert(name, why);
                }
            }
        }
        self.spread(&mut broken);
        broken
    }

    fn resolve_service(
        &mut self,
        name: &Name,
        draft: ServiceDraft,
        names: &BTreeMap<Name, ()>,
    ) -> Result<Service, String> {
        let place = draft.node.place.clone();
        let declared = match draft.kind {
            ServiceKindDraft::Declared(declared) => declared,
            ServiceKindDraft::Files(files) => {
                let kind = ServiceKind::Files(files);
                return Ok(Service { kind, middlewares: Vec::new(), target: draft.target, place });
            }
        };
        let mut reasons = Vec::new();
        let middlewares = self.follow_middlewares(&declared.middlewares, name, &place, &mut reasons);
        if let Some(why) = reasons.pop() {
            return Err(why);
        }
        let mut service_named =
            |reference: &str| follow("service", reference, names, name, &place, &mut self.findings);
        let kind = match declared.kind {
            declared::ServiceKind::LoadBalancer(balancer) => {
                let transport = self.transport(name, &balancer, &draft.node)?;
                ServiceKind::LoadBalancer(Box::new(LoadBalancer {
                    servers: draft.servers,
                    strategy: balancer.strategy,
                    sticky: balancer.sticky,
                    health_check: balancer.health_check,
                    passive_health_check: balancer.passive_health_check,
                    pass_host_header: balancer.pass_host_header,
                    flush: balancer.flush,
                    transport,
                }))
            }
            declared::ServiceKind::Weighted(weighted) => ServiceKind::Weighted(Weighted {
                services: shares(&weighted.services, &mut service_named)?,
                sticky: weighted.sticky,
            }),
            declared::ServiceKind::HighestRandomWeight(services) => {
                ServiceKind::HighestRandomWeight(shares(&services, &mut service_named)?)
            }
            declared::ServiceKind::Mirroring(mirroring) => {
                let mut mirrors = Vec::new();
                for mirror in &mirroring.mirrors {
                    mirrors.push((service_named(&mirror.name)?, mirror.percent));
                }
                ServiceKind::Mirroring(Mirroring {
                    service: service_named(&mirroring.service)?,
                    mirror_body: mirroring.mirror_body,
                    body_bytes_max: mirroring.body_bytes_max,
                    mirrors,
                })
            }
            declared::ServiceKind::Failover(failover) => ServiceKind::Failover {
                service: service_named(&failover.service)?,
                fallback: service_named(&failover.fallback)?,
            },
            declared::ServiceKind::Broken(why) => {
                self.findings.push(Finding::error(place, why.clone(), "").about(name));
                return Err(why);
            }
        };
        Ok(Service { kind, middlewares, target: draft.target, place })
    }

    fn transport(
        &mut self,
        name: &Name,
        balancer: &declared::LoadBalancer,
        node: &crate::node::Node,
    ) -> Result<Option<Name>, String> {
        let Some(reference) = &balancer.transport else { return Ok(None) };
        // The usual one, by the name that Traefik gives it.
        if reference == "default@internal" {
            return Ok(None);
        }
        let place = node.place_of("loadBalancer.serversTransport");
        follow("serversTransport", reference, &self.transports, name, place, &mut self.findings).map(Some)
    }

    /// A service that sends requests to one that cannot be used, or to itself, cannot be used either.
    fn spread(&mut self, broken: &mut BTreeMap<Name, String>) {
        loop {
            let fault = |service: &Service| {
                let mut parts = parts(service).into_iter();
                parts.find_map(|part| broken.get(&part).map(|why| format!("the service {part}: {why}")))
            };
            let found: Vec<(Name, String)> = self
                .services
                .iter()
                .filter_map(|(name, service)| {
                    let circle = || {
                        is_in_circle(&self.services, name).then(|| "it sends requests to itself".to_owned())
                    };
                    Some((name.clone(), fault(service).or_else(circle)?))
                })
                .collect();
            if found.is_empty() {
                return;
            }
            for (name, why) in found {
                if let Some(service) = self.services.remove(&name) {
                    self.findings.push(Finding::error(service.place, why.clone(), "").about(&name));
                }
                broken.insert(name, why);
            }
        }
    }
}

fn shares(
    services: &[WeightedService],
    named: &mut impl FnMut(&str) -> Result<Name, String>,
) -> Result<Vec<Share>, String> {
    let shares = services.iter().map(|part| Ok(Share { service: named(&part.name)?, weight: part.weight }));
    shares.collect()
}

/// The services that a service sends requests to.
fn parts(service: &Service) -> Vec<Name> {
    match &service.kind {
        ServiceKind::Weighted(weighted) => {
            weighted.services.iter().map(|share| share.service.clone()).collect()
        }
        ServiceKind::HighestRandomWeight(shares) => {
            shares.iter().map(|share| share.service.clone()).collect()
        }
        ServiceKind::Failover { service, fallback } => vec![service.clone(), fallback.clone()],
        ServiceKind::Mirroring(mirroring) => {
            let mirrors = mirroring.mirrors.iter().map(|(name, _)| name.clone());
            std::iter::once(mirroring.service.clone()).chain(mirrors).collect()
        }
        ServiceKind::LoadBalancer(_) | ServiceKind::Files(_) | ServiceKind::Internal(_) => Vec::new(),
    }
}

fn is_in_circle(services: &BTreeMap<Name, Service>, name: &Name) -> bool {
    let mut seen = std::collections::BTreeSet::new();
    let mut open: Vec<Name> = services.get(name).map(parts).unwrap_or_default();
    while let Some(part) = open.pop() {
        if part == *name {
            return true;
        }
        if seen.insert(part.clone()) {
            open.extend(services.get(&part).map(parts).unwrap_or_default());
        }
    }
    false
}
