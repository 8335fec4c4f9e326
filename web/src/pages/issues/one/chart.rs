//! What an issue did: how often, to how many, since when and which release; and when, as a chart.

use std::sync::Arc;

use api::{Issue, Millis};
use web_logic::flags::telling;
use web_logic::number::{compact, count};
use web_logic::plot::Named;
use web_logic::route::Page;
use web_logic::time::{ago, full};
use web_logic::view::ViewState;

use super::One;
use crate::charts::{Company, Lines, line_chart};
use crate::dom::{El, el};
use crate::reactive::effect;
use crate::state::{Shared, shared};

pub(super) fn impact(one: One) -> El {
    let company = Company::new();
    effect(move || {
        if let Some(issue) = one.issue.get() {
            company.marks.put(telling(issue.marks.clone()));
        }
    });
    let counts = move || {
        let issue = one.issue.get();
        let issue = issue.filter(|issue| issue.step > 0);
        issue
            .map(|issue| Named::counts("events", &issue.row.spark, issue.start, issue.step))
            .unwrap_or_default()
    };
    let lines = Lines::new(counts, String::new);
    let figures = move || one.issue.get().map(figures).unwrap_or_default();
    el("section", "issue-impact")
        .attr("aria-label", "How often, to how many, since when")
        .add(el("dl", "stats").children_of(figures))
        .add(el("div", "issue-chart").add(line_chart(lines, company)))
}

fn figures(issue: Arc<Issue>) -> Vec<El> {
    let row = &issue.row;
    let ever = match row.events == issue.events_ever {
        true => "ever".to_owned(),
        false => format!("{} ever", count(issue.events_ever)),
    };
    let users = if row.users == 0 { "none told" } else { "ever" };
    vec![
        stat("Events", compact(row.events), el("span", "hint").text(&ever)),
        stat("Users", compact(row.users), el("span", "hint").text(users)),
        seen("Last seen", row.last_seen, &row.release),
        seen("First seen", row.first_seen, &issue.first_release),
    ]
}

fn stat(name: &str, figure: String, note: El) -> El {
    el("div", "stat").add(el("dt", "").text(name)).add(el("dd", "").add(el("b", "").text(&figure)).add(note))
}

fn seen(name: &str, at: Millis, release: &str) -> El {
    let Shared { view, ticker, .. } = shared();
    let note = if release.is_empty() { el("span", "hint") } else { release_link(release) };
    let time = el("b", "")
        .attr_of("title", move || Some(full(at, view.clock().zone)))
        .text_of(move || ago(at, ticker.now()));
    el("div", "stat").add(el("dt", "").text(name)).add(el("dd", "").add(time).add(note))
}

/// The page of a release.
pub(in super::super) fn release_link(release: &str) -> El {
    let Shared { view, .. } = shared();
    let path = format!("{}/{}", Page::Releases.path(), String::from(js_sys::encode_uri_component(release)));
    let href = move || {
        let state = view.state.with(|state| ViewState { project: None, ..state.carried_to(Page::Releases) });
        Some(state.on(&path))
    };
    el("a", "issue-release").attr_of("href", href).attr("title", release).text(release)
}
