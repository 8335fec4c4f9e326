//! How the Docker engine does, where that is worth a word.

use std::sync::Arc;

use api::{DockerState, Now};
use web_logic::time;

use crate::components::notice;
use crate::dom::{El, el};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// Says that the engine does not answer, why, and what to do.
pub(super) fn docker_notice(now: Derived<Arc<Now>>) -> El {
    let Shared { view, .. } = shared();
    let docker = derived(move || now.with(|now| now.docker.clone()));
    el("div", "host").children_of(move || {
        let docker = docker.get();
        if docker.state != DockerState::Away {
            return Vec::new();
        }
        let since = time::since(docker.since, view.clock());
        let problem = docker.problem.unwrap_or_else(|| "It is asked again every few seconds.".to_owned());
        let host = docker.host;
        vec![notice("warning", &format!("The Docker engine at {host} does not answer {since}. {problem}"))]
    })
}
