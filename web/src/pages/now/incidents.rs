//! Incidents in short: what broke, how bad it is, why, and what to do first.

use api::{Incident, Step};
use web_logic::number::plural;
use web_logic::rows::capitalised;
use web_logic::told;
use web_logic::view::ViewState;

use super::Known;
use crate::components::Sign;
use crate::dom::{El, Keyed, el, icon_button};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// More are folded away: who has so many looks at the first ones first.
const SHOWN_MAX: usize = 5;

/// The open incidents, the worst first.
pub(super) fn incidents(known: Known) -> El {
    let Shared { view, .. } = shared();
    let all = derived(move || {
        let admitted = |incident: &Incident| view.state.with(|state| admits(state, incident));
        known.situation.with(|situation| {
            let all = situation.iter().flat_map(|situation| &situation.incidents);
            all.filter(|incident| admitted(incident)).cloned().collect::<Vec<_>>()
        })
    });
    let first = move || list(all, 0..SHOWN_MAX);
    let rest = derived(move || all.with(|all| all.len().saturating_sub(SHOWN_MAX)));
    let more = move || {
        if rest.get() == 0 {
            return Vec::new();
        }
        let words = format!("{} more", plural(rest.get() as u64, "incident"));
        let folded = el("div", "incidents").keyed(move || list(all, SHOWN_MAX..usize::MAX));
        vec![el("details", "").add(el("summary", "").text(&words)).add(folded)]
    };
    let is_empty = move || all.with(Vec::is_empty);
    el("section", "incidents-block")
        .attr("aria-label", "Incidents")
        .class_of("gone", is_empty)
        .add(el("div", "incidents").keyed(first))
        .add(el("div", "host").children_of(more))
}

fn admits(state: &ViewState, incident: &Incident) -> bool {
    let environment = state.environment.as_ref().is_none_or(|one| *one == incident.environment);
    environment && (incident.service.is_empty() || state.services.admits(&incident.service))
}

/// Cards stay in the document for as long as their incident is among these.
fn list(all: Derived<Vec<Incident>>, which: std::ops::Range<usize>) -> Vec<Keyed> {
    let card = |incident: &Incident| -> Keyed {
        let id = incident.id.clone();
        (id.clone(), Box::new(move || card_of(all, id)))
    };
    all.with(|all| {
        let (from, to) = (which.start.min(all.len()), which.end.min(all.len()));
        all[from..to].iter().map(card).collect()
    })
}

/// Drawn anew when anything of the incident is another.
fn card_of(all: Derived<Vec<Incident>>, id: String) -> El {
    let one = derived(move || all.with(|all| all.iter().find(|one| one.id == id).cloned()));
    el("div", "host").children_of(move || one.with(|one| one.iter().map(incident_card).collect()))
}

/// An incident in short; its heading leads to all of it.
pub(crate) fn incident_card(incident: &Incident) -> El {
    let Shared { view, ticker, .. } = shared();
    let clock = view.clock();
    let tone = if incident.ended.is_some() { "over" } else { told::tone(incident.severity).class() };
    let href = format!("/incidents/{}", incident.id);
    let title = el("a", "").attr("href", &href).text(&capitalised(&told::times(&incident.what, clock)));
    let (lasting, service) = (incident.clone(), incident.service.clone());
    let place = move || {
        let clock = web_logic::time::Clock { now: ticker.now(), ..view.clock() };
        format!("{service} · {}", told::lasting(&lasting, clock))
    };
    let word = if incident.ended.is_some() { "over" } else { told::severity(incident.severity) };
    let head = el("header", "incident-head")
        .add(el("span", "incident-severity").text(word))
        .add(el("h2", "").add(title))
        .add(el("span", "incident-place").text_of(place));
    let line = |name: &str, body: El| el("p", "incident-line").add(el("b", "").text(name)).add(body);
    let text = |text: &str| el("span", "").text(&told::times(text, clock));
    let mut lines = Vec::new();
    if !incident.how_bad.text.is_empty() {
        lines.push(line("How bad", text(&incident.how_bad.text)));
    }
    if let Some(cause) = &incident.cause {
        lines.push(line(told::cause(cause.certainty), text(&cause.text)));
    }
    if let Some(first) = incident.do_now.first().filter(|_| incident.ended.is_none()) {
        lines.push(el("div", "incident-line").add(el("b", "").text("Do now")).add(step(first)));
    }
    el("article", &format!("incident incident-{tone}")).add(head).each(lines)
}

/// One thing to do: words, a link or a command.
pub(crate) fn step(step: &Step) -> El {
    let Shared { view, .. } = shared();
    let words = told::times(&step.text, view.clock());
    let words = match step.href.as_str() {
        "" => el("span", "").text(&words),
        href => el("a", "").attr("href", href).text(&words),
    };
    let command = (!step.command.is_empty()).then(|| command(&step.command));
    el("span", "step-now").add(words).each(command)
}

/// A command with a button that copies it.
fn command(text: &str) -> El {
    let Shared { toast, .. } = shared();
    let copied = text.to_owned();
    let copy =
        icon_button(Sign::Copy, "Copy the command").click(move || toast.copy(copied.clone(), "Command"));
    el("span", "command").add(el("code", "").text(text)).add(copy)
}
