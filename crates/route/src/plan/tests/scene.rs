//! A case's text to inputs. A line at the margin begins a thing, the lines below it that are indented belong to it:
//! `container`, `file`, `settings`; `option`, `entrypoint`, `resolvers` and `own` are one line each.

use std::collections::BTreeMap;

use model::{Health, Identity, Network, Port, State, Timestamp, Workload};

use crate::configured::Configured;
use crate::declared::Domain;
use crate::file::DynamicFile;
use crate::plan::{self, DockerOptions, EntrypointFacts, EntrypointTls, Inputs, PageAddress, Plan};

pub(super) struct Scene {
    pub(super) containers: Vec<Workload>,
    own: Option<String>,
    files: Vec<DynamicFile>,
    configured: Configured,
    docker: DockerOptions,
    entrypoints: Vec<EntrypointFacts>,
    resolvers: Vec<String>,
    tls_options: Vec<String>,
    page: Option<(String, bool)>,
}

impl Scene {
    pub(super) fn parse(text: &str) -> Self {
        let mut scene = Self {
            containers: Vec::new(),
            own: None,
            files: Vec::new(),
            configured: Configured::default(),
            docker: DockerOptions { exposed_by_default: true, ..DockerOptions::default() },
            entrypoints: Vec::new(),
            resolvers: Vec::new(),
            tls_options: Vec::new(),
            page: None,
        };
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let mut body = Vec::new();
            while let Some(inner) = lines.next_if(|line| line.starts_with("  ") || line.is_empty()) {
                body.push(inner.strip_prefix("  ").unwrap_or(inner));
            }
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            scene.add(word, rest, &body);
        }
        if scene.entrypoints.is_empty() {
            let plain = |name: &str| EntrypointFacts { name: name.to_owned(), ..EntrypointFacts::default() };
            scene.entrypoints = vec![plain("web"), plain("websecure")];
        }
        scene
    }

    fn add(&mut self, word: &str, rest: &str, body: &[&str]) {
        match word {
            "" => {}
            "container" => {
                let number = self.containers.len();
                self.containers.push(container(number, rest, body));
            }
            "own" => self.own = Some(id(rest)),
            "file" => self.files.push(DynamicFile::new(rest, &body.join("\n"))),
            "settings" => self.configured = configured(&body.join("\n")),
            "page" => {
                let (scheme, host) = rest.split_once("://").expect("an address");
                self.page = Some((host.to_owned(), scheme == "https"));
            }
            "option" => self.option(rest),
            "entrypoint" => self.entrypoints.push(entrypoint(rest)),
            "tls_options" => self.tls_options = rest.split(' ').map(str::to_owned).collect(),
            "resolvers" => self.resolvers = rest.split(' ').map(str::to_owned).collect(),
            _ => panic!("the case has a line that nobody reads: {word} {rest}"),
        }
    }

    fn option(&mut self, text: &str) {
        let (key, value) = text.split_once('=').expect("an option has a value");
        match key {
            "exposed_by_default" => self.docker.exposed_by_default = value == "true",
            "network" => self.docker.network = Some(value.to_owned()),
            "default_rule" => self.docker.default_rule = value.to_owned(),
            "constraints" => self.docker.constraints = value.to_owned(),
            _ => panic!("no such option: {key}"),
        }
    }

    pub(super) fn plan(&self) -> Plan {
        plan::plan(&Inputs {
            containers: &self.containers,
            own: self.own.as_deref(),
            files: &self.files,
            configured: &self.configured,
            docker: &self.docker,
            entrypoints: &self.entrypoints,
            resolvers: &self.resolvers,
            tls_options: &self.tls_options,
            page: self.page.as_ref().map(|(host, https)| PageAddress { host, https: *https }),
        })
    }
}

fn configured(text: &str) -> Configured {
    let tree = settings::Tree::parse("/etc/porthole/porthole.toml", text, []);
    let configured = Configured::read(&tree.root().section("proxy"));
    let faults = tree.finish();
    assert!(faults.is_empty(), "{faults:?}");
    configured
}

/// An id made of the container's name.
fn id(name: &str) -> String {
    let hex: String = name.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex:0<64}")[..64].to_owned()
}

