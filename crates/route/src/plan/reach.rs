//! Where containers are reached from here, and what state they are in.

use std::net::{IpAddr, Ipv4Addr};

use model::Ordered as _;
use model::{Health, Network, State, Workload};

use super::inputs::Inputs;
use super::service::{Host, ServerState};

/// The name of a container's machine, as Docker lets containers know it.
const MACHINE: &str = "host.docker.internal";

/// The containers, and where among them Porthole is.
pub(super) struct Reach<'a> {
    containers: &'a [Workload],
    own: Option<&'a Workload>,
    network: Option<&'a str>,
}

/// Where a container is reached.
pub(super) struct Located {
    pub(super) host: Host,
    /// What its author should know of it, and what to write instead.
    pub(super) remark: Option<(String, String)>,
}

impl<'a> Reach<'a> {
    pub(super) fn of(inputs: &Inputs<'a>) -> Self {
        Self {
            containers: inputs.containers,
            own: inputs.containers.iter().find(|container| Some(container.id.as_str()) == inputs.own),
            network: inputs.docker.network.as_deref(),
        }
    }

    /// Where `workload` is reached: in the network that its labels name, else in that of the settings, else in one that
    /// Porthole is in too, else in any; where several would do in the first by name.
    pub(super) fn locate(&self, workload: &Workload, named: Option<&str>) -> Located {
        if let Some(name) = named.or(self.network) {
            if let Some(network) = network(workload, name) {
                return self.located_in(workload, network, name);
            }
            let Located { host, remark } = self.locate_anywhere(workload);
            // A network that the settings name for all is not expected of each.
            let missing = || self.missing(workload, name, &host);
            let remark = if named.is_some() { Some(missing()) } else { remark };
            return Located { host, remark };
        }
        self.locate_anywhere(workload)
    }

    fn located_in(&self, workload: &Workload, network: &Network, asked: &str) -> Located {
        let host = network.address.map_or(Host::Nowhere, Host::Address);
        let remark = (network.name != asked).then(|| {
            let what = format!("there is no network `{asked}`; `{}` of this project is taken", network.name);
            (what, format!("write {}", network.name))
        });
        Located { host, remark: remark.or_else(|| self.apart(workload, network)) }
    }

    fn missing(&self, workload: &Workload, name: &str, host: &Host) -> (String, String) {
        let names: Vec<&str> = workload.networks.iter().map(|network| network.name.as_str()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let taken = match host {
            Host::Address(address) => format!("; {address} is taken"),
            Host::Name(_) | Host::Nowhere => String::new(),
        };
        let what = format!("the container is not in the network `{name}`{taken}; its networks: {names}");
        (what, "name one of its networks, or put it into that one".to_owned())
    }

    fn locate_anywhere(&self, workload: &Workload) -> Located {
        if is_of_the_machine(workload) {
            return self.machine();
        }
        let is_shared = |network: &&Network| self.own.is_some_and(|own| own_network(own, &network.name));
        let with_address = || workload.networks.iter().filter(|network| network.address.is_some());
        if let Some(network) = with_address().find(is_shared).or_else(|| with_address().next()) {
            let host = network.address.map_or(Host::Nowhere, Host::Address);
            return Located { host, remark: self.apart(workload, network) };
        }
        let nowhere = || {
            let what = "the container runs, but has no address in any network".to_owned();
            (what, "put it into a network that Porthole is in too".to_owned())
        };
        Located { host: Host::Nowhere, remark: is_up(workload).then(nowhere) }
    }

    /// A container without a network of its own is the machine.
    fn machine(&self) -> Located {
        if self.own.is_none_or(is_of_the_machine) {
            return Located { host: Host::Address(IpAddr::V4(Ipv4Addr::LOCALHOST)), remark: None };
        }
        let what = format!("the container has the machine's own network, which Porthole knows as {MACHINE}");
        let instead = format!("give Porthole extra_hosts: [\"{MACHINE}:host-gateway\"]");
        Located { host: Host::Name(MACHINE.to_owned()), remark: Some((what, instead)) }
    }

    /// What to say where Porthole is a container that is not in this network.
    fn apart(&self, workload: &Workload, network: &Network) -> Option<(String, String)> {
        let own = self.own.filter(|own| !is_of_the_machine(own) && !own_network(own, &network.name))?;
        if !is_up(workload) || own.id == workload.id {
            return None;
        }
        let names: Vec<&str> = own.networks.iter().map(|network| network.name.as_str()).collect();
        let what = format!(
            "Porthole is not in the network `{}`, so that it will hardly reach the container; it is in {}",
            network.name,
            names.join(", ")
        );
        Some((what, "put both into one network".to_owned()))
    }

    /// The containers that others know by this name: the one that is called so, else those of the service, or of an
    /// alias in a network. Of several projects' those that share a network with Porthole are taken, of those that are of
    /// its own project, of those that are of the first project by name.
    pub(super) fn named(&self, name: &str) -> Named<'a> {
        let mut found: Vec<&Workload> =
            self.containers.iter().filter(|workload| is_called(workload, name)).collect();
        prefer(&mut found, |workload| workload.identity.container == name);
        let own = self.own;
        prefer(&mut found, |workload| own.is_some_and(|own| shares_network(own, workload)));
        prefer(&mut found, |workload| {
            own.is_some_and(|own| own.identity.project == workload.identity.project)
        });
        let mut projects: Vec<&str> =
            found.iter().map(|workload| workload.identity.project.as_str()).collect();
        projects.order();
        projects.dedup();
        let Some((first, others)) = projects.split_first() else { return Named::default() };
        found.retain(|workload| workload.identity.project == *first);
        found.order_by(|a, b| (&a.identity.container, &a.id).cmp(&(&b.identity.container, &b.id)));
        Named { containers: found, others: others.to_vec() }
    }
}

