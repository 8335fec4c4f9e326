//! Beside the event: who and what it happens to, what was done about it, and why these events are one issue.

use std::sync::Arc;

use api::{Activity, ActivityKind, GroupedBy, Issue, MergedHash, TagFacet, TagValue};
use wasm_bindgen::JsCast;
use web_logic::issues::query::toggled;
use web_logic::issues::words::activity;
use web_logic::number::compact;
use web_logic::time::{ago, full};
use web_sys::{Event, HtmlTextAreaElement};

use super::super::deeds::Deeds;
use super::super::list_href;
use super::super::parts::{fold, section, summary};
use super::One;
use crate::dom::{El, button, el};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// So many values of a tag are seen at once.
const VALUES: usize = 4;
/// So many tags are.
const TAGS: usize = 8;

pub(super) fn side(one: One, deeds: Deeds) -> El {
    let facets = derived(move || one.issue.get().map(|issue| shares(&issue.facets)).unwrap_or_default());
    let happened = derived(move || one.issue.get().map(|issue| issue.activity.clone()).unwrap_or_default());
    let merged = derived(move || one.issue.get().map(|issue| issue.merged.clone()).unwrap_or_default());
    let why = derived(move || one.issue.get().map(|issue: Arc<Issue>| issue.why.clone()).unwrap_or_default());
    el("aside", "issue-side")
        .add(el("div", "host").children_of(move || facets.with(|facets| tags(facets))))
        .add(
            section("Activity").add(comment(one, deeds)).add(
                el("ol", "issue-activity")
                    .children_of(move || happened.with(|all| all.iter().map(entry).collect())),
            ),
        )
        .add(el("div", "host").children_of(move || why.with(grouped)))
        .add(parts(one, merged, deeds))
        .add(deeds.delete())
}

fn tags(facets: &[TagFacet]) -> Vec<El> {
    if facets.is_empty() {
        return Vec::new();
    }
    let (first, rest) = facets.split_at(facets.len().min(TAGS));
    let tags = section("Tags").each(first.iter().map(facet));
    if rest.is_empty() {
        return vec![tags];
    }
    let more = fold("issue-fold", summary("More tags", rest.len()), false);
    vec![tags.add(more.each(rest.iter().map(facet)))]
}

/// Values and their shares in percent: those stay the same from look to look, and with them what is unfolded.
fn shares(facets: &[TagFacet]) -> Vec<TagFacet> {
    let one = |facet: &TagFacet| {
        let all = facet.events.max(1);
        let value = |of: &TagValue| TagValue {
            value: of.value.clone(),
            events: (of.events * 100 + all / 2) / all,
            last_seen: 0,
        };
        TagFacet { name: facet.name.clone(), events: 100, values: facet.values.iter().map(value).collect() }
    };
    facets.iter().map(one).collect()
}

fn facet(facet: &TagFacet) -> El {
    let (first, rest) = facet.values.split_at(facet.values.len().min(VALUES));
    let one = |of: &TagValue| value(facet, of);
    let values = el("div", "issue-facet")
        .add(el("h3", "").text(&facet.name))
        .add(el("ul", "").each(first.iter().map(one)));
    if rest.is_empty() {
        return values;
    }
    let more = fold("issue-fold", summary("More values", rest.len()), false);
    values.add(more.add(el("ul", "").each(rest.iter().map(one))))
}

/// A value and its share; it leads to the issues that have it.
fn value(facet: &TagFacet, value: &TagValue) -> El {
    let Shared { view, .. } = shared();
    let share = if value.events == 0 { "< 1 %".to_owned() } else { format!("{} %", value.events) };
    let (name, text) = (facet.name.clone(), value.value.clone());
    let bar = el("span", "issue-share").attr("aria-hidden", "true");
    let _ = bar.html().style().set_property("width", &format!("{}%", value.events));
    let link = el("a", "")
        .attr("title", &format!("Issues with {}: {}", facet.name, value.value))
        .attr_of("href", move || {
            Some(view.state.with(|state| list_href(state, &toggled("is:unresolved", &name, &text))))
        })
        .add(bar)
        .add(el("span", "issue-value").text(if value.value.is_empty() { "(empty)" } else { &value.value }))
        .add(el("b", "").text(&share));
    el("li", "").add(link)
}

fn entry(one: &Activity) -> El {
    let Shared { view, ticker, .. } = shared();
    let at = one.at;
    let who = if one.by.is_empty() { "It" } else { &one.by };
    let when = el("time", "hint")
        .attr_of("title", move || Some(full(at, view.clock().zone)))
        .text_of(move || ago(at, ticker.now()));
    let head = el("div", "").add(el("b", "").text(who)).text(" ");
    if one.kind == ActivityKind::Comment {
        return el("li", "")
            .add(head.text("said ").add(when))
            .add(el("p", "issue-comment").text(&activity(one)));
    }
    el("li", "").add(head.text(&activity(one)).text(" ").add(when))
}

fn comment(one: One, deeds: Deeds) -> El {
    let field = el("textarea", "input issue-write")
        .attr("rows", "2")
        .attr("maxlength", "4000")
        .attr("placeholder", "What is known, what was tried")
        .attr("aria-label", "Comment");
    let area: HtmlTextAreaElement = field.element().clone().unchecked_into();
    let send = move |event: Event| {
        event.prevent_default();
        let text = area.value().trim().to_owned();
        if !text.is_empty() {
            area.set_value("");
            deeds.ask(shared().client.comment_issue(one.id, &text), "Said.");
        }
    };
    let submit = el("button", "button").attr("type", "submit").text("Comment");
    el("form", "issue-form").add(field).add(submit).on("submit", send)
}

/// Why these events are one issue.
fn grouped(why: &GroupedBy) -> Vec<El> {
    if why.variant.is_empty() {
        return Vec::new();
    }
    let part = |part: &api::GroupPart| {
        let item = el("li", if part.used { "" } else { "things-quiet" })
            .attr("title", if part.used { "It counts" } else { "It does not count" })
            .add(el("span", "").attr("aria-hidden", "true").text(if part.used { "● " } else { "○ " }))
            .add(el("code", "").text(&part.what));
        if part.hint.is_empty() {
            item
        } else {
            item.add(el("span", "hint").text(&format!(" {}", part.hint)))
        }
    };
    let told = fold("issue-fold issue-why", summary(&format!("Why grouped: by {}", why.variant), 0), false)
        .add(el("ul", "").each(why.parts.iter().map(part)))
        .add(el("p", "hint").text(&format!("Rules {}", why.version)));
    vec![told]
}

/// What became one issue, and can become several again.
fn parts(one: One, merged: Derived<Vec<MergedHash>>, deeds: Deeds) -> El {
    let part = move |part: &MergedHash| {
        let hash = part.hash.clone();
        let title = if part.title.is_empty() { &part.hash } else { &part.title };
        let apart = move || {
            deeds.ask(shared().client.unmerge_issue(one.id, &hash), "It is an issue of its own again.");
        };
        el("li", "")
            .add(el("span", "issue-value").attr("title", &part.hash).text(title))
            .add(el("b", "").text(&compact(part.events)))
            .add(button("button", "Take out").click(apart))
    };
    let list =
        el("ul", "issue-merged").children_of(move || merged.with(|all| all.iter().map(part).collect()));
    fold("issue-fold", summary("Parts that were merged", 0), false)
        .class_of("gone", move || merged.with(Vec::len) < 2)
        .add(list)
}
