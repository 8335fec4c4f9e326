//! What one container declares, with its one server found and everything filled in that goes without saying.

use std::collections::BTreeMap;

use model::{State, Workload};

use crate::declared::{self, Middleware, Object, Router, Service, ServiceKind};
use crate::finding::Finding;
use crate::labels::{self, Decoded};
use crate::lint;
use crate::name::{Name, Provider};
use crate::node::{Node, Place};
use crate::normalize::normalize;
use crate::plan::address::{self, Found};
use crate::plan::constraint::Constraint;
use crate::plan::default_rule::DefaultRule;
use crate::plan::draft::{ServiceDraft, ServiceKindDraft};
use crate::plan::inputs::DockerOptions;
use crate::plan::reach::{self, Located, Reach};
use crate::plan::service::{Server, ServerState};

/// What one container declares.
pub(super) struct Part<'a> {
    pub(super) container: &'a Workload,
    pub(super) routers: BTreeMap<String, Object<Router>>,
    pub(super) services: BTreeMap<String, ServiceDraft>,
    pub(super) middlewares: BTreeMap<String, Object<Middleware>>,
    /// Whether its only router is there without being written.
    pub(super) implicit: bool,
}

/// Makes the part of one container.
pub(super) struct Builder<'b, 'a> {
    pub(super) container: &'a Workload,
    pub(super) options: &'b DockerOptions,
    pub(super) constraint: &'b Constraint,
    pub(super) default_rule: &'b DefaultRule,
    pub(super) reach: &'b Reach<'a>,
    pub(super) findings: &'b mut Vec<Finding>,
}

