//! Containers that live in another's network (`network_mode: service:vpn`): they have no addresses of their own, so the
//! other's are told as theirs.

use std::borrow::Cow;

use model::{Network, Workload};

use super::Fleet;

/// The container in whose network one lives, by id or name: `container:<id>`.
pub(super) fn host(network_mode: &str) -> Option<String> {
    network_mode.strip_prefix("container:").filter(|host| !host.is_empty()).map(str::to_owned)
}

impl Fleet {
    /// The workload with the networks that it is reached in.
    pub(super) fn at_home<'w>(&self, workload: &'w Workload, host: Option<&str>) -> Cow<'w, Workload> {
        let Some(host) = host.and_then(|host| self.called(host)) else { return Cow::Borrowed(workload) };
        // The names in the networks mean the other.
        let unnamed = |network: &Network| Network { aliases: Vec::new(), ..network.clone() };
        let networks = host.networks.iter().map(unnamed).collect();
        Cow::Owned(Workload { networks, ..workload.clone() })
    }

    fn called(&self, name: &str) -> Option<&Workload> {
        let by_id = self.containers.get(name).and_then(|container| container.workload.as_ref());
        by_id.or_else(|| {
            let mut all = self.containers.values().filter_map(|container| container.workload.as_ref());
            all.find(|workload| workload.identity.container == name)
        })
    }
}
