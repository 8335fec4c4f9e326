//! Where containers are reached from here, and how they are found by name.

use std::net::{IpAddr, Ipv4Addr};

use model::{State, Workload};

use crate::here;

/// Where Porthole runs: on the machine itself, or in which container.
#[derive(Clone, Debug, Default)]
pub(crate) struct Here {
    id: Option<String>,
}

impl Here {
    /// Looks at this process.
    pub(crate) fn look() -> Self {
        Self { id: here::container_id() }
    }

    /// As if this process ran in the container of this id.
    #[cfg(test)]
    pub(crate) fn at(id: Option<String>) -> Self {
        Self { id }
    }

    fn own<'w>(&self, workloads: &'w [Workload]) -> Option<&'w Workload> {
        here::own(self.id.as_deref(), workloads)
    }

    /// The address of a container that is most likely reached: in a network that Porthole is in too, else in any. A
    /// container without a network of its own is this machine, if Porthole has none of its own either.
    pub(crate) fn address(&self, workload: &Workload, workloads: &[Workload]) -> Option<IpAddr> {
        let own = self.own(workloads);
        let is_shared =
            |name: &str| own.is_some_and(|own| own.networks.iter().any(|network| network.name == name));
        let reached = |shared: bool| {
            let mut networks = workload.networks.iter();
            networks.find(|network| network.address.is_some() && (!shared || is_shared(&network.name)))
        };
        let found = reached(true).or_else(|| reached(false)).and_then(|network| network.address);
        let is_near = is_of_the_machine(workload) && own.is_none_or(is_of_the_machine);
        found.or(is_near.then_some(IpAddr::V4(Ipv4Addr::LOCALHOST)))
    }

    /// Whether Porthole is a container that shares no network with this one.
    pub(crate) fn is_apart(&self, workload: &Workload, workloads: &[Workload]) -> bool {
        let Some(own) = self.own(workloads) else { return false };
        let is_shared = |name: &str| own.networks.iter().any(|network| network.name == name);
        // From the machine all networks of its engine are reached.
        !is_of_the_machine(own) && !workload.networks.iter().any(|network| is_shared(&network.name))
    }

    /// The running containers of this name, which is a service's, a container's, or one that networks know: those of
    /// Porthole's own project if there are any, else of all.
    pub(crate) fn named<'w>(&self, name: &str, workloads: &'w [Workload]) -> Vec<&'w Workload> {
        let is_named = |workload: &&Workload| {
            let identity = &workload.identity;
            let mut aliases = workload.networks.iter().flat_map(|network| &network.aliases);
            identity.service == name || identity.container == name || aliases.any(|alias| alias == name)
        };
        let found: Vec<&Workload> =
            workloads.iter().filter(|workload| workload.state == State::Running).filter(is_named).collect();
        let own = self.own(workloads).map(|own| &own.identity.project);
        let near: Vec<&Workload> =
            found.iter().copied().filter(|workload| Some(&workload.identity.project) == own).collect();
        if near.is_empty() { found } else { near }
    }

    /// The addresses of a name.
    pub(crate) fn addresses(&self, name: &str, workloads: &[Workload]) -> Vec<IpAddr> {
        let named = self.named(name, workloads);
        named.into_iter().filter_map(|workload| self.address(workload, workloads)).collect()
    }
}

/// Whether a container has no network of its own, but that of the machine.
fn is_of_the_machine(workload: &Workload) -> bool {
    workload.networks.iter().any(|network| network.name == "host")
}
