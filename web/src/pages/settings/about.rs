//! What runs here, and what it has stored.

use leptos::prelude::*;
use web_logic::number::{bytes, count};

use crate::reactive::derived;
use crate::state::{Shared, shared};

/// Build, engine, stored lines, and what was dropped or masked.
#[component]
pub(super) fn About() -> impl IntoView {
    let Shared { session, live, .. } = shared();
    let fact = move |name: &'static str, value: fn(&api::Now) -> String| {
        let value = derived(move || live.now.with(|now| now.as_ref().map(|now| value(now))));
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{move || value.get().unwrap_or_else(|| "…".to_owned())}</dd>
            </div>
        }
    };
    view! {
        <section class="card">
            <h2>"About"</h2>
            <dl class="facts">
                <div>
                    <dt>"Porthole"</dt>
                    <dd>{move || session.build.get()}</dd>
                </div>
                {fact("Docker engine", |now| match &now.docker.version {
                    Some(version) => format!("{version} at {}", now.docker.host),
                    None => format!("no answer at {}", now.docker.host),
                })}
                {fact("Lines stored since the start", |now| count(now.intake.lines))}
                {fact("Disk", |now| bytes(now.intake.disk_bytes))}
                {fact("Dropped", |now| listed(&now.intake.dropped))}
                {fact("Masked", |now| listed(&now.intake.masked))}
            </dl>
        </section>
    }
}

/// How many of each.
fn listed(counts: &[(String, u64)]) -> String {
    let told = counts.iter().filter(|(_, many)| *many > 0);
    let told: Vec<String> = told.map(|(what, many)| format!("{} {what}", count(*many))).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}
