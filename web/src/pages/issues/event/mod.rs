//! One event: the chain of what was thrown with the program's own frames open, what happened before, the lines of its
//! container around it, and all that was sent with it.

mod around;
mod crumbs;
mod facts;
mod frames;
mod thrown;

use std::sync::Arc;

use crate::prelude::*;
use api::Event;
use web_logic::issues::markdown;
use web_logic::issues::words::{number, when};
use web_logic::time::full;

use super::asks::event_path;
use super::href;
use super::one::One;
use super::parts::section;
use crate::browser;
use crate::components::{Sign, notice};
use crate::dom::{El, Keyed, el, icon_button, sign};
use crate::reactive::lingering;
use crate::state::{Shared, shared};

/// The event that is looked at.
pub(super) fn event(one: One) -> El {
    let slow = lingering(move || one.event.is_busy());
    let bar = move || one.event.get().map(|event| vec![bar(one, &event)]).unwrap_or_default();
    let body = move || -> Vec<Keyed> {
        let event = one.event.get();
        let body = |event: Arc<Event>| -> Keyed { (event.id.clone(), Box::new(move || body(one, &event))) };
        event.map(body).into_iter().collect()
    };
    let failure = move || {
        let failure = one.event.failure().map(|failure| notice("warning", &format!("The event: {failure}")));
        failure.into_iter().collect()
    };
    el("section", "event")
        .attr("aria-label", "Event")
        .add(el("div", "host").children_of(bar))
        .add(el("div", "host").children_of(failure))
        .add(el("div", "event-body").class_of("stale", move || slow.get()).keyed(body))
}

/// Which event it is, the ways to others, and taking it elsewhere.
fn bar(one: One, event: &Arc<Event>) -> El {
    let Shared { view, ticker, toast, .. } = shared();
    let at = event.time;
    let told = el("div", "event-which")
        .add(el("b", "").text(&number(event)))
        .add(
            el("time", "hint")
                .attr_of("title", move || Some(full(at, view.clock().zone)))
                .text_of(move || when(at, web_logic::time::Clock { now: ticker.now(), ..view.clock() })),
        )
        .add(el("code", "hint event-id").attr("title", "The event’s id").text(&event.id));
    let way = |picture, words: &'static str, to: Option<String>| {
        let is_there = to.is_some();
        icon_button(picture, words)
            .enabled_of(move || is_there)
            .click(move || one.go(to.as_deref().unwrap_or_default()))
    };
    let oldest = event.previous.as_ref().map(|_| "oldest".to_owned());
    let newest = event.next.as_ref().map(|_| String::new());
    let copied = Arc::clone(event);
    let copy = move || {
        let issue = untrack(|| one.issue.get());
        let short_id = issue.map(|issue| issue.row.short_id.clone()).unwrap_or_default();
        let path = view.state.with_untracked(|state| href(state, one.id, &copied.id));
        toast
            .copy(markdown(&copied, &short_id, &format!("{}{path}", browser::origin())), "Event as Markdown");
    };
    let address = format!("/app/v1/{}", event_path(one.id, &event.id));
    el("div", "event-bar")
        .add(told)
        .add(
            el("div", "event-ways")
                .attr("role", "group")
                .attr("aria-label", "Other events")
                .add(way(Sign::First, "Oldest event", oldest))
                .add(way(Sign::Left, "Event before ([)", event.previous.clone()))
                .add(way(Sign::Right, "Event after (])", event.next.clone()))
                .add(way(Sign::Last, "Newest event", newest)),
        )
        .add(
            el("button", "button")
                .attr("type", "button")
                .attr("title", "Copy the event as Markdown")
                .add(sign(Sign::Copy))
                .text("Markdown")
                .click(copy),
        )
        .add(
            el("a", "button")
                .attr("href", &address)
                .attr("download", &format!("event-{}.json", event.id))
                .add(sign(Sign::Download))
                .text("JSON"),
        )
}

fn body(one: One, event: &Arc<Event>) -> El {
    let body = el("div", "event-parts")
        .add(facts::told(event))
        .each(facts::wrong(event))
        .add(thrown::thrown(one, event))
        .add(section("Around it: lines, container, deploy").add(around::around(event)));
    let body = if event.breadcrumbs.is_empty() {
        body
    } else {
        body.add(section("What happened before").add(crumbs::crumbs(event)))
    };
    body.each(facts::sections(event))
}
