//! What runs here, and what it has stored.

use web_logic::number::{bytes, count};

use crate::dom::{El, el};
use crate::reactive::derived;
use crate::state::{Shared, shared};

/// Build, engine, stored lines, and what was dropped or masked.
pub(super) fn about() -> El {
    let Shared { session, live, .. } = shared();
    let fact = |name: &str, value: fn(&api::Now) -> String| {
        let value = derived(move || live.now.with(|now| now.as_ref().map(|now| value(now))));
        pair(name, move || value.get().unwrap_or_else(|| "…".to_owned()))
    };
    let facts = el("dl", "facts")
        .add(pair("Porthole", move || session.build.get()))
        .add(fact("Docker engine", |now| match &now.docker.version {
            Some(version) => format!("{version} at {}", now.docker.host),
            None => format!("no answer at {}", now.docker.host),
        }))
        .add(fact("Lines stored since the start", |now| count(now.intake.lines)))
        .add(fact("Disk", |now| bytes(now.intake.disk_bytes)))
        .add(fact("Dropped", |now| listed(&now.intake.dropped)))
        .add(fact("Masked", |now| listed(&now.intake.masked)));
    el("section", "card").add(el("h2", "").text("About")).add(facts)
}

fn pair(name: &str, value: impl Fn() -> String + 'static) -> El {
    el("div", "").add(el("dt", "").text(name)).add(el("dd", "").text_of(value))
}

/// How many of each.
fn listed(counts: &[(String, u64)]) -> String {
    let told = counts.iter().filter(|(_, many)| *many > 0);
    let told: Vec<String> = told.map(|(what, many)| format!("{} {what}", count(*many))).collect();
    if told.is_empty() { "nothing".to_owned() } else { told.join(", ") }
}
