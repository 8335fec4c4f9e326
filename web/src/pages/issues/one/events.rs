//! All events of an issue, when somebody wants to see them.

use crate::prelude::*;
use api::{EventList, EventRow};
use web_logic::number::count;
use web_logic::time::full;

use super::super::href;
use super::super::parts::fold;
use super::One;
use crate::dom::{El, button, el};
use crate::reactive::effect;
use crate::state::{Fetched, Shared, shared};

pub(super) fn events(one: One) -> El {
    let Shared { client, view, .. } = shared();
    let open = RwSignal::new(false);
    let cursor = RwSignal::new(String::new());
    let rows: RwSignal<Vec<EventRow>> = RwSignal::new(Vec::new());
    let answer: Fetched<EventList> = Fetched::new();
    effect(move || {
        if open.get() {
            let environment = view.state.with(|state| state.environment.clone()).unwrap_or_default();
            answer.ask(client.issue_events(one.id, &environment, &cursor.get()));
        }
    });
    effect(move || {
        if let Some(list) = answer.get() {
            rows.update(|rows| {
                if cursor.with_untracked(String::is_empty) {
                    rows.clear();
                }
                rows.extend(list.rows.iter().cloned());
            });
        }
    });
    let kept = move || one.issue.get().map(|issue| count(issue.events_kept)).unwrap_or_default();
    let summary = el("summary", "").text("All events that are kept ").add(el("span", "hint").text_of(kept));
    let more = move || {
        let next = answer.get().and_then(|list| list.next.clone());
        let more = next.map(|next| button("button", "More").click(move || cursor.set(next.clone())));
        more.into_iter().collect()
    };
    let told = move || answer.failure().map(|failure| failure.to_string()).unwrap_or_default();
    fold("issue-fold", summary, false)
        .on("toggle", move |_| open.set(true))
        .add(
            el("ol", "event-rows")
                .children_of(move || rows.with(|rows| rows.iter().map(|event| row(one, event)).collect())),
        )
        .add(el("p", "fault").text_of(told))
        .add(el("div", "issue-pages").children_of(more))
}

fn row(one: One, event: &EventRow) -> El {
    let Shared { view, .. } = shared();
    let (id, at) = (event.id.clone(), event.time);
    let shown = event.id.clone();
    let link = el("a", "")
        .attr_of("href", move || Some(view.state.with(|state| href(state, one.id, &id))))
        .text_of(move || full(at, view.clock().zone));
    let words = [&event.user, &event.transaction, &event.release, &event.environment, &event.server_name];
    let words = words.into_iter().filter(|word| !word.is_empty());
    el("li", "")
        .attr_of("aria-current", move || {
            one.event.get().is_some_and(|event| event.id == shown).then(|| "true".to_owned())
        })
        .add(link)
        .each(words.map(|word| el("span", "hint").text(word)))
}
