//! What a service is doing: a mark, a word, a colour only where it needs someone.

use api::{HealthState, RunState};
use web_logic::rows::services::of_container;

use crate::dom::{El, el};

/// The word and the end of the class.
pub(super) fn words(state: RunState, health: HealthState) -> (&'static str, &'static str) {
    let (tone, word) = of_container(state, health);
    (word, tone.class())
}

/// A mark and a word.
pub(super) fn state_mark(state: RunState, health: HealthState) -> El {
    let (tone, word) = of_container(state, health);
    el("span", &format!("state state-{}", tone.class()))
        .add(el("span", "").attr("aria-hidden", "true").text(tone.mark()))
        .text(word)
}
