//! What a service is doing: a mark, a word, a colour only where it needs someone.

use api::{HealthState, RunState};
use leptos::prelude::*;

/// The word and the end of the class.
pub(super) fn words(state: RunState, health: HealthState) -> (&'static str, &'static str) {
    match (state, health) {
        (RunState::Failed, _) => ("down", "critical"),
        (RunState::Restarting, _) => ("restarting", "critical"),
        (_, HealthState::Unhealthy) => ("unhealthy", "critical"),
        (RunState::Paused, _) => ("paused", "warning"),
        (RunState::Running, HealthState::Starting) => ("starting", "info"),
        (RunState::Running, HealthState::Healthy) => ("healthy", "ok"),
        (RunState::Running, HealthState::None) => ("running", "ok"),
        (RunState::Finished, _) => ("finished", "muted"),
        (RunState::Created, _) => ("not started", "muted"),
    }
}

/// A mark and a word.
#[component]
pub(super) fn StateMark(state: RunState, health: HealthState) -> impl IntoView {
    let (word, class) = words(state, health);
    let mark = match class {
        "critical" => "✕",
        "warning" => "‖",
        "ok" => "●",
        "info" => "◐",
        _ => "○",
    };
    view! {
        <span class=format!("state state-{class}")>
            <span aria-hidden="true">{mark}</span>
            {word}
        </span>
    }
}
