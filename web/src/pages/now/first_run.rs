//! Nothing to show yet: what feeds this page, how far it has come, and what to paste.

use std::sync::Arc;

use api::{DockerState, Now};
use web_logic::number::plural;

use super::super::things::snippet;
use crate::browser;
use crate::components::Sign;
use crate::dom::{El, el, sign};
use crate::reactive::Derived;

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
pub(crate) fn first_run(now: Derived<Arc<Now>>) -> El {
    let lines = move || now.with(|now| now.intake.lines);
    let stored = move || match lines() {
        0 => "The first line arrives".to_owned(),
        lines => format!("{} stored", plural(lines, "line")),
    };
    let is_connected = move || now.with(|now| now.docker.state == DockerState::Connected);
    let steps = move || {
        vec![
            step(is_connected(), now.with(|now| engine(now))),
            step(false, "A container runs".to_owned()),
            step(lines() > 0, stored()),
        ]
    };
    let settings = el("a", "").attr("href", "/settings").text("Settings");
    el("section", "first-run")
        .add(el("h2", "").text("Nothing to watch yet"))
        .add(el("p", "").text(
            "Porthole finds every container of the Docker engine by itself and collects what it writes to stdout and \
             stderr. Nothing has to be changed in your application.",
        ))
        .add(el("ul", "steps").children_of(steps))
        .add(el("h3", "").text("Beside your application’s compose file"))
        .add(snippet(COMPOSE, "Compose snippet"))
        .add(el("h3", "").text("Or send lines over the Loki API"))
        .add(
            el("p", "")
                .text("Promtail, Alloy, Fluent Bit, Vector and the Docker driver work unchanged. A token for them is made in ")
                .add(settings)
                .text("."),
        )
        .add(snippet(&push_snippet(), "Command"))
}

fn engine(now: &Now) -> String {
    let host = &now.docker.host;
    match (now.docker.state, &now.docker.version) {
        (DockerState::Connected, Some(version)) => format!("The Docker engine answers (version {version})"),
        (DockerState::Connected, None) => "The Docker engine answers".to_owned(),
        (DockerState::Connecting, _) => format!("Asking the Docker engine at {host}"),
        (DockerState::Away, _) => format!("The Docker engine at {host} does not answer yet"),
    }
}

fn push_snippet() -> String {
    let origin = browser::origin();
    format!(
        "curl -H 'Authorization: Bearer <token>' -H 'Content-Type: application/json' \\\n  {origin}/loki/api/v1/push \\\n  -d \"{{\\\"streams\\\":[{{\\\"stream\\\":{{\\\"service\\\":\\\"hello\\\"}},\\\"values\\\":[[\\\"$(date +%s%N)\\\",\\\"first line\\\"]]}}]}}\"\n"
    )
}

fn step(done: bool, words: String) -> El {
    let mark = el("span", "step-mark").attr("aria-hidden", "true").each(done.then(|| sign(Sign::Check)));
    el("li", "step")
        .class_if("step-done", done)
        .add(mark)
        .text(&words)
        .add(el("span", "visually-hidden").text(if done { " (done)" } else { " (waiting)" }))
}
