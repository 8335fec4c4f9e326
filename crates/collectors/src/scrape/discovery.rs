//! Targets that containers name by their labels: `porthole.metrics.port`, or Prometheus' `prometheus.io/port`.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use model::{Labels, State, Workload, label};

use super::found::Found;
use super::reach::Here;
use super::{DroppedTarget, Origin};

/// What most likely keeps a container's port from being reached.
const APART: &str =
    "Porthole and this container share no network; put one of them into a network of the other";

/// What each container becomes: something to scrape, or a reason why it is not scraped.
pub(super) fn containers(here: &Here, workloads: &[Workload]) -> Vec<Result<Found, DroppedTarget>> {
    workloads.iter().map(|workload| container(here, workload, workloads)).collect()
}

fn container(here: &Here, workload: &Workload, workloads: &[Workload]) -> Result<Found, DroppedTarget> {
    let name = &workload.identity.container;
    let origin = Origin::Container { name: name.clone() };
    let meta = meta(workload);
    let dropped = |why: String| DroppedTarget {
        discovered: Labels::from_pairs(meta.clone()),
        origin: origin.clone(),
        why,
    };
    let wish = Wish::read(&workload.labels).map_err(dropped)?;
    if workload.state != State::Running {
        return Err(dropped("the container does not run".to_owned()));
    }
    let port = wish.port(workload).map_err(dropped)?;
    let (address, via) = address(here, workload, workloads, port).ok_or_else(|| {
        dropped("it has no address; put it into a network that Porthole is in too".to_owned())
    })?;
    let mut labels = meta.clone();
    let mut set = |name: &str, value: String| labels.insert(name.to_owned(), value);
    set("__address__", address.to_string());
    set("__meta_docker_port_private", port.to_string());
    if let Some(network) = via {
        set("__meta_docker_network_name", network.to_owned());
        set("__meta_docker_network_ip", address.ip().to_string());
    }
    if let Some(path) = wish.path {
        set("__metrics_path__", path);
    }
    if let Some(scheme) = wish.scheme {
        set("__scheme__", scheme);
    }
    // The address changes with each deploy; these names stay.
    set("job", workload.identity.service.clone());
    set("instance", format!("{name}:{port}"));
    let hint = here.is_apart(workload, workloads).then_some(APART);
    Ok(Found {
        labels: Labels::from_pairs(labels),
        identity: identity(workload),
        origin,
        hint: hint.map(Into::into),
    })
}

/// What is said of a container's series where the names are free.
pub(super) fn identity(workload: &Workload) -> Labels {
    let identity = &workload.identity;
    Labels::from_pairs([
        (label::SERVICE, identity.service.as_str()),
        (label::PROJECT, &identity.project),
        (label::ENVIRONMENT, &identity.environment),
        (label::HOST, &identity.host),
        (label::CONTAINER, &identity.container),
    ])
}

/// What Prometheus calls these things when it asks a Docker engine.
fn meta(workload: &Workload) -> BTreeMap<String, String> {
    let labels = workload.labels.iter();
    let labels =
        labels.map(|(name, value)| (format!("__meta_docker_container_label_{}", plain(name)), value.clone()));
    let own = [
        ("__meta_docker_container_id", workload.id.clone()),
        ("__meta_docker_container_name", format!("/{}", workload.identity.container)),
        ("__meta_docker_container_image", workload.image.clone()),
    ];
    labels.chain(own.map(|(name, value)| (name.to_owned(), value))).collect()
}

/// What no label's name may hold becomes an underscore.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}

/// An address and the network that it is in; for a container without any, a port that it publishes on this machine.
fn address<'w>(
    here: &Here,
    workload: &'w Workload,
    workloads: &[Workload],
    port: u16,
) -> Option<(SocketAddr, Option<&'w str>)> {
    if let Some(found) = here.address(workload, workloads) {
        let network = workload.networks.iter().find(|network| network.address == Some(found));
        return Some((SocketAddr::new(found, port), network.map(|network| network.name.as_str())));
    }
    let published = workload.ports.iter().find(|known| known.private == port && known.tcp)?.public?;
    Some((SocketAddr::new(IpAddr::from([127, 0, 0, 1]), published), None))
}

/// What a container's labels ask for.
#[derive(Debug, Default)]
struct Wish {
    port: Option<u16>,
    path: Option<String>,
    scheme: Option<String>,
}

impl Wish {
    /// The error says why nothing is asked for.
    fn read(labels: &BTreeMap<String, String>) -> Result<Self, String> {
        let get = |key: &str| get(labels, key);
        let said = labels.get("porthole.metrics").map(|value| value.trim().to_ascii_lowercase());
        if said.as_deref() == Some("false") {
            return Err("its label porthole.metrics says false".to_owned());
        }
        let own = ["port", "path", "scheme"]
            .iter()
            .any(|key| labels.contains_key(&format!("porthole.metrics.{key}")));
        let theirs = get("scrape").is_some_and(|scrape| scrape.eq_ignore_ascii_case("true"));
        if !own && !theirs && said.as_deref() != Some("true") {
            return Err(match get("scrape") {
                Some(value) => format!("its label prometheus.io/scrape says {value}"),
                None => "no label asks for it; write porthole.metrics.port with the port of its metrics"
                    .to_owned(),
            });
        }
        let port = match get("port") {
            Some(text) => Some(port(text)?),
            None => None,
        };
        let scheme = get("scheme").map(str::to_ascii_lowercase);
        Ok(Self { port, path: get("path").map(str::to_owned), scheme })
    }

    /// The port that is asked for, or the only one there is.
    fn port(&self, workload: &Workload) -> Result<u16, String> {
        if let Some(port) = self.port {
            return Ok(port);
        }
        let mut ports: Vec<u16> =
            workload.ports.iter().filter(|port| port.tcp).map(|port| port.private).collect();
        ports.dedup();
        match ports.as_slice() {
            [port] => Ok(*port),
            [] => Err("no port of it is known; write the label porthole.metrics.port".to_owned()),
            _ => Err(format!("it has several ports ({ports:?}); write the label porthole.metrics.port")),
        }
    }
}

fn port(text: &str) -> Result<u16, String> {
    let port: Option<u16> = text.trim().parse().ok().filter(|port| *port > 0);
    port.ok_or_else(|| format!("`{text}` is no port; write a number from 1 to 65535"))
}

/// The value of `porthole.metrics.<key>`, else of `prometheus.io/<key>` in any of the ways that people spell it:
/// `prometheus.io.port`, `prometheus.port`, `prometheus_port`.
fn get<'l>(labels: &'l BTreeMap<String, String>, key: &str) -> Option<&'l str> {
    let own = labels.get(&format!("porthole.metrics.{key}"));
    let is_theirs = |name: &str| {
        let name = name.to_ascii_lowercase().replace(['/', '_'], ".");
        let rest = name.strip_prefix("prometheus.").map(|rest| rest.strip_prefix("io.").unwrap_or(rest));
        rest == Some(key)
    };
    let found = own.or_else(|| labels.iter().find(|(name, _)| is_theirs(name)).map(|(_, value)| value));
    found.map(|value| value.trim()).filter(|value| !value.is_empty())
}
