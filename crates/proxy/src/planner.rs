//! Keeps the table true: whenever containers, files or settings change, a new plan is made, and if it is another one it
//! is put in force in one piece.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use model::Workload;
use route::file::DynamicFile;
use route::plan::{EntrypointFacts, EntrypointTls, Inputs, PageAddress, Plan};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::dynamic::{self, Watched};
use crate::health::Checks;
use crate::middleware::Kept;
use crate::plane::Plane;
use crate::table::Building;
use crate::{Config, acme, certify, tls};

/// How often files are looked at.
const LOOK: Duration = Duration::from_secs(2);
/// How long the first set of containers is waited for, so that the first requests find their routes.
const FIRST_SET_MAX: Duration = Duration::from_secs(3);

/// Makes plans and puts them in force.
pub(crate) struct Planner {
    plane: Arc<Plane>,
    config: Arc<ArcSwap<Config>>,
    changes: watch::Receiver<()>,
    workloads: watch::Receiver<Arc<[Workload]>>,
    own_container: Option<String>,
    building: Building,
    checks: Checks,
    files: Vec<Watched>,
    wanted: watch::Sender<Vec<acme::Wanted>>,
    pairs: watch::Sender<Vec<tls::Pair>>,
}

impl Planner {
    pub(crate) fn new(
        plane: Arc<Plane>,
        config: Arc<ArcSwap<Config>>,
        changes: watch::Receiver<()>,
        workloads: watch::Receiver<Arc<[Workload]>>,
        own_container: Option<String>,
    ) -> Self {
        let connect_timeout = config.load().connect_timeout;
        let building = Building::new(plane.meter.clone(), Kept::new(), connect_timeout);
        let checks = Checks::new(plane.names.clone());
        Self {
            plane,
            config,
            changes,
            workloads,
            own_container,
            building,
            checks,
            files: Vec::new(),
            wanted: watch::channel(Vec::new()).0,
            pairs: watch::channel(Vec::new()).0,
        }
    }

    /// What the plans want of certificates.
    pub(crate) fn outlets(&self) -> (watch::Receiver<Vec<acme::Wanted>>, watch::Receiver<Vec<tls::Pair>>) {
        (self.wanted.subscribe(), self.pairs.subscribe())
    }

    /// Waits for the first set of containers, for a while, and puts the first plan in force.
    pub(crate) async fn first(mut self) -> Self {
        if self.workloads.borrow().is_empty() {
            let _ = tokio::time::timeout(FIRST_SET_MAX, self.workloads.changed()).await;
        }
        self.look();
        self.renew()
    }

    /// Follows every change until `shutdown`.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        let mut ticks = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                () = shutdown.cancelled() => break,
                () = changed(&mut self.workloads) => {}
                () = changed(&mut self.changes) => {
                    self.look();
                }
                _ = ticks.tick() => if !self.look() { continue },
            }
            self = self.renew();
        }
        self.checks.end();
    }

    /// Makes the plan, and puts it in force if it is another one.
    fn renew(mut self) -> Self {
        let workloads = self.workloads.borrow_and_update().clone();
        let config = self.config.load_full();
        let files: Vec<DynamicFile> = self.files.iter().map(|watched| watched.file.clone()).collect();
        let entrypoints: Vec<EntrypointFacts> = config.entrypoints.iter().map(facts).collect();
        let tls_options: Vec<String> = config.tls.options.keys().cloned().collect();
        let resolvers: Vec<String> = config.acme.resolvers.keys().cloned().collect();
        let plan = route::plan(&Inputs {
            containers: &workloads,
            own: self.own_container.as_deref(),
            files: &files,
            configured: &config.routes,
            docker: &config.docker,
            entrypoints: &entrypoints,
            resolvers: &resolvers,
            tls_options: &tls_options,
            page: config.public_url.as_ref().map(|url| PageAddress { host: &url.host, https: url.https }),
        });
        self.certify(&plan); // Before the plan: the settings of TLS change without it too.
        let before = self.plane.table.load_full();
        if plan != *before.plan {
            self.put_in_force(plan, &workloads);
        }
        self
    }

    fn put_in_force(&mut self, plan: Plan, workloads: &[Workload]) {
        let before = self.plane.table.load_full();
        let table = Arc::new(self.building.table(Arc::new(plan), workloads, &before));
        self.checks.follow(&table);
        let routers = table.plan.routers.len();
        tracing::debug!(routers, "another plan is in force");
        self.plane.table.store(table);
    }

    /// Tells what certificates are wanted, and sets the options of hosts.
    fn certify(&self, plan: &Plan) {
        let config = &self.config.load().tls;
        let default = certify::default_options(plan, config);
        for (name, fault) in self.plane.front.set(&default, &certify::host_options(plan, config)) {
            tracing::error!(
                "the TLS options `{name}` cannot be used, so nobody gets to their hosts: {fault}"
            );
        }
        self.plane.front.certificates().set_default_name(certify::default_name(plan));
        replace(&self.wanted, certify::wanted(plan));
        replace(&self.pairs, certify::pairs(plan, config));
    }

    /// Looks at the files; tells whether any has changed.
    fn look(&mut self) -> bool {
        dynamic::look(&mut self.files, &self.config.load().traefik_files)
    }
}

/// Waits for news; for ever where none will come.
async fn changed<T>(receiver: &mut watch::Receiver<T>) {
    if receiver.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn facts(config: &crate::EntrypointConfig) -> EntrypointFacts {
    let resolver = config.tls.clone().filter(|resolver| resolver != "default");
    let tls = config.tls.as_ref().map(|_| EntrypointTls {
        resolver,
        options: config.tls_options.clone(),
        ..EntrypointTls::default()
    });
    EntrypointFacts {
        name: config.name.clone(),
        as_default: config.as_default,
        tls,
        middlewares: config.middlewares.clone(),
    }
}

/// Tells `value` if it is another one.
fn replace<T: PartialEq>(sender: &watch::Sender<T>, value: T) {
    sender.send_if_modified(|old| {
        let other = *old != value;
        *old = value;
        other
    });
}
