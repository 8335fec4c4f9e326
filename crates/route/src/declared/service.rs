//! Services of HTTP: who answers.

mod balancer;
mod compound;
mod health;
mod server;
mod sticky;

pub use balancer::{Flush, LoadBalancer, Strategy};
pub use compound::{Failover, Mirror, Mirroring, Weighted, WeightedService};
pub use health::{HealthCheck, PassiveHealthCheck};
pub(super) use server::port;
pub use server::{Scheme, Server};
pub use sticky::{Cookie, SameSite};

use super::fields::Fields;
use compound::health_of_children;

/// Who answers a router's requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// References to middlewares that every request to it passes.
    pub middlewares: Vec<String>,
    /// How one is chosen who answers.
    pub kind: ServiceKind,
}

/// How one is chosen who answers.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceKind {
    /// Servers side by side.
    LoadBalancer(Box<LoadBalancer>),
    /// Services, each with a share of the requests; files only.
    Weighted(Weighted),
    /// Services, chosen by the client's address; files only.
    HighestRandomWeight(Vec<WeightedService>),
    /// One service whose requests others get copies of; files only.
    Mirroring(Mirroring),
    /// One service and another for when that is down; files only.
    Failover(Failover),
    /// It cannot be used; why, in a sentence.
    Broken(String),
}

impl Service {
    pub(super) fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut service = Self { middlewares: fields.list("middlewares"), kind: ServiceKind::read(fields) };
        // Requests must not pass without what their author puts before it.
        if let Some(slip) = fields.misspelt(&["middlewares"]).first() {
            service.kind = ServiceKind::Broken(format!("`{slip}` is misspelt; write middlewares"));
        }
        service
    }
}

impl ServiceKind {
    fn read(fields: &mut Fields<'_, '_>) -> Self {
        let mut kinds = Vec::new();
        kinds.extend(
            fields.object("loadBalancer", LoadBalancer::read).map(|read| Self::LoadBalancer(Box::new(read))),
        );
        if !fields.in_labels() {
            kinds.extend(fields.object("weighted", Weighted::read).map(Self::Weighted));
            kinds.extend(fields.object("mirroring", Mirroring::read).map(Self::Mirroring));
            kinds.extend(fields.object("failover", Failover::read).map(Self::Failover));
            let highest = |fields: &mut Fields<'_, '_>| {
                health_of_children(fields);
                fields.objects("services", WeightedService::read)
            };
            kinds.extend(fields.object("highestRandomWeight", highest).map(Self::HighestRandomWeight));
        }
        match (kinds.pop(), kinds.is_empty()) {
            (Some(kind), true) => kind,
            (Some(_), false) => Self::Broken("it is of several kinds; write two services".to_owned()),
            (None, _) => Self::Broken("it says nothing of who answers; write loadbalancer.…".to_owned()),
        }
    }
}
