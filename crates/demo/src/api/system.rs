//! `/_ping`, `/version`, `/info`.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::version::{NEWEST, OLDEST, text};
use super::{Api, fault::Fault};
use crate::engine;

const SERVER_VERSION: &str = "27.3.1";

pub(super) async fn ping() -> impl IntoResponse {
    let headers = [
        ("Api-Version", text(NEWEST)),
        ("Builder-Version", "2".to_owned()),
        ("Cache-Control", "no-cache, no-store, must-revalidate".to_owned()),
        ("Docker-Experimental", "false".to_owned()),
        ("Ostype", "linux".to_owned()),
        ("Server", format!("Docker/{SERVER_VERSION} (linux)")),
    ];
    (headers, "OK")
}

pub(super) async fn version() -> Json<Value> {
    let details = json!({
        "ApiVersion": text(NEWEST), "Arch": "amd64", "BuildTime": "2024-09-20T11:41:11.000000000+00:00",
        "Experimental": "false", "GitCommit": "41ca978", "GoVersion": "go1.22.7",
        "KernelVersion": "6.1.0-26-amd64", "MinAPIVersion": text(OLDEST), "Os": "linux",
    });
    Json(json!({
        "Platform": { "Name": "Docker Engine - Community" },
        "Components": [{ "Name": "Engine", "Version": SERVER_VERSION, "Details": details }],
        "Version": SERVER_VERSION,
        "ApiVersion": text(NEWEST),
        "MinAPIVersion": text(OLDEST),
        "GitCommit": "41ca978",
        "GoVersion": "go1.22.7",
        "Os": "linux",
        "Arch": "amd64",
        "KernelVersion": "6.1.0-26-amd64",
        "BuildTime": "2024-09-20T11:41:11.000000000+00:00",
    }))
}

pub(super) async fn info(State(api): State<Api>) -> Result<Json<Value>, Fault> {
    let count = |state: Option<engine::State>| {
        api.engine.read(|memory| {
            let counted = memory.containers.iter().filter(|one| state.is_none_or(|state| one.state == state));
            counted.count()
        })
    };
    let now = api.engine.read(|memory| memory.now.to_string());
    Ok(Json(json!({
        "ID": "6b8f2d0e-demo-4a1c-9d57-0d5a4c1f7e22",
        "Containers": count(None),
        "ContainersRunning": count(Some(engine::State::Running)),
        "ContainersPaused": 0,
        "ContainersStopped": count(Some(engine::State::Exited)),
        "Images": 9,
        "Driver": "overlay2",
        "DriverStatus": [["Backing Filesystem", "extfs"], ["Supports d_type", "true"]],
        "Plugins": {
            "Volume": ["local"], "Network": ["bridge", "host", "none"], "Authorization": null,
            "Log": ["json-file", "local", "none", "syslog"],
        },
        "MemoryLimit": true,
        "SwapLimit": true,
        "OomKillDisable": false,
        "LoggingDriver": "json-file",
        "CgroupDriver": "systemd",
        "CgroupVersion": "2",
        "SystemTime": now,
        "KernelVersion": "6.1.0-26-amd64",
        "OperatingSystem": "Debian GNU/Linux 12 (bookworm)",
        "OSVersion": "12",
        "OSType": "linux",
        "Architecture": "x86_64",
        "NCPU": 4,
        "MemTotal": 8_326_483_968_u64,
        "DockerRootDir": "/var/lib/docker",
        "Name": "shop-1",
        "Labels": [],
        "ExperimentalBuild": false,
        "ServerVersion": SERVER_VERSION,
        "Runtimes": { "runc": { "path": "runc" } },
        "DefaultRuntime": "runc",
        "Swarm": { "NodeID": "", "LocalNodeState": "inactive", "ControlAvailable": false },
        "LiveRestoreEnabled": false,
        "SecurityOptions": ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
        "Warnings": null,
    })))
}
