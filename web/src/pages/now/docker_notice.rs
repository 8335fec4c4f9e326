//! How the Docker engine does, where that is worth a word.

use std::sync::Arc;

use api::{DockerState, Now};
use leptos::prelude::*;
use web_logic::time;

use crate::components::Notice;
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// Says that the engine does not answer, why, and what to do.
#[component]
pub(super) fn DockerNotice(now: Derived<Arc<Now>>) -> impl IntoView {
    let Shared { view, .. } = shared();
    let docker = derived(move || now.with(|now| now.docker.clone()));
    view! {
        {move || {
            let docker = docker.get();
            if docker.state != DockerState::Away {
                return ().into_any();
            }
            let since = time::since(docker.since, view.clock());
            let problem = docker.problem.unwrap_or_else(|| "It is asked again every few seconds.".to_owned());
            view! {
                <Notice tone="warning">
                    <b>"The Docker engine at " <code>{docker.host}</code> " does not answer " {since} "."</b>
                    <p>{problem}</p>
                </Notice>
            }
                .into_any()
        }}
    }
}
