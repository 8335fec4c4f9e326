//! Addresses of names: containers' own names, services and aliases first, then the system's.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use model::{Network, State, Workload};
use tokio::sync::watch;

/// Looks names up. What is found is not kept: containers come and go.
#[derive(Clone)]
pub(crate) struct Names {
    workloads: watch::Receiver<Arc<[Workload]>>,
    /// The container that Porthole runs in.
    own: Option<Arc<str>>,
}

impl Names {
    pub(crate) fn new(workloads: watch::Receiver<Arc<[Workload]>>, own: Option<&str>) -> Self {
        Self { workloads, own: own.map(Into::into) }
    }

    /// All addresses of `name`.
    pub(crate) async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let known = containers(name, &self.workloads.borrow(), self.own.as_deref());
        if !known.is_empty() {
            return Ok(known);
        }
        let found = tokio::net::lookup_host((name, 0)).await;
        let found = found.map_err(|error| {
            io::Error::new(error.kind(), format!("the name {name} is not known ({error})"))
        })?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// The containers that are meant by `name`: the one of this name; else those that are called so in a network that Porthole
/// is in; else those of its own project. What several projects call so means none of them.
fn containers(name: &str, workloads: &[Workload], own: Option<&str>) -> Vec<IpAddr> {
    let running =
        || workloads.iter().filter(|workload| workload.state == State::Running && !workload.stopping);
    let own = workloads.iter().find(|workload| Some(workload.id.as_str()) == own);
    let shares =
        |network: &Network| own.is_some_and(|own| own.networks.iter().any(|mine| mine.name == network.name));
    if let Some(workload) = running().find(|workload| workload.identity.container == name) {
        let near = workload.networks.iter().filter(|network| shares(network));
        let all = near.chain(&workload.networks);
        return all.filter_map(|network| network.address).take(1).collect();
    }
    let called: Vec<(&Workload, &Network)> = running()
        .flat_map(|workload| workload.networks.iter().map(move |network| (workload, network)))
        .filter(|(workload, network)| network.address.is_some() && calls(workload, network, name))
        .collect();
    let near: Vec<_> = called.iter().filter(|(_, network)| shares(network)).copied().collect();
    let meant = if near.is_empty() { called } else { near };
    let home = own.map(|own| &own.identity.project);
    let of_home: Vec<_> =
        meant.iter().filter(|(workload, _)| Some(&workload.identity.project) == home).copied().collect();
    let meant = if of_home.is_empty() { meant } else { of_home };
    let projects: BTreeSet<&str> =
        meant.iter().map(|(workload, _)| workload.identity.project.as_str()).collect();
    let mut seen = BTreeSet::new();
    let each = meant.iter().filter(|(workload, _)| projects.len() == 1 && seen.insert(&workload.id));
    each.filter_map(|(_, network)| network.address).collect()
}

fn calls(workload: &Workload, network: &Network, name: &str) -> bool {
    let compose = workload.labels.get("com.docker.compose.service");
    compose.is_some_and(|service| service == name) || network.aliases.iter().any(|alias| alias == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::container;

    fn workload(name: &str, project: &str, last: u8) -> Workload {
        let mut workload = container(name, ([10, 0, 0, last], 80).into(), &[]);
        workload.identity.project = project.to_owned();
        workload.networks[0].name = format!("{project}_default");
        workload
    }

    #[test]
    fn a_name_means_the_nearest_containers_and_never_a_strangers() {
        let all = [
            workload("shop-web-1", "shop", 1),
            workload("shop-web-2", "shop", 2),
            workload("staging-web-1", "staging", 3),
            workload("porthole", "shop", 9),
        ];
        let check = |name: &str, own: Option<&str>, expected: &[u8]| {
            let own = own.map(|own| format!("{own:0>64}"));
            let found = containers(name, &all, own.as_deref());
            let last: Vec<u8> = found
                .iter()
                .map(|address| match address {
                    IpAddr::V4(address) => address.octets()[3],
                    IpAddr::V6(_) => 0,
                })
                .collect();
            assert_eq!(last, expected, "{name}");
        };
        check("staging-web-1", None, &[3]);
        check("web", None, &[]);
        check("web", Some("porthole"), &[1, 2, 9]);
        check("nobody", Some("porthole"), &[]);
    }
}
