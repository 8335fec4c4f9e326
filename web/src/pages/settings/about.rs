//! What runs here, and what it has stored.

use leptos::prelude::*;
use web_logic::number::{bytes, count};

use crate::reactive::derived;
use crate::state::{Shared, shared};

/// Build, engine, stored lines, and what was dropped.
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
                {fact("Dropped", |now| {
                    let dropped: Vec<String> = now
                        .intake
                        .dropped
                        .iter()
                        .filter(|(_, lines)| *lines > 0)
                        .map(|(reason, lines)| format!("{} {reason}", count(*lines)))
                        .collect();
                    if dropped.is_empty() { "nothing".to_owned() } else { dropped.join(", ") }
                })}
            </dl>
        </section>
    }
}
