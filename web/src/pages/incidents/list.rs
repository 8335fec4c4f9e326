//! All incidents of a time: open ones first.

use api::Incident;
use web_logic::number::plural;

use super::super::now::incident_card;
use super::super::things::follow;
use crate::components::notice;
use crate::dom::{El, el, when};
use crate::reactive::derived;
use crate::state::{Fetched, Shared, shared};

pub(super) fn list() -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<Vec<Incident>> = Fetched::new();
    follow(move || answer.ask(client.get("incidents".to_owned())));
    let shown = derived(move || {
        let range = view.resolved.get();
        let fits = |incident: &&Incident| {
            let in_time =
                incident.since <= range.end && incident.ended.is_none_or(|ended| ended >= range.start);
            in_time && view.state.with(|state| state.services.admits(&incident.service))
        };
        answer.get().map(|all| all.iter().filter(fits).cloned().collect::<Vec<_>>())
    });
    let told = move || {
        let open = shown.with(|all| all.iter().flatten().filter(|one| one.ended.is_none()).count());
        match open {
            0 => "None is open.".to_owned(),
            open => format!("{} open.", plural(open as u64, "incident")),
        }
    };
    let cards = move || shown.with(|all| all.iter().flatten().map(incident_card).collect());
    let failures = move || {
        answer.failure().map(|failure| notice("critical", &failure.to_string())).into_iter().collect()
    };
    let none = || {
        el("section", "empty")
            .add(el("p", "").text("There was no incident in this time."))
            .add(el("p", "hint").text(
                "Incidents are put together by themselves from containers that die, requests that fail, new errors, \
                 queues that grow, probes and alerts. Nothing has to be set up.",
            ))
    };
    let waiting = || {
        el("div", "things-waiting")
            .attr("aria-hidden", "true")
            .each((0..4).map(|_| el("div", "skeleton-line")))
    };
    el("div", "things")
        .add(
            el("header", "things-head")
                .add(el("h1", "").attr("tabindex", "-1").text("Incidents"))
                .add(el("p", "hint").attr("role", "status").text_of(told)),
        )
        .add(el("div", "host").children_of(failures))
        .add(when(move || !answer.is_known() && answer.failure().is_none(), waiting))
        .add(when(move || shown.with(|all| all.as_ref().is_some_and(Vec::is_empty)), none))
        .add(el("div", "incidents").children_of(cards))
}
