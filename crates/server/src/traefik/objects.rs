//! What is in force, in Traefik's words.

use std::collections::BTreeMap;

use model::Ordered as _;
use route::name::{Name, Provider};
use route::plan::{Internal, LoadBalancer, Router, ServerState, Service, ServiceKind, Share, State};
use route::shown::{Entrance, Picture};
use serde_json::{Value, json};

use super::{Kind, middlewares};
use crate::app::{server_address, server_scheme};

/// Objects of the moment.
pub(super) struct Objects {
    picture: Picture,
    /// Routers by the service that they pass requests to.
    users: BTreeMap<Name, Vec<String>>,
    /// Routers by each middleware that their requests pass.
    users_of_middlewares: BTreeMap<Name, Vec<String>>,
}

impl Objects {
    pub(super) fn new(picture: Picture) -> Self {
        let mut users: BTreeMap<Name, Vec<String>> = BTreeMap::new();
        let mut users_of_middlewares: BTreeMap<Name, Vec<String>> = BTreeMap::new();
        for router in &picture.plan.routers {
            users.entry(router.service.clone()).or_default().push(router.name.to_string());
            for middleware in &router.middlewares {
                users_of_middlewares.entry(middleware.clone()).or_default().push(router.name.to_string());
            }
        }
        Self { picture, users, users_of_middlewares }
    }

    /// All of a kind, by name.
    pub(super) fn list(&self, kind: Kind) -> Vec<Value> {
        let plan = &self.picture.plan;
        let mut all: Vec<Value> = match kind {
            Kind::Routers => plan.routers.iter().map(router).collect(),
            Kind::Services => plan.services.iter().map(|(name, one)| self.service(name, one)).collect(),
            Kind::Middlewares => {
                let users = |name| self.users_of_middlewares.get(name).cloned().unwrap_or_default();
                plan.middlewares
                    .iter()
                    .map(|(name, one)| middlewares::object(name, one, users(name)))
                    .collect()
            }
        };
        all.order_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
        all
    }

    pub(super) fn one(&self, kind: Kind, name: &str) -> Option<Value> {
        self.list(kind).into_iter().find(|one| one["name"] == name)
    }

    pub(super) fn entrypoints(&self) -> Vec<Value> {
        let one = |entrance: &Entrance| {
            json!({
                "name": entrance.name, "address": entrance.address, "asDefault": entrance.as_default, "http": {},
            })
        };
        self.picture.entrypoints.iter().map(one).collect()
    }

    fn service(&self, name: &Name, service: &Service) -> Value {
        let mut object = json!({
            "name": name.to_string(),
            "provider": provider(name),
            "status": "enabled",
            "usedBy": self.users.get(name).cloned().unwrap_or_default(),
        });
        let (kind, options) = options(service);
        object["type"] = json!(kind.to_lowercase());
        object[kind] = options;
        if let ServiceKind::LoadBalancer(balancer) = &service.kind {
            object["serverStatus"] = self.server_status(name, balancer);
        }
        object
    }

    fn server_status(&self, name: &Name, balancer: &LoadBalancer) -> Value {
        let mut status = BTreeMap::new();
        for server in &balancer.servers {
            let Some(address) = server_address(server) else { continue };
            let fails = self.picture.failing.contains(&(name.clone(), address.clone()));
            let is_up = server.state == ServerState::Ready && !fails;
            let url = format!("{}://{address}", server_scheme(server.scheme));
            status.insert(url, if is_up { "UP" } else { "DOWN" });
        }
        json!(status)
    }
}

/// Traefik knows `internal`, `file` and `docker`; settings of ours are told as they are.
pub(super) fn provider(name: &Name) -> &'static str {
    match name.provider {
        Provider::Internal => "internal",
        other => other.word(),
    }
}

fn router(router: &Router) -> Value {
    let (status, errors) = match &router.state {
        State::Active => ("enabled", Vec::new()),
        State::Broken(reasons) => ("disabled", reasons.clone()),
    };
    let mut object = json!({
        "name": router.name.to_string(),
        "provider": provider(&router.name),
        "status": status,
        "rule": router.text,
        "priority": router.priority,
        "entryPoints": router.entrypoints,
        "using": router.entrypoints,
        "service": told(&router.service, &router.name),
        "observability": { "accessLogs": true, "metrics": true, "tracing": false },
    });
    if !router.middlewares.is_empty() {
        let names: Vec<String> = router.middlewares.iter().map(ToString::to_string).collect();
        object["middlewares"] = json!(names);
    }
    if let Some(tls) = &router.tls {
        let domains: Vec<Value> =
            tls.domains.iter().map(|domain| json!({ "main": domain.main, "sans": domain.sans })).collect();
        object["tls"] =
            json!({ "options": tls.options.as_ref().map_or("default".to_owned(), Name::to_string) });
        if let Some(resolver) = &tls.resolver {
            object["tls"]["certResolver"] = json!(resolver);
        }
        if !domains.is_empty() {
            object["tls"]["domains"] = json!(domains);
        }
    }
    if !errors.is_empty() {
        object["error"] = json!(errors);
    }
    object
}

/// A service of the router's own provider is told by its bare name.
fn told(service: &Name, router: &Name) -> String {
    if service.provider == router.provider { service.name.to_string() } else { service.to_string() }
}

/// What a service is called in Traefik's objects, and its options there.
fn options(service: &Service) -> (&'static str, Value) {
    let shares = |shares: &[Share]| -> Vec<Value> {
        shares
            .iter()
            .map(|share| json!({ "name": share.service.to_string(), "weight": share.weight }))
            .collect()
    };
    match &service.kind {
        ServiceKind::LoadBalancer(balancer) => ("loadBalancer", balanced(balancer)),
        ServiceKind::Weighted(weighted) => ("weighted", json!({ "services": shares(&weighted.services) })),
        ServiceKind::HighestRandomWeight(all) => ("highestRandomWeight", json!({ "services": shares(all) })),
        ServiceKind::Failover { service, fallback } => {
            ("failover", json!({ "service": service.to_string(), "fallback": fallback.to_string() }))
        }
        ServiceKind::Mirroring(mirroring) => {
            let mirror =
                |(name, percent): &(Name, u8)| json!({ "name": name.to_string(), "percent": percent });
            let mirrors: Vec<Value> = mirroring.mirrors.iter().map(mirror).collect();
            ("mirroring", json!({ "service": mirroring.service.to_string(), "mirrors": mirrors }))
        }
        ServiceKind::Files(files) => ("files", json!({ "folder": files.folder, "prefix": files.prefix })),
        ServiceKind::Internal(internal) => ("internal", json!({ "answers": answers(*internal) })),
    }
}

fn balanced(balancer: &LoadBalancer) -> Value {
    let server = |server: &route::plan::Server| {
        let address = server_address(server)?;
        Some(json!({ "url": format!("{}://{address}{}", server_scheme(server.scheme), server.path) }))
    };
    let servers: Vec<Value> = balancer.servers.iter().filter_map(server).collect();
    json!({ "servers": servers, "passHostHeader": balancer.pass_host_header })
}

const fn answers(internal: Internal) -> &'static str {
    match internal {
        Internal::Api => "api",
        Internal::Ping => "ping",
        Internal::Noop => "noop",
        Internal::Page => "page",
    }
}