/// `shop-web-1 project=shop service=web state=exited:1 health=starting net=front:10.0.0.2,back ports=8000,53/udp age=3`
fn container(number: usize, text: &str, labels: &[&str]) -> Workload {
    let mut words = text.split(' ');
    let name = words.next().expect("a container has a name");
    let words: BTreeMap<&str, &str> = words.map(|word| word.split_once('=').expect("key=value")).collect();
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for (key, label) in [("project", "project"), ("service", "service"), ("oneoff", "oneoff")] {
        if let Some(value) = words.get(key) {
            all.insert(format!("com.docker.compose.{label}"), (*value).to_owned());
        }
    }
    for label in labels.iter().filter(|label| !label.trim().is_empty()) {
        let (key, value) = label.split_once('=').expect("a label has a value");
        all.insert(key.to_owned(), value.to_owned());
    }
    let (state, exit_code) = state(words.get("state").copied().unwrap_or("running"));
    let age: i64 = words.get("age").map_or(0, |age| age.parse().expect("a number"));
    let default = format!("bridge:172.17.0.{}", number + 2);
    Workload {
        id: id(name),
        identity: Identity {
            service: words.get("service").copied().unwrap_or(name).to_owned(),
            project: words.get("project").copied().unwrap_or_default().to_owned(),
            container: name.to_owned(),
            ..Identity::default()
        },
        state,
        health: health(words.get("health").copied().unwrap_or("none")),
        exit_code,
        oom_killed: words.contains_key("oom"),
        stopping: false,
        restarts: 0,
        image: "image".to_owned(),
        image_id: "sha256:0".to_owned(),
        tty: false,
        log_driver: "json-file".to_owned(),
        created_at: Timestamp::from_seconds(1_700_000_000 - age),
        started_at: None,
        finished_at: None,
        labels: all,
        networks: networks(words.get("net").copied().unwrap_or(&default)),
        ports: ports(words.get("ports").copied().unwrap_or("80")),
        process: model::Process::default(),
    }
}

fn state(text: &str) -> (State, Option<i64>) {
    let (word, code) = text.split_once(':').unwrap_or((text, "0"));
    let code = code.parse().expect("a number");
    match word {
        "created" => (State::Created, None),
        "running" => (State::Running, None),
        "paused" => (State::Paused, None),
        "restarting" => (State::Restarting, Some(code)),
        "removing" => (State::Removing, Some(code)),
        "exited" => (State::Exited, Some(code)),
        "dead" => (State::Dead, Some(code)),
        _ => panic!("no such state: {word}"),
    }
}

fn health(word: &str) -> Health {
    match word {
        "none" => Health::None,
        "starting" => Health::Starting,
        "healthy" => Health::Healthy,
        "unhealthy" => Health::Unhealthy,
        _ => panic!("no such health: {word}"),
    }
}

fn networks(text: &str) -> Vec<Network> {
    let networks = text.split(',').filter(|part| !part.is_empty()).map(|part| {
        let (name, rest) = part.split_once(':').unwrap_or((part, ""));
        let (address, aliases) = rest.split_once('/').unwrap_or((rest, ""));
        Network {
            name: name.to_owned(),
            address: address.parse().ok(),
            aliases: aliases.split('+').filter(|alias| !alias.is_empty()).map(str::to_owned).collect(),
        }
    });
    let mut networks: Vec<Network> = networks.collect();
    networks.sort_by(|a, b| a.name.cmp(&b.name));
    networks
}

fn ports(text: &str) -> Vec<Port> {
    let ports = text.split(',').filter(|part| !part.is_empty()).map(|part| {
        let (number, protocol) = part.split_once('/').unwrap_or((part, "tcp"));
        Port { private: number.parse().expect("a port"), public: None, tcp: protocol == "tcp" }
    });
    let mut ports: Vec<Port> = ports.collect();
    ports.sort_unstable();
    ports
}

/// `websecure default tls=le middlewares=limit,auth@file`
fn entrypoint(text: &str) -> EntrypointFacts {
    let mut words = text.split(' ');
    let name = words.next().expect("an entrypoint has a name").to_owned();
    let mut facts = EntrypointFacts { name, ..EntrypointFacts::default() };
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("default", _) => facts.as_default = true,
            ("tls", resolver) => {
                let resolver = (!resolver.is_empty()).then(|| resolver.to_owned());
                facts.tls.get_or_insert_with(EntrypointTls::default).resolver = resolver;
            }
            ("domain", main) => {
                let domain = Domain { main: main.to_owned(), sans: Vec::new() };
                facts.tls.get_or_insert_with(EntrypointTls::default).domains.push(domain);
            }
            ("options", name) => {
                facts.tls.get_or_insert_with(EntrypointTls::default).options = Some(name.to_owned());
            }
            ("middlewares", names) => facts.middlewares = names.split(',').map(str::to_owned).collect(),
            _ => panic!("no such word: {word}"),
        }
    }
    facts
}
