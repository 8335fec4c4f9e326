//! The brokers that are looked at: those that are written, and those that containers use, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use model::Workload;

use super::address::{Address, Place};
use super::config::{Config, Kind, Settings};
use super::discover::{self, User};
use super::resolve;
use crate::scrape::Origin;

/// A broker, and what is known of it without asking it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Broker {
    pub(super) settings: Settings,
    /// Its address as it is shown, which tells it from others of its kind.
    pub(super) label: String,
    pub(super) name: String,
    pub(super) origin: Origin,
    /// Compose project of its users.
    pub(super) project: Option<String>,
    /// Services that use it, those of workers first.
    pub(super) services: Vec<String>,
    pub(super) workers: Vec<KnownWorker>,
    /// Where its container may be reached.
    pub(super) ways: Vec<SocketAddr>,
    /// Why it cannot be read at all.
    pub(super) unreadable: Option<String>,
}

/// A worker as its container's command tells it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct KnownWorker {
    pub(super) container: String,
    /// What its host may be called: the container's name, and the beginning of its id.
    pub(super) hosts: [String; 2],
    pub(super) queues: BTreeSet<String>,
    pub(super) processes: Option<u64>,
}

/// What makes two addresses one broker: the container behind them, if there is one, and the database.
type Identity = (Kind, Place, u32);

/// All brokers, by kind and label.
pub(super) fn brokers(config: &Config, workloads: &[Workload]) -> BTreeMap<(Kind, String), Broker> {
    let mut by_identity: BTreeMap<Identity, Broker> = BTreeMap::new();
    for settings in &config.queues {
        let container = settings.address.host().and_then(|host| resolve::container(host, None, workloads));
        let identity = identity(settings.kind, &settings.address, container);
        by_identity.entry(identity).or_insert_with(|| written(settings, container));
    }
    let users = if config.finds { discover::users(workloads) } else { Vec::new() };
    let (workers, others): (Vec<User<'_>>, Vec<User<'_>>) =
        users.into_iter().partition(|user| user.command.is_worker);
    for user in workers.iter().chain(&others) {
        join(&mut by_identity, user, config, workloads);
    }
    let mut brokers = BTreeMap::new();
    for (identity, mut broker) in by_identity {
        // Two projects may both call theirs `redis`.
        if brokers.contains_key(&(broker.settings.kind, broker.label.clone())) {
            broker.label = labelled(&broker.settings.address, &identity.1);
        }
        brokers.entry((broker.settings.kind, broker.label.clone())).or_insert(broker);
    }
    brokers
}

fn written(settings: &Settings, container: Option<&Workload>) -> Broker {
    let host = settings.address.host().unwrap_or("redis").to_owned();
    Broker {
        label: settings.address.to_string(),
        name: settings.name.clone().unwrap_or(host),
        origin: Origin::File { line: settings.line },
        project: container.map(|container| container.identity.project.clone()),
        services: Vec::new(),
        workers: Vec::new(),
        ways: ways(&settings.address, container),
        unreadable: None,
        settings: settings.clone(),
    }
}

/// A user joins the broker that it uses.
fn join(brokers: &mut BTreeMap<Identity, Broker>, user: &User<'_>, config: &Config, workloads: &[Workload]) {
    let identity_of = &user.workload.identity;
    let (address, unreadable) = match &user.broker {
        discover::Broker::At(address) => (address.clone(), None),
        discover::Broker::Unreadable(shown, why) => (elsewhere(shown), Some(why.clone())),
    };
    let container = address.host().and_then(|host| resolve::container(host, Some(user.workload), workloads));
    let broker = brokers.entry(identity(user.kind, &address, container)).or_insert_with(|| {
        let label = match &user.broker {
            discover::Broker::At(address) => address.to_string(),
            discover::Broker::Unreadable(shown, _) => shown.clone(),
        };
        let service = container.map(|container| container.identity.service.clone());
        Broker {
            label,
            name: service.unwrap_or_else(|| address.host().unwrap_or("redis").to_owned()),
            origin: Origin::Container { name: identity_of.container.clone() },
            project: Some(identity_of.project.clone()),
            services: Vec::new(),
            workers: Vec::new(),
            ways: ways(&address, container),
            unreadable,
            settings: Settings::new(user.kind, address.clone(), config.interval),
        }
    });
    if !broker.services.contains(&identity_of.service) {
        broker.services.push(identity_of.service.clone());
    }
    if broker.ways.is_empty() {
        broker.ways = ways(&address, container);
    }
    broker.project.get_or_insert_with(|| identity_of.project.clone());
    if user.command.is_worker {
        broker.workers.push(KnownWorker {
            container: identity_of.container.clone(),
            hosts: [identity_of.container.clone(), user.workload.id.chars().take(12).collect()],
            queues: user.command.queues.clone(),
            processes: user.command.processes,
        });
    }
}

