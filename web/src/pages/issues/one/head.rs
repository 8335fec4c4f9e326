//! What an issue is called, how it does, and what can be done with it.

use std::rc::Rc;

use api::{Issue, IssueStatus};
use web_logic::issues::words::{level, standing};
use web_logic::route::Page;

use super::super::deeds::Deeds;
use super::super::parts::{tag, toned};
use super::One;
use crate::components::Sign;
use crate::dom::{El, el, sign, switch};
use crate::reactive::derived;
use crate::state::{Shared, shared};

pub(super) fn head(one: One, deeds: Deeds) -> El {
    let Shared { view, .. } = shared();
    let back = el("a", "service-back")
        .attr_of("href", move || Some(view.state.with(|state| state.on(Page::Issues.path()))))
        .add(sign(Sign::Left))
        .text("Issues");
    let marks = move || one.issue.get().map(|issue| marks(&issue)).unwrap_or_default();
    let title = move || one.issue.get().map(|issue| issue.row.title.clone()).unwrap_or_default();
    let message = move || one.issue.get().map(|issue| issue.row.message.clone()).unwrap_or_default();
    let culprit = move || one.issue.get().map(|issue| issue.row.culprit.clone()).unwrap_or_default();
    el("header", "issue-top")
        .add(
            el("div", "things-head")
                .add(back)
                .add(el("span", "host").attr("role", "status").children_of(marks))
                .add(actions(one, deeds)),
        )
        .add(el("h1", "").attr("tabindex", "-1").text_of(title))
        .add(el("p", "issue-message").text_of(message))
        .add(el("p", "issue-where hint").text_of(culprit))
}

fn marks(issue: &Issue) -> Vec<El> {
    let row = &issue.row;
    let mut marks = vec![el("b", "").text(&row.short_id), toned(standing(row)), tag(&row.project)];
    if row.level != "error" {
        marks.push(tag(&row.level).attr("class", &format!("tag state-{}", level(&row.level).class())));
    }
    if row.unhandled {
        marks.push(tag("unhandled").attr("title", "The program did not catch it"));
    }
    if !issue.condition.is_empty() {
        marks.push(el("span", "hint").text(&issue.condition));
    }
    marks
}

fn actions(one: One, deeds: Deeds) -> El {
    let row = move || one.issue.get().map(|issue| issue.row.clone());
    let status = derived(move || row().map(|row| row.status));
    let case = move || match status.get() {
        None => 0,
        Some(IssueStatus::Unresolved) => 1,
        Some(_) => 2,
    };
    let draw = move |case| {
        let host = el("span", "host");
        if case == 1 { host.add(deeds.resolve()).add(deeds.archive()) } else { host.add(deeds.unresolve()) }
    };
    let people = move || one.issue.get().map(|issue| issue.people.clone()).unwrap_or_default();
    let whose = move || {
        let whose = row().map(|row| row.assignee).filter(|whose| !whose.is_empty());
        whose.unwrap_or_else(|| "Assign".to_owned())
    };
    el("div", "service-links")
        .add(switch(case, Box::new(draw), 0))
        .add(deeds.assign(Rc::new(people), Rc::new(whose)))
}
