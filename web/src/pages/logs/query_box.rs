//! The query box, with a fault shown where it is.

use std::time::Duration;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use web_logic::logql::compose;

use super::feed::Feed;
use crate::client::Failure;
use crate::components::{Sign, icon};
use crate::reactive::{derived, each, effect, on};
use crate::state::{Shared, shared};

/// Whoever types pauses as long before the query is asked.
const TYPING: Duration = Duration::from_millis(300);

/// The query box.
#[component]
pub(super) fn QueryBox(feed: Feed, filters_open: RwSignal<bool>) -> impl IntoView {
    let Shared { view, .. } = shared();
    let draft = RwSignal::new(view.state.with_untracked(|state| state.query.clone()));
    let edits = StoredValue::new(0_u32);
    let query = derived(move || view.state.with(|state| state.query.clone()));
    effect(move || draft.set(query.get()));
    let ask = move || {
        let typed = draft.get_untracked();
        if query.get_untracked() != typed {
            view.adjust(|state| {
                state.query = typed;
                state.selected = None;
            });
        }
    };
    let typed = move |event| {
        draft.set(event_target_value(&event));
        edits.update_value(|edits| *edits += 1);
        let edit = edits.get_value();
        let later = move || {
            if edits.try_get_value() == Some(edit) {
                ask();
            }
        };
        set_timeout(later, TYPING);
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        ask();
    };
    view! {
        <form class="query" role="search" on:submit=on(submit)>
            <label class="query-field">
                {icon(Sign::Search)}
                <span class="visually-hidden">"Query"</span>
                <input
                    class="query-input"
                    type="search"
                    placeholder="Text to find, |= \"filters\", or LogQL {service=\"web\"} |= \"…\""
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="search"
                    aria-invalid=move || fault_of(feed).is_some().to_string()
                    aria-describedby="query-fault"
                    prop:value=move || draft.get()
                    on:input=on(typed)
                />
                <kbd class="wide-only">"/"</kbd>
            </label>
            <button
                type="button"
                class="button narrow-only"
                aria-expanded=move || filters_open.get().to_string()
                on:click=on(move |_| filters_open.update(|open| *open = !*open))
            >
                {icon(Sign::Filter)}
                "Filters"
            </button>
        </form>
        <div id="query-fault" role="alert">
            {move || each(fault_of(feed), |fault| view! { <QueryFaultLine fault /> })}
        </div>
    }
}

fn fault_of(feed: Feed) -> Option<api::QueryFault> {
    feed.failure.with(|failure| match failure {
        Some(Failure::Refused(fault)) => Some(fault.clone()),
        _ => None,
    })
}

/// The message, and the query with the faulty place marked.
#[component]
fn QueryFaultLine(fault: api::QueryFault) -> impl IntoView {
    let Shared { view, .. } = shared();
    let (asked, typed) = view.state.with_untracked(|state| (compose(state, None), state.query.clone()));
    let placed = fault.at.and_then(|at| asked.in_box(&typed, at)).map(|at| (typed, at));
    let marked = each(placed, |(text, (start, end))| {
        // A place behind the last character is shown as a gap.
        let faulty = if start == end { "\u{a0}".to_owned() } else { text[start..end].to_owned() };
        view! {
            <code class="fault-query">
                {text[..start].to_owned()} <mark class="fault-place">{faulty}</mark> {text[end..].to_owned()}
            </code>
        }
    });
    view! {
        <div class="query-fault">
            {marked} <p>{fault.message}</p>
        </div>
    }
}
