//! What is sent to Porthole and what it sends: projects with their DSNs, and the ways to rules and receivers.

use api::ProjectRow;

use crate::components::{Sign, notice};
use crate::dom::{El, el, icon_button, sign, table, when};
use crate::state::{Fetched, Shared, shared};

/// Projects and their DSNs.
pub(super) fn projects() -> El {
    let Shared { client, .. } = shared();
    let answer: Fetched<Vec<ProjectRow>> = Fetched::new();
    answer.ask(client.get("projects".to_owned()));
    let rows = move || answer.get().map(|all| all.iter().map(project).collect()).unwrap_or_default();
    let is_empty = move || answer.get().is_some_and(|all| all.is_empty());
    let failures =
        move || answer.failure().iter().map(|failure| notice("critical", &failure.to_string())).collect();
    el("section", "card")
        .add(el("h2", "").text("Projects and their DSNs"))
        .add(
            el("p", "hint")
                .text("What the Sentry SDK of each program is given; nothing else in it has to change."),
        )
        .add(el("div", "host").children_of(failures))
        .add(when(is_empty, || el("p", "hint").text("There is none yet.")))
        .add(table(&["Project", "Service", "DSN", "Copy"], rows).class_of("gone", is_empty))
        .add(el("p", "").add(way("/projects", Sign::Issues, "All of the projects")))
}

fn project(row: &ProjectRow) -> El {
    let Shared { toast, .. } = shared();
    let dsn = row.dsn.clone();
    let copy = icon_button(Sign::Copy, &format!("Copy the DSN of {}", row.slug))
        .click(move || toast.copy(dsn.clone(), "DSN"));
    let name = el("a", "").attr("href", &format!("/projects/{}", row.id)).text(&row.slug);
    el("tr", "")
        .add(el("th", "").attr("scope", "row").add(name))
        .add(el("td", "").text(&row.service))
        .add(el("td", "setting-dsn").add(el("code", "").text(&row.dsn)))
        .add(el("td", "table-end").add(copy))
}

fn way(href: &str, picture: Sign, words: &str) -> El {
    el("a", "button").attr("href", href).add(sign(picture)).text(words)
}

/// The ways to what alerts are made of.
pub(super) fn alerting() -> El {
    let ways = el("p", "evidence-links")
        .add(way("/receivers", Sign::Exit, "Receivers"))
        .add(way("/rules", Sign::Metrics, "Rules"))
        .add(way("/silences", Sign::Minus, "Silences"))
        .add(way("/checklist", Sign::Check, "Checklist"));
    el("section", "card")
        .add(el("h2", "").text("Alerts"))
        .add(el("p", "hint").text("Who is told of what, how each message went, and a test of every way."))
        .add(ways)
}
