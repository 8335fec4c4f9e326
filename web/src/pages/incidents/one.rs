//! One incident: what broke, how bad it is, why and how sure that is, what to do, what it is put together from, and
//! what stood around its beginning.

use api::{Cause, Certainty, Incident, IncidentPage, IncidentPart, Severity};
use web_logic::route::Page;
use web_logic::rows::capitalised;
use web_logic::rows::services::Which;
use web_logic::time::{self, Range};
use web_logic::told;

use super::super::now::step;
use super::super::services::charts;
use super::super::things::{follow, name_window};
use super::evidence;
use crate::browser;
use crate::charts::Company;
use crate::components::{Sign, notice};
use crate::dom::{El, el, sign, switch};
use crate::reactive::{derived, effect};
use crate::state::{Fetched, Shared, shared};

const WAITING: usize = 0;
const FAILED: usize = 1;
const KNOWN: usize = 2;

pub(super) fn incident(id: String) -> El {
    let Shared { client, view, history, .. } = shared();
    let answer: Fetched<IncidentPage> = Fetched::new();
    let path = format!("incidents/{}", String::from(js_sys::encode_uri_component(&id)));
    follow(move || answer.ask(client.get(path.clone())));
    // The page looks at the incident's time, unless the address names another.
    let mut is_framed = history.search().contains("from=");
    effect(move || {
        let Some(page) = answer.get() else { return };
        if !std::mem::replace(&mut is_framed, true) {
            view.adjust(|state| state.range = Range::between(page.start, page.end));
        }
    });
    let case = move || match (answer.is_known(), answer.failure()) {
        (true, _) => KNOWN,
        (false, Some(_)) => FAILED,
        (false, None) => WAITING,
    };
    let draw = move |case| match case {
        KNOWN => known(answer),
        FAILED => {
            let words = answer.failure().map(|failure| failure.to_string()).unwrap_or_default();
            el("div", "things").add(back()).add(notice("critical", &words))
        }
        _ => el("div", "things").attr("aria-hidden", "true").each((0..5).map(|_| el("div", "skeleton-line"))),
    };
    switch(case, Box::new(draw), usize::MAX)
}

fn back() -> El {
    let Shared { view, .. } = shared();
    el("a", "service-back")
        .attr_of("href", move || Some(view.href(Page::Incidents)))
        .add(sign(Sign::Left))
        .text("Incidents")
}

fn known(answer: Fetched<IncidentPage>) -> El {
    let company = Company::new();
    if let Some(page) = answer.get() {
        name_window(&page.incident.what);
    }
    let incident = derived(move || answer.get().map(|page| page.incident.clone()).unwrap_or_default());
    let evidenced = derived(move || answer.get().map(|page| page.evidence.clone()).unwrap_or_default());
    let drawn = derived(move || answer.get().map(|page| page.charts.clone()).unwrap_or_default());
    el("div", "things incident-page")
        .add(el("div", "host").children_of(move || incident.with(head)))
        .add(
            el("div", "incident-columns")
                .add(el("div", "incident-main").children_of(move || incident.with(answers)))
                .add(el("div", "incident-side").children_of(move || incident.with(|one| vec![parts(one)]))),
        )
        .add(charts(drawn, company))
        .add(el("div", "host").children_of(move || evidenced.with(|found| vec![evidence(found)])))
}

fn head(incident: &Incident) -> Vec<El> {
    let Shared { view, toast, .. } = shared();
    let clock = view.clock();
    let is_over = incident.ended.is_some();
    let tone = if is_over { "over" } else { told::tone(incident.severity).class() };
    let word = if is_over { "over" } else { told::severity(incident.severity) };
    let which = Which::of(&incident.environment, &incident.project, &incident.service);
    let service = el("a", "")
        .attr_of("href", move || Some(view.state.with(|state| which.href(state))))
        .text(&incident.service);
    let copied = incident.clone();
    let copy = el("button", "button")
        .attr("type", "button")
        .add(sign(Sign::Copy))
        .text("Copy summary")
        .click(move || toast.copy(told::markdown(&copied, &browser::origin(), view.clock()), "Summary"));
    vec![
        back(),
        el("header", &format!("incident-title incident-{tone}"))
            .add(el("span", "incident-severity").text(word))
            .add(el("h1", "").attr("tabindex", "-1").text(&capitalised(&told::times(&incident.what, clock))))
            .add(copy),
        el("p", "incident-where").add(service).text(&format!(" · {}", told::lasting(incident, clock))),
    ]
}

fn answers(incident: &Incident) -> Vec<El> {
    let Shared { view, .. } = shared();
    let clock = view.clock();
    let block = |title: &str| el("section", "card").add(el("h2", "").text(title));
    let mut blocks = Vec::new();
    if !incident.how_bad.text.is_empty() {
        let words = told::times(&incident.how_bad.text, clock);
        let tone = if incident.severity >= Severity::High && incident.ended.is_none() {
            "incident-grave"
        } else {
            ""
        };
        blocks.push(block("How bad is it").add(el("p", tone).text(&words)));
    }
    blocks.push(match &incident.cause {
        Some(cause) => block(told::cause(cause.certainty)).each(why(cause)),
        None => block("Cause").add(el("p", "hint").text("Nothing that was measured tells why.")),
    });
    if !incident.do_now.is_empty() {
        let steps = incident.do_now.iter().map(|one| el("li", "").add(step(one)));
        blocks.push(block("What to do now").add(el("ol", "incident-steps").each(steps)));
    }
    blocks
}

fn why(cause: &Cause) -> Vec<El> {
    let Shared { view, .. } = shared();
    let clock = view.clock();
    let sure = match cause.certainty {
        Certainty::Certain => "It was seen.",
        Certainty::Likely => "More than one thing points to it.",
        Certainty::Possible => "It came before; that is all that is known.",
    };
    let proof = |text: &str, href: &str| {
        let words = told::times(text, clock);
        let words = match href {
            "" => el("span", "").text(&words),
            href => el("a", "").attr("href", href).text(&words),
        };
        el("li", "").add(words)
    };
    let proofs = cause.evidence.iter().map(|one| proof(&one.text, &one.href));
    vec![
        el("p", "").text(&told::times(&cause.text, clock)).text(" ").add(el("span", "hint").text(sure)),
        el("ul", "plain").each(proofs),
    ]
}

/// What it is put together from, oldest first.
fn parts(incident: &Incident) -> El {
    let Shared { view, .. } = shared();
    let clock = view.clock();
    let part = |part: &IncidentPart| {
        let words = told::times(&part.text, clock);
        let words = match part.href.as_str() {
            "" => el("span", "").text(&words),
            href => el("a", "").attr("href", href).text(&words),
        };
        let other = (!part.service.is_empty() && part.service != incident.service)
            .then(|| el("b", "").text(&format!("{} ", part.service)));
        let over = (!part.on).then(|| el("span", "hint").text(" · over"));
        el("li", "incident-part")
            .add(
                el("time", "change-time")
                    .attr("title", &time::full(part.at, clock.zone))
                    .text(&time::time_of_day(part.at, clock.zone, false)),
            )
            .add(el("span", "tag").text(told::part(part.kind)))
            .add(el("span", "part-text").each(other).add(words).each(over))
    };
    el("section", "card")
        .add(el("h2", "").text("What happened"))
        .add(el("ol", "parts").each(incident.parts.iter().map(part)))
}
