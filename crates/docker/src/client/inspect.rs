//! The parts of the engine's JSON that are used. Everything is optional, as engines leave things out or say
//! null; what is not there takes its empty value where it is read.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `GET /containers/<id>/json`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Inspect {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) created: Option<String>,
    /// The program: the first word of the entrypoint, or of the command where there is none.
    pub(crate) path: String,
    /// Its arguments.
    pub(crate) args: Option<Vec<String>>,
    /// The image's digest.
    pub(crate) image: String,
    pub(crate) restart_count: Option<u64>,
    pub(crate) state: InspectState,
    pub(crate) config: ContainerConfig,
    pub(crate) host_config: HostConfig,
    pub(crate) network_settings: NetworkSettings,
}

/// `State`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct InspectState {
    pub(crate) status: String,
    #[serde(rename = "OOMKilled")]
    pub(crate) oom_killed: bool,
    pub(crate) exit_code: Option<i64>,
    pub(crate) started_at: Option<String>,
    pub(crate) finished_at: Option<String>,
    pub(crate) health: Option<InspectHealth>,
}

/// `State.Health`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct InspectHealth {
    pub(crate) status: String,
}

/// `Config`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ContainerConfig {
    pub(crate) tty: bool,
    /// The image's name.
    pub(crate) image: String,
    pub(crate) labels: Option<BTreeMap<String, String>>,
    pub(crate) exposed_ports: Option<BTreeMap<String, serde::de::IgnoredAny>>,
    /// `NAME=value`
    pub(crate) env: Option<Vec<String>>,
}

/// `HostConfig`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct HostConfig {
    pub(crate) log_config: LogConfig,
    /// `default`, `host`, a network, `container:<id>`
    pub(crate) network_mode: String,
}

/// `HostConfig.LogConfig`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct LogConfig {
    #[serde(rename = "Type")]
    pub(crate) driver: String,
}

/// `NetworkSettings`, of a container and (with networks only) of a line of the list.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct NetworkSettings {
    pub(crate) networks: Option<BTreeMap<String, Option<EndpointSettings>>>,
    pub(crate) ports: Option<BTreeMap<String, Option<Vec<PortBinding>>>>,
}

/// One attachment to a network.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct EndpointSettings {
    #[serde(rename = "IPAddress")]
    pub(crate) ip_address: String,
    #[serde(rename = "GlobalIPv6Address")]
    pub(crate) global_ipv6_address: String,
    pub(crate) aliases: Option<Vec<String>>,
    /// From API 1.45 on: every name that the network's DNS answers to.
    #[serde(rename = "DNSNames")]
    pub(crate) dns_names: Option<Vec<String>>,
}

/// Where a port is published.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct PortBinding {
    pub(crate) host_port: String,
}

/// One line of `GET /containers/json`. It changes whenever a fresh [`Inspect`] may tell something new.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Summary {
    pub(crate) id: String,
    pub(crate) names: Option<Vec<String>>,
    pub(crate) state: String,
    /// `Up 3 minutes (healthy)`: it grows older with every look, so it takes no part in comparisons; see
    /// [`Summary::settle`].
    pub(crate) status: String,
    pub(crate) network_settings: Option<NetworkSettings>,
}

impl Summary {
    /// Keeps of `status` only what does not change by itself: the health in its brackets.
    pub(crate) fn settle(&mut self) {
        let health = self.status.rfind('(').filter(|_| self.state == "running");
        self.status = health.map_or(String::new(), |at| self.status[at..].to_owned());
    }
}
