//! What a service is doing: a mark, a word, a colour only where it needs someone.

use api::{HealthState, RunState};
use leptos::prelude::*;
use web_logic::rows::services::of_container;

/// The word and the end of the class.
pub(super) fn words(state: RunState, health: HealthState) -> (&'static str, &'static str) {
    let (tone, word) = of_container(state, health);
    (word, tone.class())
}

/// A mark and a word.
#[component]
pub(super) fn StateMark(state: RunState, health: HealthState) -> impl IntoView {
    let (tone, word) = of_container(state, health);
    view! {
        <span class=format!("state state-{}", tone.class())>
            <span aria-hidden="true">{tone.mark()}</span>
            {word}
        </span>
    }
}
