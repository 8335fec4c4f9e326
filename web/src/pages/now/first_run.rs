//! Nothing to show yet: what feeds this page, how far it has come, and what to paste.

use std::sync::Arc;

use api::{DockerState, Now};
use leptos::prelude::*;
use web_logic::number::plural;

use crate::browser;
use crate::components::{CopyButton, Sign, icon};
use crate::reactive::{Derived, When};

const COMPOSE: &str = "\
services:
  porthole:
    image: porthole
    ports:
      - \"4100:4100\"
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
      - porthole-data:/data
    restart: unless-stopped

volumes:
  porthole-data:
";

/// Nothing to show yet.
#[component]
pub(crate) fn FirstRun(now: Derived<Arc<Now>>) -> impl IntoView {
    let answers = move || now.with(|now| now.docker.state == DockerState::Connected);
    let lines = move || now.with(|now| now.intake.lines);
    let engine = move || {
        now.with(|now| match (now.docker.state, &now.docker.version) {
            (DockerState::Connected, Some(version)) => {
                format!("The Docker engine answers (version {version})")
            }
            (DockerState::Connected, None) => "The Docker engine answers".to_owned(),
            (DockerState::Connecting, _) => format!("Asking the Docker engine at {}", now.docker.host),
            (DockerState::Away, _) => format!("The Docker engine at {} does not answer yet", now.docker.host),
        })
    };
    let stored = move || match lines() {
        0 => "The first line arrives".to_owned(),
        lines => format!("{} stored", plural(lines, "line")),
    };
    view! {
        <section class="first-run">
            <h2>"Nothing to watch yet"</h2>
            <p>
                "Porthole finds every container of the Docker engine by itself and collects what it writes to stdout and stderr. Nothing has to be changed in your application."
            </p>
            <ul class="steps">
                <Step done=Signal::derive(answers) text=Signal::derive(engine) />
                <Step done=Signal::derive(|| false) text=Signal::derive(|| "A container runs".to_owned()) />
                <Step done=Signal::derive(move || lines() > 0) text=Signal::derive(stored) />
            </ul>
            <h3>"Beside your application’s compose file"</h3>
            <Snippet text=COMPOSE.to_owned() what="Compose snippet" />
            <h3>"Or send lines over the Loki API"</h3>
            <p>"Promtail, Alloy, Fluent Bit, Vector and the Docker driver work unchanged. A token for them is made in " <a href="/settings">"Settings"</a> "."</p>
            <Snippet text=push_snippet() what="Command" />
        </section>
    }
}

fn push_snippet() -> String {
    let origin = browser::origin();
    format!(
        "curl -H 'Authorization: Bearer <token>' -H 'Content-Type: application/json' \\\n  {origin}/loki/api/v1/push \\\n  -d \"{{\\\"streams\\\":[{{\\\"stream\\\":{{\\\"service\\\":\\\"hello\\\"}},\\\"values\\\":[[\\\"$(date +%s%N)\\\",\\\"first line\\\"]]}}]}}\"\n"
    )
}

#[component]
fn Step(done: Signal<bool>, text: Signal<String>) -> impl IntoView {
    view! {
        <li class="step" class:step-done=move || done.get()>
            <span class="step-mark" aria-hidden="true">
                <When when=move || done.get()>
                    {icon(Sign::Check)}
                </When>
            </span>
            {move || text.get()}
            <span class="visually-hidden">{move || if done.get() { " (done)" } else { " (waiting)" }}</span>
        </li>
    }
}

#[component]
fn Snippet(text: String, what: &'static str) -> impl IntoView {
    let copied = text.clone();
    view! {
        <div class="snippet-block">
            <pre class="snippet">{text}</pre>
            <CopyButton text=Signal::derive(move || copied.clone()) what label="Copy" />
        </div>
    }
}
