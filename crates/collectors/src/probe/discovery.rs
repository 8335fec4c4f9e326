//! Probes that containers ask for by their labels:
//!
//! | label | what it says |
//! |---|---|
//! | `porthole.probe` | a path such as `/health/`, or `tcp`: only whether the port takes connections |
//! | `porthole.probe.port` | the port; else the first TCP port that the container has |
//! | `porthole.probe.host` | the host that is asked for; else `localhost`, as a health check inside would |
//! | `porthole.probe.interval` | how often; else every 30 seconds |
//!
//! A redirect is not followed: what the container itself answers is what counts. A container that does not run fails its
//! probe; one that is gone has none.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use model::{Labels, State, Workload, label};
use outbound::Tls;

use super::config::{INTERVAL, INTERVALS, TIMEOUT_MAX};
use super::spec::{HttpSpec, Kind, Place, Spec, Statuses, TcpSpec};
use crate::scrape::Origin;
use crate::scrape::reach::Here;

const PROBE: &str = "porthole.probe";
const PORT: &str = "porthole.probe.port";
const HOST: &str = "porthole.probe.host";
const PROBE_INTERVAL: &str = "porthole.probe.interval";

/// A probe that a container asks for, and where the container is.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) wish: Wish,
    pub(super) place: Place,
}

/// What a container asks for. Two that are equal are one probe, whatever became of the container meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wish {
    /// Whose it is.
    labels: Labels,
    container: String,
    /// `None`: only the port.
    path: Option<String>,
    host: String,
    port: u16,
    interval: Duration,
}

/// The probes of all containers, and why some have none: the container's name and what to write instead.
pub(super) fn find(workloads: &[Workload], here: &Here) -> (Vec<Found>, Vec<(String, String)>) {
    let (mut all, mut faults) = (Vec::new(), Vec::new());
    for workload in workloads.iter().filter(|workload| workload.state != State::Created) {
        match found(workload, workloads, here) {
            Ok(found) => all.extend(found),
            Err(why) => faults.push((workload.identity.container.clone(), why)),
        }
    }
    (all, faults)
}

fn found(workload: &Workload, all: &[Workload], here: &Here) -> Result<Option<Found>, String> {
    let Some(what) = written(workload, PROBE) else { return Ok(None) };
    let path = match what {
        "tcp" => None,
        path if path.starts_with('/') => Some(path.to_owned()),
        other => {
            return Err(format!(
                "the label {PROBE} is {other:?}; write a path such as \"/health/\", or \"tcp\""
            ));
        }
    };
    let port = port(workload)?;
    let interval = match written(workload, PROBE_INTERVAL) {
        None => INTERVAL,
        Some(text) => match model::parse_duration(text) {
            Ok(interval) if INTERVALS.contains(&interval) => interval,
            _ => {
                return Err(format!(
                    "the label {PROBE_INTERVAL} is {text:?}; write a duration of \"1s\" to \"4m\""
                ));
            }
        },
    };
    let host = written(workload, HOST).unwrap_or("localhost").to_owned();
    let container = workload.identity.container.clone();
    let wish = Wish { labels: whose(workload), container, path, host, port, interval };
    let _ = wish.spec()?;
    let place = place(workload, port, here.address(workload, all));
    Ok(Some(Found { wish, place }))
}

fn written<'a>(workload: &'a Workload, label: &str) -> Option<&'a str> {
    workload.labels.get(label).map(|value| value.trim()).filter(|value| !value.is_empty())
}

fn port(workload: &Workload) -> Result<u16, String> {
    if let Some(text) = written(workload, PORT) {
        let port = text.parse().ok().filter(|port| *port > 0);
        return port.ok_or_else(|| format!("the label {PORT} is {text:?}; write a port such as \"8000\""));
    }
    let first = workload.ports.iter().find(|port| port.tcp);
    first.map(|port| port.private).ok_or_else(|| {
        format!("the label {PROBE} asks for a probe, and no port is known; write the label {PORT}, such as \"8000\"")
    })
}

fn whose(workload: &Workload) -> Labels {
    let identity = &workload.identity;
    Labels::from_pairs([
        (label::SERVICE, identity.service.as_str()),
        (label::PROJECT, &identity.project),
        (label::ENVIRONMENT, &identity.environment),
        (label::HOST, &identity.host),
        (label::CONTAINER, &identity.container),
    ])
}

/// Where the container is: where it is most likely reached, and else at its other addresses.
fn place(workload: &Workload, port: u16, likely: Option<IpAddr>) -> Place {
    match (workload.state, workload.exit_code) {
        (State::Running, _) => {}
        (State::Paused, _) => return Place::Nowhere("the container is paused".to_owned()),
        (_, Some(code)) => {
            return Place::Nowhere(format!("the container does not run; it ended with code {code}"));
        }
        (_, None) => return Place::Nowhere("the container does not run".to_owned()),
    }
    let others = workload.networks.iter().filter_map(|network| network.address);
    let others = others.filter(|address| Some(*address) != likely);
    let addresses: Vec<SocketAddr> =
        likely.into_iter().chain(others).map(|address| (address, port).into()).collect();
    match addresses.is_empty() {
        true => Place::Nowhere("the container has no address in any network".to_owned()),
        false => Place::At(addresses),
    }
}

impl Wish {
    /// The probe that it asks for.
    pub(super) fn spec(&self) -> Result<Spec, String> {
        let Self { labels, container, path, host, port, interval } = self;
        let (url, kind) = match path {
            Some(path) => {
                (format!("http://{container}:{port}{path}"), Kind::Http(Box::new(self.http(path)?)))
            }
            None => {
                let tcp = TcpSpec { host: host.clone(), port: *port, tls: None };
                (format!("tcp://{container}:{port}"), Kind::Tcp(tcp))
            }
        };
        let own = [("job", "probe"), ("instance", &url), ("probe", container)];
        Ok(Spec {
            labels: Labels::from_pairs(labels.iter().chain(own)),
            name: container.clone(),
            interval: *interval,
            timeout: TIMEOUT_MAX.min(*interval),
            expect_within: None,
            kind,
            origin: Origin::Container { name: container.clone() },
            url,
        })
    }

    fn http(&self, path: &str) -> Result<HttpSpec, String> {
        let Self { host, port, .. } = self;
        let url = format!("http://{host}:{port}{path}");
        Ok(HttpSpec {
            method: Method::GET,
            url: url
                .parse()
                .map_err(|_| format!("{url:?} is no address; correct the labels {PROBE} and {HOST}"))?,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            follow_redirects: false,
            expect_status: vec![Statuses::Class(2)],
            expect_body: None,
            reject_body: None,
            tls: Tls::default(),
        })
    }
}
