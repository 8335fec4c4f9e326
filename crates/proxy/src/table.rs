//! The plan at work: what is looked at for every request. Made anew when the plan changes and swapped in one piece; servers
//! that stay keep their connections, middlewares their state.

mod build;
mod shares;

use std::collections::HashMap;
use std::sync::Arc;

use route::name::Name;
use route::plan::{self, Plan};
use route::rule::Seen;

use crate::balance::Balancer;
use crate::files::Files;
use crate::measure;
use crate::middleware::Chain;
use crate::server::{Key, Server};

pub(crate) use build::Building;
pub(crate) use shares::{Mirrored, Shares};

/// The plan at work.
#[derive(Default)]
pub struct Table {
    pub(crate) plan: Arc<Plan>,
    lanes: HashMap<String, Lanes>,
    services: HashMap<Name, Arc<Service>>,
    servers: HashMap<Key, Arc<Server>>,
    /// Routers of which a middleware cannot be built, which the plan cannot know.
    closed: HashMap<Name, plan::State>,
}

/// A router at work.
pub struct Route {
    /// As it is planned.
    pub planned: plan::Router,
    /// What is counted of it.
    pub measured: Arc<measure::Route>,
    pub(crate) chain: Chain,
}

impl Route {
    /// Why it cannot send requests on.
    pub fn broken(&self) -> Option<String> {
        match &self.planned.state {
            plan::State::Active => None,
            plan::State::Broken(reasons) => Some(reasons.join("; ")),
        }
    }
}

/// A service at work.
pub(crate) struct Service {
    pub(crate) kind: Kind,
    pub(crate) chain: Chain,
    pub(crate) target: Arc<measure::Series>,
}

pub(crate) enum Kind {
    Servers(Box<Balancer>),
    Shares(Shares),
    Failover { service: Name, fallback: Name },
    Mirrored(Mirrored),
    Files(Arc<Files>),
    Internal(plan::Internal),
}

/// The routers of an entrypoint: those for requests over TLS, and for those without.
#[derive(Default)]
struct Lanes {
    plain: Lane,
    tls: Lane,
}

/// Routers in the order in which they are tried, by the only host that they can match.
#[derive(Default)]
struct Lane {
    hosts: HashMap<Box<str>, Vec<Arc<Route>>>,
    /// Those that may match any host.
    rest: Vec<Arc<Route>>,
}

impl Lane {
    /// Puts `route` behind all that were added before.
    fn add(&mut self, route: &Arc<Route>) {
        let Some(rule) = &route.planned.rule else { return };
        let Some(hosts) = rule.needed_hosts() else {
            self.rest.push(route.clone());
            for routes in self.hosts.values_mut() {
                routes.push(route.clone());
            }
            return;
        };
        for host in hosts {
            let rest = &self.rest;
            let routes = self.hosts.entry(host.into()).or_insert_with(|| rest.clone());
            routes.push(route.clone());
        }
    }

    fn find(&self, seen: &Seen<'_>) -> Option<&Arc<Route>> {
        let routes = self.hosts.get(seen.host).unwrap_or(&self.rest);
        routes.iter().find(|route| route.planned.rule.as_ref().is_some_and(|rule| rule.matches(seen)))
    }
}

impl Table {
    /// The plan as it came to be: with the routers broken that are closed.
    pub(crate) fn as_made(&self) -> Arc<Plan> {
        if self.closed.is_empty() {
            return self.plan.clone();
        }
        let mut plan = Plan::clone(&self.plan);
        for router in &mut plan.routers {
            if let Some(state) = self.closed.get(&router.name) {
                router.state = state.clone();
            }
        }
        Arc::new(plan)
    }

    /// The router that takes a request.
    pub(crate) fn find(&self, entrypoint: &str, tls: bool, seen: &Seen<'_>) -> Option<&Arc<Route>> {
        let lanes = self.lanes.get(entrypoint)?;
        let lane = if tls { &lanes.tls } else { &lanes.plain };
        lane.find(seen)
    }

    /// Why no router takes a request, for whoever looks into it.
    pub(crate) fn missed(&self, entrypoint: &str, tls: bool, seen: &Seen<'_>) -> String {
        let matches = |route: &plan::Router| route.rule.as_ref().is_some_and(|rule| rule.matches(seen));
        let Some(other) = self.plan.routers.iter().find(|router| matches(router)) else {
            return self.nearest(entrypoint, seen);
        };
        let name = &other.name;
        match other.tls.is_some() {
            true if !tls => format!("{name} would take it over TLS only"),
            false if tls => format!("{name} would take it without TLS only"),
            _ => format!("{name} would take it on the entrypoints {}", other.entrypoints.join(", ")),
        }
    }

    fn nearest(&self, entrypoint: &str, seen: &Seen<'_>) -> String {
        let of_host: Vec<String> = self
            .plan
            .routers
            .iter()
            .filter(|router| router.rule.as_ref().is_some_and(|rule| rule.hosts().contains(&seen.host)))
            .take(5)
            .map(|router| format!("{} ({})", router.name, router.text))
            .collect();
        match of_host.is_empty() {
            true => format!(
                "none of the {} routers is for the host {:?} on the entrypoint {entrypoint}",
                self.plan.routers.len(),
                seen.host
            ),
            false => format!("tried and not matched: {}", of_host.join(", ")),
        }
    }

    pub(crate) fn service(&self, name: &Name) -> Option<&Arc<Service>> {
        self.services.get(name)
    }

    /// Whether a service has somebody to answer.
    pub(crate) fn is_ready(&self, name: &Name) -> bool {
        self.is_ready_within(name, 8)
    }

    fn is_ready_within(&self, name: &Name, depth: u8) -> bool {
        let Some(service) = self.services.get(name).filter(|_| depth > 0) else { return false };
        match &service.kind {
            Kind::Servers(balancer) => balancer.is_ready(),
            Kind::Shares(shares) => shares.names().any(|name| self.is_ready_within(name, depth - 1)),
            Kind::Failover { service, fallback } => {
                self.is_ready_within(service, depth - 1) || self.is_ready_within(fallback, depth - 1)
            }
            Kind::Mirrored(mirrored) => self.is_ready_within(&mirrored.service, depth - 1),
            Kind::Files(_) | Kind::Internal(_) => true,
        }
    }

    pub(crate) fn servers(&self) -> impl Iterator<Item = &Arc<Server>> {
        self.servers.values()
    }

    /// Services with servers, by name.
    pub(crate) fn balancers(&self) -> impl Iterator<Item = (&Name, &Balancer)> {
        self.services.iter().filter_map(|(name, service)| match &service.kind {
            Kind::Servers(balancer) => Some((name, &**balancer)),
            _ => None,
        })
    }
}