impl<'a> Builder<'_, 'a> {
    /// `None` for containers that are not routed to.
    pub(super) fn build(mut self) -> Option<Part<'a>> {
        let container = self.container;
        if reach::is_one_off(container) || !self.constraint.fits(&container.labels) {
            return None;
        }
        let mut labels = labels::decode(&container.identity.container, &container.labels);
        // Of one that is switched off on purpose nothing needs to be said.
        if labels.options.enable != Some(false) {
            self.findings.append(&mut labels.findings);
        }
        if !self.is_wanted(&labels) {
            return None;
        }
        self.findings.extend(lint::of_connections(&labels.declared, Provider::Docker));
        let declared = labels.declared;
        let mut part = Part {
            container,
            routers: BTreeMap::new(),
            services: BTreeMap::new(),
            middlewares: declared.middlewares.clone(),
            implicit: declared.routers.is_empty(),
        };
        let other = [
            declared.tcp_routers.len(),
            declared.tcp_services.len(),
            declared.udp_routers.len(),
            declared.udp_services.len(),
        ];
        let of_http = declared.routers.len() + declared.services.len() + declared.middlewares.len();
        if of_http == 0 && other.iter().any(|count| *count > 0) {
            return Some(part);
        }
        let network = labels.options.network;
        let located = self.reach.locate(container, network.as_deref());
        self.remark(&located, network.is_some());
        self.add_services(&declared, &located, &mut part);
        self.add_routers(&declared, &mut part);
        Some(part)
    }

    fn is_wanted(&mut self, labels: &Decoded) -> bool {
        let container = self.container;
        let declared = &labels.declared;
        let says_something =
            !(declared.routers.is_empty() && declared.services.is_empty() && declared.middlewares.is_empty());
        match labels.options.enable {
            Some(enable) => enable,
            None if self.options.exposed_by_default => {
                // What nobody wrote labels for is not missed when it has ended.
                says_something || (container.state == State::Running && lowest_port(container).is_some())
            }
            None => {
                if says_something {
                    let what = "the container has routes, but is not switched on";
                    let instead =
                        "add the label traefik.enable=true, or set exposed_by_default = true in [proxy]";
                    self.findings.push(Finding::warning(self.place("traefik.http"), what, instead));
                }
                false
            }
        }
    }

    fn remark(&mut self, located: &Located, named: bool) {
        let Some((what, instead)) = &located.remark else { return };
        let place = self.place(if named { "traefik.docker.network" } else { "traefik.enable" });
        self.findings.push(Finding::warning(place, what.clone(), instead.clone()));
    }

    fn add_services(&mut self, declared: &declared::Declared, located: &Located, part: &mut Part<'a>) {
        for (name, service) in &declared.services {
            let draft = self.service(name, service, located);
            part.services.insert(name.clone(), draft);
        }
        if declared.services.is_empty() {
            let value = Service { middlewares: Vec::new(), kind: ServiceKind::LoadBalancer(Box::default()) };
            let implicit = Object { value, node: Node::empty(self.place("traefik.enable")) };
            let name = self.default_name();
            let draft = self.service(&name, &implicit, located);
            part.services.insert(name, draft);
        }
    }

    fn service(&mut self, name: &str, service: &Object<Service>, located: &Located) -> ServiceDraft {
        let whole = Name::new(name, Provider::Docker);
        let mut found = Found::default();
        if let ServiceKind::LoadBalancer(balancer) = &service.value.kind {
            let own = balancer.servers.first().cloned().unwrap_or_default();
            match &own.url {
                Some(url) => found = self.servers_at(&whole, url, &own, service),
                None => found.servers.extend(self.own_server(&whole, &own, service, located)),
            }
        }
        ServiceDraft {
            kind: ServiceKindDraft::Declared(Box::new(service.value.clone())),
            node: service.node.clone(),
            servers: found.servers,
            target: found.target.unwrap_or_else(|| address::target(self.container)),
        }
    }

    fn own_server(
        &mut self,
        name: &Name,
        server: &declared::Server,
        service: &Object<Service>,
        located: &Located,
    ) -> Option<Server> {
        let container = self.container;
        let Some(port) = server.port.or_else(|| lowest_port(container)) else {
            let what = "it is not known on which port the container listens: it has no server";
            let instead = format!(
                "add the label traefik.http.services.{}.loadbalancer.server.port=<port>, or EXPOSE the port",
                name.name
            );
            self.findings.push(Finding::error(service.place().clone(), what, instead).about(name));
            return None;
        };
        let state = reach::state(container, &located.host);
        self.say_state(name, service.place(), state);
        Some(Server {
            scheme: server.scheme,
            host: located.host.clone(),
            port,
            path: String::new(),
            weight: server.weight,
            container: Some(container.id.clone()),
            label: container.identity.container.clone(),
            state,
        })
    }

    /// The label `server.url` names another server than the container.
    fn servers_at(
        &mut self,
        name: &Name,
        url: &str,
        server: &declared::Server,
        service: &Object<Service>,
    ) -> Found {
        let place = service.place_of("loadBalancer.server.url");
        let found = address::at(url, server, name, place, self.reach);
        self.findings.extend(found.findings.iter().cloned());
        found
    }

    fn say_state(&mut self, name: &Name, place: &Place, state: ServerState) {
        let what = match state {
            ServerState::Starting => {
                "the container is starting; requests are answered with 503 until it is ready"
            }
            ServerState::Unhealthy => "the container's health check fails: it gets no requests",
            ServerState::Stopped | ServerState::Stopping => "the container does not run: it gets no requests",
            // Of an address that there is not the remark on its network tells.
            ServerState::Ready | ServerState::Unreachable => return,
        };
        self.findings.push(Finding::note(place.clone(), what).about(name));
    }

    fn add_routers(&mut self, declared: &declared::Declared, part: &mut Part<'a>) {
        let mut routers = declared.routers.clone();
        if routers.is_empty() {
            if part.services.len() > 1 {
                let what = "the container has several services and no router, so that nothing leads to them";
                let instead = "add traefik.http.routers.<name>.rule and .service for each";
                self.findings.push(Finding::error(self.place("traefik.http.services"), what, instead));
                return;
            }
            let node = Node::empty(self.place("traefik.enable"));
            routers.insert(self.default_name(), Object { value: Router::default(), node });
        }
        let services: Vec<&String> = part.services.keys().collect();
        for (name, router) in &mut routers {
            self.complete(name, router, &services);
        }
        part.routers = routers;
    }

    /// Fills in the default rule, and the only service.
    fn complete(&mut self, name: &str, router: &mut Object<Router>, services: &[&String]) {
        let whole = Name::new(name, Provider::Docker);
        let container = self.container;
        if router.value.rule.is_empty() {
            let own = self.default_name();
            match self.default_rule.render(&own, &container.identity.container, &container.labels) {
                Ok(rule) => router.value.rule = rule,
                Err(why) => {
                    let instead = format!("add traefik.http.routers.{name}.rule");
                    self.findings.push(Finding::error(router.place().clone(), why, instead).about(&whole));
                }
            }
        }
        if router.value.service.is_none() {
            match services {
                [only] => router.value.service = Some((*only).clone()),
                _ => {
                    let what =
                        "the container has several services, and it is not said which this router is for";
                    let instead =
                        format!("add traefik.http.routers.{name}.service=<one of {}>", join(services));
                    self.findings.push(Finding::error(router.place().clone(), what, instead).about(&whole));
                }
            }
        }
    }

    /// `web-shop` of the compose service web in the project shop; else made of the container's name.
    fn default_name(&self) -> String {
        let label = |key: &str| self.container.labels.get(key);
        match (label("com.docker.compose.service"), label("com.docker.compose.project")) {
            (Some(service), Some(project)) => normalize(&format!("{service}_{project}")),
            _ => normalize(&self.container.identity.container),
        }
    }

    fn place(&self, key: &str) -> Place {
        Place::label(self.container.identity.container.as_str(), key)
    }
}

fn join(names: &[&String]) -> String {
    names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The lowest port that the image or compose exposes. One of TCP comes first: HTTP is spoken over nothing else here.
fn lowest_port(container: &Workload) -> Option<u16> {
    let lowest =
        |tcp: bool| container.ports.iter().filter(|port| port.tcp == tcp).map(|port| port.private).min();
    lowest(true).or_else(|| lowest(false))
}
