//! Now: one sentence on what is wrong, then how each service does.

mod docker_notice;
mod first_run;
mod group;
mod state_mark;
mod tile;
mod verdict_block;

use std::sync::Arc;

use api::Now;
use leptos::prelude::*;

use crate::components::Notice;
use crate::reactive::{Derived, When, derived, each};
use crate::state::{Shared, shared};

use docker_notice::DockerNotice;
pub(crate) use first_run::FirstRun;
use group::Groups;
use verdict_block::VerdictBlock;

/// The page.
#[component]
pub(crate) fn NowPage() -> impl IntoView {
    let Shared { live, .. } = shared();
    let is_known = derived(move || live.now.with(Option::is_some));
    let now = derived(move || live.now.get().unwrap_or_default());
    let has_services = derived(move || now.with(|now| !now.services.is_empty()));
    let has_lines = derived(move || now.with(|now| now.intake.newest.is_some()));
    view! {
        <h1 class="visually-hidden" tabindex="-1">
            "Now"
        </h1>
        <When when=move || is_known.get() fallback=Waiting>
            <div class="now">
                <When when=move || has_services.get() || has_lines.get()>
                    <VerdictBlock now />
                </When>
                <DockerNotice now />
                <When when=move || has_services.get() fallback=move || view! { <FirstRun now /> }>
                    <Groups now />
                </When>
                <Unreadable now />
            </div>
        </When>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="now" aria-hidden="true">
            <div class="skeleton-line skeleton-wide"></div>
            <div class="skeleton-tiles">{each(0..6, |_| view! { <div></div> })}</div>
        </div>
    }
}

/// Containers whose logs cannot be read, and why.
#[component]
fn Unreadable(now: Derived<Arc<Now>>) -> impl IntoView {
    let unreadable = derived(move || now.with(|now| now.docker.unreadable.clone()));
    view! {
        <When when=move || unreadable.with(|unreadable| !unreadable.is_empty())>
            <Notice tone="info">
                <b>"Logs of these containers cannot be read"</b>
                <ul class="plain">
                    {move || {
                        let line = |fault: api::Fault| view! { <li><code>{fault.subject}</code>" "{fault.message}</li> };
                        each(unreadable.get(), line)
                    }}
                </ul>
            </Notice>
        </When>
    }
}
