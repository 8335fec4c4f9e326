//! From the engine's description of a container to a [`Workload`].

use std::collections::BTreeMap;

use model::Ordered as _;
use model::{Health, Network, Port, Process, State, Timestamp, Workload};

use crate::client::{EndpointSettings, Inspect};
use crate::identity::Surroundings;

/// No address is longer.
const VARIABLE_BYTES_MAX: usize = 4096;

/// The workload that `inspect` describes.
pub(crate) fn workload(inspect: Inspect, here: &Surroundings) -> Workload {
    let labels = inspect.config.labels.clone().unwrap_or_default();
    let state = state(&inspect.state.status);
    let running = matches!(state, State::Running | State::Paused);
    let started_at = inspect.state.started_at.as_deref().and_then(instant);
    let ended = !running && started_at.is_some();
    Workload {
        identity: here.identify(&inspect.name, &labels),
        state,
        health: health(&inspect),
        exit_code: inspect.state.exit_code.filter(|_| ended),
        oom_killed: inspect.state.oom_killed,
        stopping: false,
        restarts: inspect.restart_count.unwrap_or(0),
        tty: inspect.config.tty,
        created_at: inspect.created.as_deref().and_then(instant).unwrap_or_default(),
        started_at,
        finished_at: inspect.state.finished_at.as_deref().and_then(instant),
        networks: networks(&inspect),
        ports: ports(&inspect),
        process: process(&inspect),
        labels,
        id: inspect.id,
        image: inspect.config.image,
        image_id: inspect.image,
        log_driver: inspect.host_config.log_config.driver,
    }
}

/// What it runs. Of the environment nothing is kept but what may tell of a broker of tasks.
fn process(inspect: &Inspect) -> Process {
    let command = std::iter::once(&inspect.path).chain(inspect.args.iter().flatten());
    let variables = inspect.config.env.iter().flatten().filter_map(|line| line.split_once('='));
    let of_brokers =
        variables.filter(|(name, value)| tells_of_brokers(name) && value.len() <= VARIABLE_BYTES_MAX);
    Process {
        command: command.filter(|word| !word.is_empty()).cloned().collect(),
        environment: of_brokers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
    }
}

fn tells_of_brokers(variable: &str) -> bool {
    ["BROKER", "CELERY", "REDIS", "RQ_"].iter().any(|word| variable.contains(word))
}

/// A time of the engine. What never happened is the year 1 there, which is no instant here.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    Timestamp::parse_rfc3339(text).ok()
}

fn state(word: &str) -> State {
    match word {
        "created" => State::Created,
        "running" => State::Running,
        "paused" => State::Paused,
        "restarting" => State::Restarting,
        "removing" => State::Removing,
        "dead" => State::Dead,
        _ => State::Exited,
    }
}

fn health(inspect: &Inspect) -> Health {
    match inspect.state.health.as_ref().map(|health| health.status.as_str()) {
        Some("starting") => Health::Starting,
        Some("healthy") => Health::Healthy,
        Some("unhealthy") => Health::Unhealthy,
        _ => Health::None,
    }
}

fn networks(inspect: &Inspect) -> Vec<Network> {
    let Some(networks) = &inspect.network_settings.networks else { return Vec::new() };
    let attached = networks.iter().map(|(name, endpoint)| {
        let nowhere = EndpointSettings::default();
        let endpoint = endpoint.as_ref().unwrap_or(&nowhere);
        let named = [&endpoint.aliases, &endpoint.dns_names];
        let mut aliases: Vec<String> = named.into_iter().flatten().flatten().cloned().collect();
        aliases.order();
        aliases.dedup();
        let address = endpoint.ip_address.parse().or_else(|_| endpoint.global_ipv6_address.parse());
        Network { name: name.clone(), address: address.ok(), aliases }
    });
    attached.collect()
}

/// What it publishes, and what its image says that it listens on.
fn ports(inspect: &Inspect) -> Vec<Port> {
    let mut ports: BTreeMap<(u16, bool), Vec<Option<u16>>> = BTreeMap::new();
    for key in inspect.config.exposed_ports.iter().flat_map(BTreeMap::keys) {
        if let Some(place) = port_key(key) {
            ports.entry(place).or_default();
        }
    }
    for (key, bindings) in inspect.network_settings.ports.iter().flatten() {
        let Some(place) = port_key(key) else { continue };
        let public = bindings.iter().flatten().filter_map(|binding| binding.host_port.parse().ok());
        ports.entry(place).or_default().extend(public.map(Some));
    }
    let mut list = Vec::new();
    for ((private, tcp), mut publics) in ports {
        // Published on IPv4 and IPv6 alike it stands there twice.
        publics.order();
        publics.dedup();
        if publics.is_empty() {
            publics.push(None);
        }
        list.extend(publics.into_iter().map(|public| Port { private, public, tcp }));
    }
    list.order();
    list
}

/// `8000/tcp`.
fn port_key(key: &str) -> Option<(u16, bool)> {
    let (number, protocol) = key.split_once('/').unwrap_or((key, "tcp"));
    Some((number.parse().ok()?, protocol == "tcp"))
}

#[cfg(test)]
mod tests;