fn identity(kind: Kind, address: &Address, container: Option<&Workload>) -> Identity {
    let place = match (&address.place, container) {
        (Place::Port { port, tls, .. }, Some(container)) => {
            Place::Port { host: container.identity.container.clone(), port: *port, tls: *tls }
        }
        (place, _) => place.clone(),
    };
    (kind, place, address.db)
}

fn labelled(address: &Address, place: &Place) -> String {
    Address { place: place.clone(), ..address.clone() }.to_string()
}

fn ways(address: &Address, container: Option<&Workload>) -> Vec<SocketAddr> {
    match (&address.place, container) {
        (Place::Port { port, .. }, Some(container)) => resolve::ways_to(container, *port),
        _ => Vec::new(),
    }
}

/// A place that is never asked, but has to have a name.
fn elsewhere(shown: &str) -> Address {
    let place = Place::Port { host: shown.to_owned(), port: 0, tls: false };
    Address { place, db: 0, user: None, password: None, trusts_anybody: false }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::queue::discover::tests::workload;

    fn check(config: &Config, workloads: &[Workload], expected: &[&str]) {
        let found: Vec<String> = brokers(config, workloads)
            .into_values()
            .map(|broker| {
                let Broker { settings, label, name, origin, services, workers, ways, unreadable, .. } =
                    broker;
                let origin = match origin {
                    Origin::File { line } => format!("line {}", line.unwrap_or_default()),
                    Origin::Container { name } => name,
                    Origin::BuiltIn => "?".to_owned(),
                };
                let workers: Vec<_> = workers.iter().map(|worker| worker.container.as_str()).collect();
                let unreadable = unreadable.map_or("", |_| " unreadable");
                let kind = settings.kind.name();
                format!("{kind} {label} {name} by {origin} {services:?} {workers:?} {ways:?}{unreadable}")
            })
            .collect();
        assert_eq!(found, expected);
    }

    fn shop(project: &str, first: u8) -> Vec<Workload> {
        let broker = ("CELERY_BROKER_URL", "redis://redis/0");
        let mut all = vec![
            workload("web", first, "shop", "gunicorn shop", &[broker]),
            workload("worker", first + 1, "shop", "celery -A shop worker -Q mail -c 2", &[broker]),
            workload("redis", first + 2, "redis:7", "redis-server", &[]),
        ];
        for one in &mut all {
            one.identity.project = project.to_owned();
            one.identity.container = format!("{project}-{}-1", one.identity.service);
            one.networks[0].name = format!("{project}_default");
        }
        all
    }

    #[test]
    fn two_projects_that_call_theirs_alike() {
        let all: Vec<Workload> = [shop("a", 10), shop("b", 20)].concat();
        check(
            &Config::default(),
            &all,
            &[
                r#"celery redis://b-redis-1:6379/0 redis by b-worker-1 ["worker", "web"] ["b-worker-1"] [172.20.0.22:6379]"#,
                r#"celery redis://redis:6379/0 redis by a-worker-1 ["worker", "web"] ["a-worker-1"] [172.20.0.12:6379]"#,
            ],
        );
    }

    #[test]
    fn what_is_written_is_joined_by_its_users() {
        let all = shop("shop", 10);
        let address = Address::parse("redis://:pw@shop-redis-1:6379/0").unwrap();
        let settings = Settings {
            name: Some("tasks".to_owned()),
            line: Some(7),
            ..Settings::new(Kind::Celery, address, Duration::from_secs(5))
        };
        let mut config = Config { queues: vec![settings], ..Config::default() };
        check(
            &config,
            &all,
            &[
                r#"celery redis://shop-redis-1:6379/0 tasks by line 7 ["worker", "web"] ["shop-worker-1"] [172.20.0.12:6379]"#,
            ],
        );
        config.finds = false;
        check(
            &config,
            &all,
            &[r#"celery redis://shop-redis-1:6379/0 tasks by line 7 [] [] [172.20.0.12:6379]"#],
        );
    }

    #[test]
    fn a_broker_that_is_not_read_is_shown_with_the_reason() {
        let rabbit = ("CELERY_BROKER_URL", "amqp://guest:pw@rabbit:5672//");
        check(
            &Config::default(),
            &[workload("worker", 2, "shop", "celery -A shop worker", &[rabbit])],
            &[
                r#"celery amqp://rabbit:5672 amqp://rabbit:5672 by shop-worker-1 ["worker"] ["shop-worker-1"] [] unreadable"#,
            ],
        );
    }
}
