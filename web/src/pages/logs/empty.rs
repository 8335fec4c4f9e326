//! No lines: why, and what to do about it.

use api::{LogPage, LogRequest};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_logic::choice::Choice;
use web_logic::level::LevelSet;
use web_logic::list::Sheet;
use web_logic::logql::compose;
use web_logic::number::plural;
use web_logic::time::{MINUTE, NANOS_PER_MILLI, Range};
use web_logic::view::ViewState;

use super::feed::Feed;
use crate::browser;
use crate::client::Failure;
use crate::pages::now::FirstRun;
use crate::reactive::{When, derived, effect, on};
use crate::state::{Fetched, Shared, Toast, View, shared};

/// Why there are no lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// None were ever stored.
    Never,
    /// Something is chosen or typed; without it there may be some.
    Filtered,
    /// None in this range.
    Range,
}

/// What is shown instead of lines.
#[component]
pub(super) fn Empty(feed: Feed) -> impl IntoView {
    let Shared { view, live, .. } = shared();
    let is_empty = derived(move || {
        let failed = feed.failure.with(Option::is_some);
        feed.answered.get() && !feed.busy.get() && !failed && feed.sheet.with(Sheet::is_empty)
    });
    let reason = derived(move || {
        let stored = live.now.with(|now| now.as_ref().is_none_or(|now| now.intake.newest.is_some()));
        match (stored, view.state.with(is_filtered)) {
            (false, _) => Reason::Never,
            (true, true) => Reason::Filtered,
            (true, false) => Reason::Range,
        }
    });
    let at_fault = move || feed.failure.with(|failure| matches!(failure, Some(Failure::Refused(_))));
    view! {
        <When when=at_fault>
            <section class="empty empty-lines">
                <p class="empty-words">"The query cannot be answered: its fault is shown below the query box."</p>
            </section>
        </When>
        <When when=move || is_empty.get()>
            <section class="empty empty-lines">
                {move || match reason.get() {
                    Reason::Never => {
                        let now = derived(move || live.now.get().unwrap_or_default());
                        view! { <FirstRun now /> }.into_any()
                    }
                    Reason::Filtered => view! { <Filtered /> }.into_any(),
                    Reason::Range => view! { <OutOfRange /> }.into_any(),
                }}
            </section>
        </When>
    }
}

fn is_filtered(state: &ViewState) -> bool {
    *state != unfiltered(state)
}

/// The same time without anything that narrows it.
fn unfiltered(state: &ViewState) -> ViewState {
    ViewState {
        range: state.range,
        live: state.live,
        selected: state.selected.clone(),
        wrap: state.wrap,
        utc: state.utc,
        ..ViewState::default()
    }
}

/// None in this range, but earlier ones.
#[component]
fn OutOfRange() -> impl IntoView {
    let Shared { view, .. } = shared();
    let words = move || {
        if view.state.with(|state| state.live) {
            "No line has come yet."
        } else {
            "There are no lines in this range."
        }
    };
    view! {
        <p class="empty-words">{words}</p>
        <JumpToLast />
    }
}

/// Lines are there, but none that match.
#[component]
fn Filtered() -> impl IntoView {
    let Shared { view, client, .. } = shared();
    let all: Fetched<u64> = Fetched::new();
    effect(move || {
        let asked = view.state.with(|state| compose(&unfiltered(state), None));
        let (start, end) = view.resolved.get().nanos();
        let request = LogRequest { query: asked.query, start, end, ..LogRequest::default() };
        all.ask(async move { client.facets(request).await.map(|facets| facets.total) });
    });
    let words = move || match all.get().map(|lines| *lines) {
        None => "No line matches.".to_owned(),
        Some(0) => "There are no lines at all in this range.".to_owned(),
        Some(lines) => {
            format!("No line matches; without what is chosen there are {}.", plural(lines, "line"))
        }
    };
    view! {
        <p class="empty-words">{words}</p>
        <div class="chips">
            <Chip label="Text" value=|state| state.query.clone() clear=|state| state.query = String::new() />
            <Chip
                label="Levels"
                value=|state| state.levels.to_text()
                clear=|state| state.levels = LevelSet::default()
            />
            <Chip
                label="Services"
                value=|state| state.services.to_text()
                clear=|state| state.services = Choice::default()
            />
            <Chip
                label="Containers"
                value=|state| state.containers.to_text()
                clear=|state| state.containers = Choice::default()
            />
            <Chip
                label="Environment"
                value=|state| state.environment.clone().unwrap_or_default()
                clear=|state| state.environment = None
            />
        </div>
        <JumpToLast />
    }
}

/// One thing that is chosen, with a cross to take it away.
#[component]
fn Chip(label: &'static str, value: fn(&ViewState) -> String, clear: fn(&mut ViewState)) -> impl IntoView {
    let Shared { view, .. } = shared();
    let value = derived(move || view.state.with(value));
    view! {
        <When when=move || value.with(|value| !value.is_empty())>
            <button type="button" class="chip" on:click=on(move |_| view.change(clear))>
                <span class="chip-label">{label}</span>
                <code>{move || value.get()}</code>
                <span aria-hidden="true">"✕"</span>
                <span class="visually-hidden">"Remove"</span>
            </button>
        </When>
    }
}

/// Goes to the last line that matches, whenever that was.
#[component]
fn JumpToLast() -> impl IntoView {
    let Shared { view, client, toast, .. } = shared();
    let jump = move |_| {
        let asked = view.state.with_untracked(|state| compose(state, None));
        let end = browser::now() * NANOS_PER_MILLI;
        let request =
            LogRequest { query: asked.query, levels: asked.levels, end, limit: 1, ..LogRequest::default() };
        spawn_local(async move {
            match client.log_page(request).await {
                Ok(page) => show_last(view, toast, page),
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    };
    view! {
        <button type="button" class="button button-main" on:click=on(jump)>
            "Jump to the last line"
        </button>
    }
}

fn show_last(view: View, toast: Toast, page: LogPage) {
    let Some(last) = page.rows.first() else {
        toast.show("No stored line matches");
        return;
    };
    let (at, id) = (last.time.div_euclid(NANOS_PER_MILLI), last.id.clone());
    view.change(move |state| {
        state.live = false;
        state.range = Range::between(at - 30 * MINUTE, at + MINUTE);
        state.selected = Some(id);
    });
}
