//! From a plan to the table.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{Identity, Workload};
use route::name::Name;
use route::plan::{self, Host, Plan, ServiceKind};

use super::{Kind, Mirrored, Route, Service, Shares, Table};
use crate::balance::{Balancer, Sticky};
use crate::files::Files;
use crate::measure::{self, Meter};
use crate::middleware::Kept;
use crate::server::{Key, Server};
use crate::transport::Transport;

/// What lasts from table to table.
pub(crate) struct Building {
    meter: Arc<Meter>,
    kept: Kept,
    connect_timeout: Duration,
    transports: HashMap<Option<Name>, Arc<Transport>>,
    folders: Vec<(plan::Files, Arc<Files>)>,
}

impl Building {
    pub(crate) fn new(meter: Arc<Meter>, kept: Kept, connect_timeout: Duration) -> Self {
        Self { meter, kept, connect_timeout, transports: HashMap::new(), folders: Vec::new() }
    }

    /// The table of a plan. Servers of `before` that are in it too go on; the others end with their requests.
    pub(crate) fn table(&mut self, plan: Arc<Plan>, workloads: &[Workload], before: &Table) -> Table {
        self.transports.retain(|name, transport| {
            name.as_ref().and_then(|name| plan.transports.get(name)) == transport.declared.as_ref()
        });
        let mut table = Table { plan: plan.clone(), ..Table::default() };
        for (name, planned) in &plan.services {
            let kind = self.kind(name, planned, workloads, before, &mut table);
            let target = &planned.target;
            let service = Service {
                kind,
                chain: self.kept.chain(&format!("service {name}"), &planned.middlewares, &plan),
                target: self.meter.target(&name.to_string(), &target.project, &target.service),
            };
            table.services.insert(name.clone(), Arc::new(service));
        }
        self.folders.retain(|(_, files)| Arc::strong_count(files) > 1);
        for router in &plan.routers {
            let route = Arc::new(self.route(router, &plan));
            if route.planned.state != router.state {
                table.closed.insert(router.name.clone(), route.planned.state.clone());
            }
            for entrypoint in &router.entrypoints {
                let lanes = match table.lanes.get_mut(entrypoint) {
                    Some(lanes) => lanes,
                    None => table.lanes.entry(entrypoint.clone()).or_default(),
                };
                let lane = if router.tls.is_some() { &mut lanes.tls } else { &mut lanes.plain };
                lane.add(&route);
            }
        }
        for (key, server) in &before.servers {
            if !table.servers.contains_key(key) {
                server.pool.close();
            }
        }
        table
    }

    fn route(&self, router: &plan::Router, plan: &Plan) -> Route {
        let target = &router.target;
        let measured = self.meter.route(
            &router.name.to_string(),
            &router.service.to_string(),
            &target.project,
            &target.service,
            measure::Recorded {
                entries: router.observability.access_logs != Some(false),
                numbers: router.observability.metrics != Some(false),
            },
        );
        let is_active = router.state == plan::State::Active;
        let middlewares = if is_active { &router.middlewares[..] } else { &[] };
        let chain = self.kept.chain(&router.name.to_string(), middlewares, plan);
        let mut planned = router.clone();
        if !chain.faults().is_empty() {
            let reasons: Vec<String> = chain.faults().iter().map(ToString::to_string).collect();
            planned.state = plan::State::Broken(reasons);
        }
        Route { measured, chain, planned }
    }

    fn kind(
        &mut self,
        name: &Name,
        planned: &plan::Service,
        workloads: &[Workload],
        before: &Table,
        table: &mut Table,
    ) -> Kind {
        match &planned.kind {
            ServiceKind::LoadBalancer(balancer) => {
                let servers = self.servers(name, balancer, workloads, before, table);
                let sticky = balancer.sticky.as_ref().map(|cookie| Sticky::new(cookie, name));
                let mut made = Balancer::new(servers, balancer, sticky);
                if let Some(Kind::Servers(old)) = before.service(name).map(|service| &service.kind) {
                    made.take_turn_of(old);
                }
                Kind::Servers(Box::new(made))
            }
            ServiceKind::Weighted(weighted) => Kind::Shares(Shares::weighted(name, weighted)),
            ServiceKind::HighestRandomWeight(shares) => Kind::Shares(Shares::by_client(shares)),
            ServiceKind::Failover { service, fallback } => {
                Kind::Failover { service: service.clone(), fallback: fallback.clone() }
            }
            ServiceKind::Mirroring(mirroring) => Kind::Mirrored(Mirrored::new(mirroring)),
            ServiceKind::Files(files) => Kind::Files(self.folder(files)),
            ServiceKind::Internal(what) => Kind::Internal(*what),
        }
    }

    fn servers(
        &mut self,
        service: &Name,
        balancer: &plan::LoadBalancer,
        workloads: &[Workload],
        before: &Table,
        table: &mut Table,
    ) -> Vec<Arc<Server>> {
        let transport = self.transport(balancer.transport.as_ref(), &table.plan);
        let make = |planned: &plan::Server| {
            let key = Key::new(service, planned);
            let old = before.servers.get(&key).filter(|old| Arc::ptr_eq(&old.transport, &transport));
            let server = match old {
                Some(old) => old.clone(),
                None => {
                    let measured = measured(planned, workloads);
                    Arc::new(Server::new(planned, measured, &key, transport.clone()))
                }
            };
            server.plan_again(planned);
            (key, server)
        };
        let made: Vec<(Key, Arc<Server>)> = balancer.servers.iter().map(make).collect();
        let servers = made.iter().map(|(_, server)| server.clone()).collect();
        table.servers.extend(made);
        servers
    }

    fn transport(&mut self, name: Option<&Name>, plan: &Plan) -> Arc<Transport> {
        let connect_timeout = self.connect_timeout;
        let declared = name.and_then(|name| plan.transports.get(name));
        let made = self.transports.entry(name.cloned());
        made.or_insert_with(|| Arc::new(Transport::new(declared, connect_timeout))).clone()
    }

    fn folder(&mut self, planned: &plan::Files) -> Arc<Files> {
        if let Some((_, files)) = self.folders.iter().find(|(known, _)| known == planned) {
            return files.clone();
        }
        let files = Arc::new(Files::new(planned.folder.clone(), &planned.prefix));
        self.folders.push((planned.clone(), files.clone()));
        files
    }
}

/// How a server stands in access entries.
fn measured(planned: &plan::Server, workloads: &[Workload]) -> measure::Server {
    let address = match &planned.host {
        Host::Address(std::net::IpAddr::V6(address)) => format!("[{address}]:{}", planned.port),
        Host::Address(address) => format!("{address}:{}", planned.port),
        Host::Name(name) => format!("{name}:{}", planned.port),
        Host::Nowhere => planned.label.clone(),
    };
    measure::Server::new(&address, identity(planned, workloads))
}

fn identity<'w>(planned: &plan::Server, workloads: &'w [Workload]) -> Option<&'w Identity> {
    let id = planned.container.as_ref()?;
    workloads.iter().find(|workload| workload.id == *id).map(|workload| &workload.identity)
}
