//! `/containers/json`

use axum::Json;
use axum::extract::State;
use model::Timestamp;
use serde_json::{Value, json};

use super::Api;
use super::fault::Fault;
use super::filters::Filters;
use super::inspect::networks;
use super::parameters::Parameters;
use crate::engine::{self, Container};

const FILTERS: [&str; 7] = ["id", "name", "status", "label", "health", "network", "ancestor"];

pub(super) async fn list(State(api): State<Api>, parameters: Parameters) -> Result<Json<Value>, Fault> {
    let filters = Filters::read(&parameters, &FILTERS)?;
    let limit = parameters.text("limit").and_then(|limit| limit.parse().ok()).filter(|limit| *limit > 0);
    // As in dockerd, asking for a status or for the last few is asking for all.
    let all = parameters.flag("all") || limit.is_some() || !filters.pass("status", |_| false);
    let listed = api.engine.read(|memory| {
        let chosen = memory
            .containers
            .iter()
            .filter(|container| (all || container.is_running()) && passes(&filters, container));
        chosen.take(limit.unwrap_or(usize::MAX)).map(|one| entry(one, memory.now)).collect()
    });
    Ok(Json(Value::Array(listed)))
}

fn passes(filters: &Filters, container: &Container) -> bool {
    let spec = &container.spec;
    filters.pass("id", |id| container.id.starts_with(id))
        && filters.pass("name", |name| container.name.contains(name.trim_matches(['^', '$', '/'])))
        && filters.pass("status", |status| container.state.word() == status)
        && filters.pass("health", |health| health == container.health.map_or("none", engine::Health::word))
        && filters.pass("network", |network| network == super::inspect::NETWORK)
        && filters.pass("ancestor", |image| image == spec.image || image == spec.image_id)
        && filters.pass_labels(&spec.labels)
}

fn entry(container: &Container, now: Timestamp) -> Value {
    let spec = &container.spec;
    let ports = spec.ports.iter().map(|(private, public)| match public {
        Some(public) => {
            json!({ "IP": "0.0.0.0", "PrivatePort": private, "PublicPort": public, "Type": "tcp" })
        }
        None => json!({ "PrivatePort": private, "Type": "tcp" }),
    });
    json!({
        "Id": container.id,
        "Names": [format!("/{}", container.name)],
        "Image": spec.image,
        "ImageID": spec.image_id,
        "Command": spec.command.join(" "),
        "Created": container.created.seconds(),
        "Ports": ports.collect::<Vec<_>>(),
        "Labels": spec.labels,
        "State": container.state.word(),
        "Status": status(container, now),
        "HostConfig": { "NetworkMode": super::inspect::NETWORK },
        "NetworkSettings": { "Networks": networks(container) },
        "Mounts": [],
    })
}

/// `Up 3 hours (healthy)`, `Exited (137) 2 minutes ago`
fn status(container: &Container, now: Timestamp) -> String {
    let ago = |at: Option<Timestamp>| roughly(now.since(at.unwrap_or(now)).as_secs());
    match container.state {
        engine::State::Created => "Created".to_owned(),
        engine::State::Exited => {
            format!("Exited ({}) {} ago", container.exit_code, ago(container.finished))
        }
        engine::State::Restarting => {
            format!("Restarting ({}) {} ago", container.exit_code, ago(container.finished))
        }
        engine::State::Running => match container.health {
            None => format!("Up {}", ago(container.started)),
            Some(engine::Health::Starting) => format!("Up {} (health: starting)", ago(container.started)),
            Some(health) => format!("Up {} ({})", ago(container.started), health.word()),
        },
    }
}

fn roughly(seconds: u64) -> String {
    match seconds {
        0 => "Less than a second".to_owned(),
        1 => "1 second".to_owned(),
        2..60 => format!("{seconds} seconds"),
        60..120 => "About a minute".to_owned(),
        120..3600 => format!("{} minutes", seconds / 60),
        3600..7200 => "About an hour".to_owned(),
        7200..172_800 => format!("{} hours", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}
