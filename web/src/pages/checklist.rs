//! The checklist: what a set-up should have, looked at on live data; what is missing says what to paste where.

use api::{CheckItem, CheckState, Checklist, ServiceChecks};
use web_logic::rows::Tone;

use super::things::{follow, snippet};
use crate::components::notice;
use crate::dom::{El, el, when};
use crate::state::{Fetched, Shared, shared};

/// The page.
pub(crate) fn checklist_page() -> El {
    let Shared { client, .. } = shared();
    let answer: Fetched<Checklist> = Fetched::new();
    follow(move || answer.ask(client.get("checklist".to_owned())));
    let told = move || match answer.get() {
        Some(list) if list.met == list.of => format!("All {} are met.", list.of),
        Some(list) => format!("{} of {} are met.", list.met, list.of),
        None => String::new(),
    };
    let waiting = || {
        el("div", "things-waiting")
            .attr("aria-hidden", "true")
            .each((0..6).map(|_| el("div", "skeleton-line")))
    };
    let failures = move || {
        answer.failure().map(|failure| notice("critical", &failure.to_string())).into_iter().collect()
    };
    let lists = move || answer.get().map(|list| sections(&list)).unwrap_or_default();
    el("div", "things")
        .add(
            el("header", "things-head")
                .add(el("h1", "").attr("tabindex", "-1").text("Checklist"))
                .add(el("p", "hint").attr("role", "status").text_of(told)),
        )
        .add(el("div", "host").children_of(failures))
        .add(when(move || !answer.is_known() && answer.failure().is_none(), waiting))
        .add(el("div", "checklist").children_of(lists))
}

fn sections(list: &Checklist) -> Vec<El> {
    let Shared { view, .. } = shared();
    let admitted = |one: &&ServiceChecks| {
        view.state.with(|state| {
            let environment = state.environment.as_ref().is_none_or(|wanted| *wanted == one.environment);
            environment && state.services.admits(&one.service)
        })
    };
    let whole = (!list.whole.is_empty()).then(|| section("Everything together", "", &list.whole));
    let services = list.services.iter().filter(admitted);
    whole.into_iter().chain(services.map(|one| section(&one.service, &one.project, &one.items))).collect()
}

fn section(title: &str, note: &str, items: &[CheckItem]) -> El {
    let met = items.iter().filter(|item| item.state == CheckState::Met).count();
    let told = el("span", "hint").text(&format!("{note} {met} of {}", items.len()));
    el("section", "card")
        .add(el("h2", "").text(title).text(" ").add(told))
        .add(el("ul", "checks").each(items.iter().map(check)))
}

fn check(item: &CheckItem) -> El {
    let (tone, word) = match item.state {
        CheckState::Met => (Tone::Good, "met"),
        CheckState::Partly => (Tone::Warning, "in part"),
        CheckState::Unmet => (Tone::Critical, "missing"),
        CheckState::Unknown => (Tone::Idle, "not known"),
    };
    let state = el("span", &format!("state state-{}", tone.class()))
        .add(el("span", "").attr("aria-hidden", "true").text(tone.mark()))
        .text(word);
    let line = el("div", "check-line")
        .add(state)
        .add(el("b", "").text(&item.title))
        .add(el("span", "hint").text(&item.seen));
    if item.paste.is_empty() {
        return el("li", "").add(line);
    }
    let summary = el("summary", "").text(&format!("What to write in {}", item.place));
    let paste = el("details", "").add(summary).add(snippet(&item.paste, "Snippet"));
    el("li", "").add(line).add(paste)
}
