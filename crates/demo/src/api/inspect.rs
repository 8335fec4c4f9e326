//! `/containers/{id}/json`

use axum::Json;
use axum::extract::{Path, State};
use model::Timestamp;
use serde_json::{Map, Value, json};

use super::Api;
use super::fault::Fault;
use crate::engine::{self, Container};

/// The network that compose makes for the project.
pub(super) const NETWORK: &str = "shop_default";
/// How dockerd writes the time of what has not happened.
const NEVER: &str = "0001-01-01T00:00:00Z";

pub(super) async fn inspect(
    State(api): State<Api>,
    Path(reference): Path<String>,
) -> Result<Json<Value>, Fault> {
    let details = api.engine.read(|memory| memory.find(&reference).map(details));
    details.map(Json).ok_or_else(|| Fault::no_container(&reference))
}

fn details(container: &Container) -> Value {
    let Container { id, spec, .. } = container;
    let folder = format!("/var/lib/docker/containers/{id}");
    json!({
        "Id": id,
        "Created": container.created.to_string(),
        "Path": spec.command.first(),
        "Args": spec.command.get(1..).unwrap_or_default(),
        "State": state(container),
        "Image": spec.image_id,
        "ResolvConfPath": format!("{folder}/resolv.conf"),
        "HostnamePath": format!("{folder}/hostname"),
        "HostsPath": format!("{folder}/hosts"),
        "LogPath": format!("{folder}/{id}-json.log"),
        "Name": format!("/{}", container.name),
        "RestartCount": container.restarts,
        "Driver": "overlay2",
        "Platform": "linux",
        "MountLabel": "",
        "ProcessLabel": "",
        "AppArmorProfile": "docker-default",
        "ExecIDs": null,
        "HostConfig": {
            "LogConfig": { "Type": "json-file", "Config": { "max-size": "2m" } },
            "NetworkMode": NETWORK,
            "RestartPolicy": { "Name": spec.restart_policy, "MaximumRetryCount": 0 },
            "AutoRemove": false,
            "Privileged": false,
            "Memory": spec.memory_bytes_max,
        },
        "Mounts": [],
        "Config": config(container),
        "NetworkSettings": {
            "Ports": ports(container),
            "Networks": networks(container),
        },
    })
}

fn state(container: &Container) -> Value {
    let time = |at: Option<Timestamp>| at.map_or(NEVER.to_owned(), |at| at.to_string());
    let running = container.is_running();
    let restarting = container.state == engine::State::Restarting;
    let mut state = json!({
        "Status": container.state.word(),
        // A container that waits for its restart counts as running.
        "Running": running || restarting,
        "Paused": false,
        "Restarting": restarting,
        "OOMKilled": container.oom_killed,
        "Dead": false,
        "Pid": if running { 4000 + container.run } else { 0 },
        "ExitCode": container.exit_code,
        "Error": "",
        "StartedAt": time(container.started),
        "FinishedAt": time(container.finished),
    });
    if let (Some(health), Some(state)) = (container.health, state.as_object_mut()) {
        state.insert("Health".to_owned(), health_details(container, health));
    }
    state
}

fn health_details(container: &Container, health: engine::Health) -> Value {
    let failed = container.failing_streak > 0;
    let last = container.probed.map(|at| {
        let output = if failed { "curl: (22) The requested URL returned error: 503" } else { "" };
        json!({ "Start": at.to_string(), "End": at.to_string(), "ExitCode": u8::from(failed), "Output": output })
    });
    json!({
        "Status": health.word(),
        "FailingStreak": container.failing_streak,
        "Log": last.into_iter().collect::<Vec<_>>(),
    })
}

fn config(container: &Container) -> Value {
    let spec = &container.spec;
    let exposed = spec.ports.iter().map(|(private, _)| (format!("{private}/tcp"), json!({})));
    let mut config = json!({
        "Hostname": container.id[..12],
        "Domainname": "",
        "User": "",
        "AttachStdin": false,
        "AttachStdout": true,
        "AttachStderr": true,
        "ExposedPorts": exposed.collect::<Map<_, _>>(),
        "Tty": spec.tty,
        "OpenStdin": spec.tty,
        "StdinOnce": false,
        "Env": spec.environment,
        "Cmd": spec.command,
        "Image": spec.image,
        "Volumes": null,
        "WorkingDir": "/app",
        "Entrypoint": null,
        "Labels": spec.labels,
    });
    if let (Some(check), Some(config)) = (&spec.healthcheck, config.as_object_mut()) {
        let nanos = u64::try_from(check.interval.as_nanos()).unwrap_or(u64::MAX);
        let test = ["CMD-SHELL", check.command];
        let check = json!({ "Test": test, "Interval": nanos, "Timeout": 5_000_000_000_u64, "Retries": check.retries });
        config.insert("Healthcheck".to_owned(), check);
    }
    config
}

fn ports(container: &Container) -> Value {
    let bindings = container.spec.ports.iter().map(|(private, public)| {
        let hosts = public.map(|public| json!([{ "HostIp": "0.0.0.0", "HostPort": public.to_string() }]));
        (format!("{private}/tcp"), hosts.unwrap_or(Value::Null))
    });
    Value::Object(bindings.collect())
}

/// The one network of the project, with an address while the container runs.
pub(super) fn networks(container: &Container) -> Value {
    let spec = &container.spec;
    let running = container.is_running();
    let [a, b, c, d] = spec.address.octets();
    json!({ NETWORK: {
        "IPAMConfig": null,
        "Links": null,
        "Aliases": [container.name, spec.service],
        "DNSNames": [container.name, spec.service, container.id[..12]],
        "MacAddress": if running { format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}") } else { String::new() },
        "NetworkID": "5e0f2a6d1b7c4983a6f10b2e9d8c7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b2c1d0e",
        "EndpointID": if running { container.id.as_str() } else { "" },
        "Gateway": if running { "127.20.0.1" } else { "" },
        "IPAddress": if running { spec.address.to_string() } else { String::new() },
        "IPPrefixLen": if running { 16 } else { 0 },
        "IPv6Gateway": "",
        "GlobalIPv6Address": "",
        "GlobalIPv6PrefixLen": 0,
        "DriverOpts": null,
    }})
}
