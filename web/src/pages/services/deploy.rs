//! One deploy: what was better or worse after it than before.

use api::{DeployNumber, DeployPage, DeployPattern, EvidenceIssue, Millis, Severity};
use web_logic::choice::Choice;
use web_logic::number::plural;
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::services::Which;
use web_logic::unit::written;
use web_logic::view::ViewState;
use web_logic::{time, told};

use super::super::now::step;
use super::super::things::{follow, name_window};
use super::lanes::Asks;
use crate::components::{Sign, notice};
use crate::dom::{El, el, sign, table, when};
use crate::state::{Fetched, Shared, shared};

/// The page; `at`: when, 0: the last one.
pub(super) fn deploy(which: Which, at: Millis) -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<DeployPage> = Fetched::new();
    name_window(&format!("Deploy of {}", which.service));
    let asked = which.clone();
    follow(move || answer.ask(client.get(asked.asks("deploy", at, 0))));
    let back = which.clone();
    let back = el("a", "service-back")
        .attr_of("href", move || Some(view.state.with(|state| back.href(state))))
        .add(sign(Sign::Left))
        .text(&which.service);
    let failures = move || {
        answer.failure().map(|failure| notice("critical", &failure.to_string())).into_iter().collect()
    };
    let waiting =
        || el("div", "host").attr("aria-hidden", "true").each((0..5).map(|_| el("div", "skeleton-line")));
    el("div", "things")
        .add(back)
        .add(el("div", "host").children_of(failures))
        .add(when(move || !answer.is_known() && answer.failure().is_none(), waiting))
        .add(
            el("div", "deploy")
                .children_of(move || answer.get().map(|page| known(&page)).unwrap_or_default()),
        )
}

fn known(page: &DeployPage) -> Vec<El> {
    let Shared { view, .. } = shared();
    let clock = view.clock();
    let tone = match page.severity {
        Some(severity) => told::tone(severity),
        None => Tone::Good,
    };
    let image = if page.before.is_empty() {
        page.image.clone()
    } else {
        format!("{} in place of {}", page.image, page.before)
    };
    let verdict = el("p", &format!("state state-{}", tone.class()))
        .attr("role", "status")
        .add(el("span", "").attr("aria-hidden", "true").text(tone.mark()))
        .text(&told::times(&page.verdict, clock));
    let head = el("header", "things-head")
        .add(el("h1", "").attr("tabindex", "-1").text(&format!("Deploy of {}", page.service)))
        .add(el("span", "hint").text(&format!("{} · {image}", time::day_and_time(page.at, clock))));
    let mut blocks = vec![head, verdict, numbers(page)];
    if !page.do_now.is_empty() && page.severity.is_some_and(|severity| severity > Severity::Low) {
        let steps = page.do_now.iter().map(|one| el("li", "").add(step(one)));
        blocks.push(block("What to do now").add(el("ol", "incident-steps").each(steps)));
    }
    if !page.issues.is_empty() {
        blocks.push(
            block("Errors that were not there before")
                .add(el("ul", "plain").each(page.issues.iter().map(issue))),
        );
    }
    if !page.patterns.is_empty() {
        let one = |found: &DeployPattern| pattern(found, page);
        blocks.push(
            block("Lines that were not there before")
                .add(el("ul", "plain").each(page.patterns.iter().map(one))),
        );
    }
    blocks
}

fn block(title: &str) -> El {
    el("section", "card").add(el("h2", "").text(title))
}

fn numbers(page: &DeployPage) -> El {
    let all = page.numbers.clone();
    let rows = move || all.iter().map(number).collect();
    let span = time::length(page.span);
    block(&format!("{span} before and {span} after")).add(table(&["", "Before", "After", "Turn"], rows))
}

fn number(number: &DeployNumber) -> El {
    let value =
        |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| written(value, &number.unit));
    let turn = match (number.worse, number.before, number.after) {
        (true, ..) => "worse",
        (false, Some(_), Some(_)) => "no worse",
        _ => "",
    };
    el("tr", "")
        .add(el("th", "").attr("scope", "row").text(&number.name))
        .add(el("td", "").text(&value(number.before)))
        .add(el("td", "").text(&value(number.after)))
        .add(el("td", "").class_if("tile-bad", number.worse).text(turn))
}

fn issue(issue: &EvidenceIssue) -> El {
    let told = format!("{} · {}", plural(issue.events, "event"), plural(issue.users, "user"));
    el("li", "")
        .add(el("a", "").attr("href", &issue.href).text(&issue.title))
        .text(" ")
        .add(el("span", "hint").text(&format!("{} · {told}", issue.culprit)))
}

fn pattern(found: &DeployPattern, page: &DeployPage) -> El {
    let Shared { view, .. } = shared();
    let state = ViewState {
        query: found.query.clone(),
        services: Choice::default(),
        ..view.state.with_untracked(|state| state.carried_to(Page::Logs))
    };
    let range = time::Range::between(page.at - page.span, page.at + page.span);
    let href = ViewState { range, ..state }.on(Page::Logs.path());
    el("li", "")
        .add(el("a", "evidence-text").attr("href", &href).text(&found.example))
        .text(" ")
        .add(el("span", "hint").text(&plural(found.lines, "line")))
}
