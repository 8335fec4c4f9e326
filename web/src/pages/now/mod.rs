//! Now: one sentence on what is wrong, then how each service does.

mod docker_notice;
mod first_run;
mod group;
mod state_mark;
mod tile;
mod verdict_block;

use std::sync::Arc;

use api::Now;
use leptos::prelude::{Get, With};

use crate::components::notice_with;
use crate::dom::{El, el, switch, when};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

use docker_notice::docker_notice;
pub(crate) use first_run::first_run;
use group::groups;
use verdict_block::verdict_block;

/// The page.
pub(crate) fn now_page() -> El {
    let Shared { live, .. } = shared();
    let is_known = derived(move || live.now.with(Option::is_some));
    let now = derived(move || live.now.get().unwrap_or_default());
    let has_services = derived(move || now.with(|now| !now.services.is_empty()));
    let has_lines = derived(move || now.with(|now| now.intake.newest.is_some()));
    let services = move |has: usize| if has == 1 { groups(now) } else { first_run(now) };
    let known = move || {
        el("div", "now")
            .add(when(move || has_services.get() || has_lines.get(), move || verdict_block(now)))
            .add(docker_notice(now))
            .add(switch(move || usize::from(has_services.get()), Box::new(services), usize::MAX))
            .add(unreadable(now))
    };
    let page = move |is_known: usize| if is_known == 1 { known() } else { waiting() };
    el("div", "host").add(el("h1", "visually-hidden").attr("tabindex", "-1").text("Now")).add(switch(
        move || usize::from(is_known.get()),
        Box::new(page),
        usize::MAX,
    ))
}

fn waiting() -> El {
    el("div", "now")
        .attr("aria-hidden", "true")
        .add(el("div", "skeleton-line skeleton-wide"))
        .add(el("div", "skeleton-tiles").add_all((0..6).map(|_| el("div", "")).collect()))
}

/// Containers whose logs cannot be read, and why.
fn unreadable(now: Derived<Arc<Now>>) -> El {
    let unreadable = derived(move || now.with(|now| now.docker.unreadable.clone()));
    el("div", "host").children_of(move || {
        let all = unreadable.get();
        if all.is_empty() {
            return Vec::new();
        }
        let line = |fault: &api::Fault| {
            el("li", "").add(el("code", "").text(&fault.subject)).text(" ").text(&fault.message)
        };
        let list = el("ul", "plain").add_all(all.iter().map(line).collect());
        vec![notice_with("info", "Logs of these containers cannot be read", Some(list))]
    })
}
