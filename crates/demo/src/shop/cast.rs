//! Who is in the shop: the services of its compose file.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;

use super::names::digest;
use crate::doors::Doors;
use crate::engine::{Healthcheck, Spec};

const PROJECT: &str = "shop";
const FOLDER: &str = "/srv/shop";

/// A container of the compose project, through all of its replacements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Member {
    Edge,
    Web1,
    Web2,
    Worker1,
    Worker2,
    Beat,
    Db,
    Redis,
    Mailer,
    Billing,
    Search,
    Cleanup,
    Console,
}

/// What the compose file says about a member.
#[derive(Debug)]
pub(super) struct Role {
    pub(super) service: &'static str,
    number: u8,
    repository: &'static str,
    /// Of images that others make; the shop's own get theirs with each release.
    pub(super) tag: Option<&'static str>,
    command: &'static str,
    health: Option<(&'static str, u64)>,
    ports: &'static [(u16, Option<u16>)],
    memory_mib: u64,
    tty: bool,
    /// From the start of the process until it is of use.
    pub(super) boot: Duration,
}

impl Role {
    const fn new(service: &'static str, repository: &'static str, command: &'static str) -> Self {
        Self {
            service,
            number: 1,
            repository,
            tag: None,
            command,
            health: None,
            ports: &[],
            memory_mib: 512,
            tty: false,
            boot: Duration::from_millis(1500),
        }
    }

    const fn number(self, number: u8) -> Self {
        Self { number, ..self }
    }

    const fn tag(self, tag: &'static str) -> Self {
        Self { tag: Some(tag), ..self }
    }

    const fn health(self, command: &'static str, seconds: u64) -> Self {
        Self { health: Some((command, seconds)), ..self }
    }

    const fn ports(self, ports: &'static [(u16, Option<u16>)]) -> Self {
        Self { ports, ..self }
    }

    const fn memory(self, memory_mib: u64) -> Self {
        Self { memory_mib, ..self }
    }

    const fn tty(self) -> Self {
        Self { tty: true, ..self }
    }

    /// Between two health checks, if there are any.
    pub(super) fn health_interval(&self) -> Option<Duration> {
        self.health.map(|(_, seconds)| Duration::from_secs(seconds))
    }

    const fn boot(self, millis: u64) -> Self {
        Self { boot: Duration::from_millis(millis), ..self }
    }
}

const GUNICORN: &str = "gunicorn shop.wsgi --bind 0.0.0.0:8000 --workers 3";
const WORKER: &str = "celery -A shop worker --concurrency 2 --loglevel INFO";
const CURL: &str = "curl -fsS http://localhost:8000/health/";

/// In the order of [`Member`].
static ROLES: [Role; 13] = [
    Role::new("edge", "nginx", "nginx -g 'daemon off;'")
        .tag("1.27-alpine")
        .health("wget -qO- http://localhost/up", 30)
        .ports(&[(80, Some(80)), (443, Some(443))])
        .memory(128),
    Role::new("web", "shop/web", GUNICORN).health(CURL, 10).ports(&[(8000, None)]).boot(2600),
    Role::new("web", "shop/web", GUNICORN).number(2).health(CURL, 10).ports(&[(8000, None)]).boot(2600),
    Role::new("worker", "shop/web", WORKER).boot(2200),
    Role::new("worker", "shop/web", WORKER).number(2).boot(2200),
    Role::new("beat", "shop/web", "celery -A shop beat --loglevel INFO").memory(256),
    Role::new("db", "postgres", "postgres -c max_connections=40")
        .tag("16-alpine")
        .health("pg_isready -U shop", 10)
        .ports(&[(5432, None)])
        .memory(1024),
    Role::new("redis", "redis", "redis-server --appendonly yes")
        .tag("7.4-alpine")
        .health("redis-cli ping", 15)
        .ports(&[(6379, None)])
        .memory(256),
    Role::new("mailer", "shop/mailer", "node dist/server.js").ports(&[(3000, None)]).memory(256),
    Role::new("billing", "shop/billing", "/billing serve").ports(&[(9000, None)]).memory(128).boot(400),
    Role::new("search", "shop/search", "java -Xmx384m -XX:+ExitOnOutOfMemoryError -jar /app/search.jar")
        .tag("4.2.1")
        .health("curl -fsS http://localhost:9300/ready", 10)
        .ports(&[(9300, None)])
        .boot(12_000),
    Role::new("cleanup", "shop/web", "python manage.py cleanup_sessions").boot(200),
    Role::new("console", "shop/web", "python manage.py watch_orders").tty().memory(128),
];

impl Member {
    pub(crate) const ALL: [Self; 13] = [
        Self::Edge,
        Self::Web1,
        Self::Web2,
        Self::Worker1,
        Self::Worker2,
        Self::Beat,
        Self::Db,
        Self::Redis,
        Self::Mailer,
        Self::Billing,
        Self::Search,
        Self::Cleanup,
        Self::Console,
    ];