/// What a name leads to.
#[derive(Default)]
pub(super) struct Named<'a> {
    /// Of one project, sorted by name.
    pub(super) containers: Vec<&'a Workload>,
    /// The other projects that have the name too.
    pub(super) others: Vec<&'a str>,
}

/// Keeps those that are preferred, if there are any.
fn prefer(found: &mut Vec<&Workload>, is_preferred: impl Fn(&Workload) -> bool) {
    if found.iter().any(|workload| is_preferred(workload)) {
        found.retain(|workload| is_preferred(workload));
    }
}

fn shares_network(own: &Workload, other: &Workload) -> bool {
    other.networks.iter().any(|network| own_network(own, &network.name))
}

fn is_called(workload: &Workload, name: &str) -> bool {
    let identity = &workload.identity;
    let mut aliases = workload.networks.iter().flat_map(|network| &network.aliases);
    let named = identity.service == name || identity.container == name || aliases.any(|alias| alias == name);
    named && !is_one_off(workload)
}

/// Whether it was made by `docker compose run`.
pub(super) fn is_one_off(workload: &Workload) -> bool {
    workload.labels.get("com.docker.compose.oneoff").is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The network of this name, else the one that compose made of it.
fn network<'w>(workload: &'w Workload, name: &str) -> Option<&'w Network> {
    let called = |whole: &str| workload.networks.iter().find(|network| network.name == whole);
    called(name).or_else(|| called(&format!("{}_{name}", workload.identity.project)))
}

fn own_network(own: &Workload, name: &str) -> bool {
    own.networks.iter().any(|network| network.name == name)
}

fn is_of_the_machine(workload: &Workload) -> bool {
    workload.networks.iter().any(|network| network.name == "host")
}

fn is_up(workload: &Workload) -> bool {
    matches!(workload.state, State::Running | State::Paused)
}

/// Whether requests may be sent to a container that is reached at `host`.
pub(super) fn state(workload: &Workload, host: &Host) -> ServerState {
    match (workload.state, workload.health) {
        (State::Created | State::Restarting, _) | (State::Running, Health::Starting) => ServerState::Starting,
        (State::Paused | State::Exited | State::Removing | State::Dead, _) => ServerState::Stopped,
        (State::Running, _) if workload.stopping => ServerState::Stopping,
        (State::Running, Health::Unhealthy) => ServerState::Unhealthy,
        (State::Running, _) if *host == Host::Nowhere => ServerState::Unreachable,
        (State::Running, Health::None | Health::Healthy) => ServerState::Ready,
    }
}

/// Whether somebody stopped it, so that it is not expected to answer: it ended by itself well, or by a signal. One that
/// crashed is expected back.
pub(super) fn is_at_rest(workload: &Workload) -> bool {
    const BY_SIGNAL: [i64; 3] = [130, 137, 143];
    let ended = matches!(workload.state, State::Exited | State::Removing | State::Dead);
    let by_hand = workload.exit_code.is_none_or(|code| code == 0 || BY_SIGNAL.contains(&code));
    ended && by_hand && !workload.oom_killed
}