    pub(super) fn role(self) -> &'static Role {
        &ROLES[self as usize]
    }

    /// `shop-web-2`
    pub(crate) fn container_name(self) -> String {
        let role = self.role();
        format!("{PROJECT}-{}-{}", role.service, role.number)
    }

    /// The member that a container plays, also while it is being replaced: `3f2a…_shop-web-2`.
    pub(crate) fn of_container(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|member| name.ends_with(&member.container_name()))
    }

    /// In the project's network, if nothing else is there; a replacement takes the address over.
    pub(crate) fn address(self) -> Ipv4Addr {
        Ipv4Addr::new(127, 20, 0, 10 + self as u8)
    }

    /// What its process needs on a quiet day.
    pub(crate) fn memory_mib(self) -> u64 {
        self.role().memory_mib * 2 / 5
    }

    /// How compose makes the container from an image of that tag.
    pub(super) fn spec(self, tag: &str, doors: &Doors) -> Spec {
        let role = self.role();
        let image = format!("{}:{tag}", role.repository);
        let image_id = format!("sha256:{}", digest(&image));
        Spec {
            labels: self.labels(&image_id, doors),
            image_id,
            command: role.command.split(' ').map(str::to_owned).collect(),
            environment: self.environment(tag, doors),
            service: role.service.to_owned(),
            tty: role.tty,
            healthcheck: role.health.map(|(command, seconds)| Healthcheck {
                command,
                interval: Duration::from_secs(seconds),
                retries: 3,
            }),
            ports: role.ports.to_vec(),
            memory_bytes_max: role.memory_mib << 20,
            address: doors.address(self),
            restart_policy: if self == Self::Cleanup { "no" } else { "unless-stopped" },
            image,
        }
    }

    fn environment(self, tag: &str, doors: &Doors) -> Vec<String> {
        let mut environment = vec!["PATH=/usr/local/bin:/usr/bin:/bin".to_owned(), format!("RELEASE={tag}")];
        if super::WEB.contains(&self) {
            environment.push(format!("CELERY_BROKER_URL=redis://redis:{}/0", doors.redis.port()));
        }
        environment
    }

    /// Traefik's labels, as teams write them.
    fn routes(self, doors: &Doors, labels: &mut BTreeMap<String, String>) {
        let port = doors.numbers(self).map(|door| door.port().to_string());
        let routes: &[(&str, &str)] = match self {
            Self::Web1 | Self::Web2 => &[
                ("http.routers.shop.rule", "Host(`shop.localhost`)"),
                ("http.routers.shop.middlewares", "gzip,secure"),
                ("http.routers.shop-static.rule", "Host(`shop.localhost`) && PathPrefix(`/static/`)"),
                ("http.routers.shop-static.middlewares", "gzip"),
                ("http.middlewares.gzip.compress", "true"),
                ("http.middlewares.secure.headers.contentTypeNosniff", "true"),
                ("http.middlewares.secure.headers.frameDeny", "true"),
            ],
            // A label that Traefik does not know, as it is often seen.
            Self::Search => &[
                ("http.routers.search.rule", "Host(`search.localhost`)"),
                ("http.services.search.loadbalancer.server.port", "9300"),
                ("http.services.search.loadbalancer.server.readtimeout", "5s"),
            ],
            _ => return,
        };
        let port = port.map(|port| ("http.services.shop.loadbalancer.server.port", port));
        let port = port.filter(|_| self != Self::Search);
        let all = routes.iter().map(|(key, value)| (*key, (*value).to_owned())).chain(port);
        labels.extend(all.map(|(key, value)| (format!("traefik.{key}"), value)));
        labels.insert("traefik.enable".to_owned(), "true".to_owned());
    }

    fn labels(self, image_id: &str, doors: &Doors) -> BTreeMap<String, String> {
        let role = self.role();
        let compose = [
            ("config-hash", digest(&format!("{}{image_id}", role.command))),
            ("container-number", role.number.to_string()),
            ("depends_on", String::new()),
            ("image", image_id.to_owned()),
            ("oneoff", "False".to_owned()),
            ("project", PROJECT.to_owned()),
            ("project.config_files", format!("{FOLDER}/compose.yml")),
            ("project.working_dir", FOLDER.to_owned()),
            ("service", role.service.to_owned()),
            ("version", "2.29.7".to_owned()),
        ];
        let mut labels: BTreeMap<String, String> =
            compose.into_iter().map(|(name, value)| (format!("com.docker.compose.{name}"), value)).collect();
        self.routes(doors, &mut labels);
        let Some(door) = doors.numbers(self) else { return labels };
        labels.insert("porthole.metrics.port".to_owned(), door.port().to_string());
        let probe = match self {
            Self::Web1 | Self::Web2 => "/health/",
            Self::Edge => "/up",
            _ => return labels,
        };
        labels.insert("porthole.probe".to_owned(), probe.to_owned());
        labels.insert("porthole.probe.port".to_owned(), door.port().to_string());
        labels
    }
}
