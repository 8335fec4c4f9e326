//! No lines: why, and what to do about it.

use crate::prelude::*;
use api::{LogPage, LogRequest};
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
use crate::dom::{El, button, el, switch};
use crate::pages::now::first_run;
use crate::reactive::{derived, effect};
use crate::state::{Fetched, Shared, Toast, View, shared};

/// Why there are no lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    /// There are some.
    None,
    /// The query is at fault.
    Fault,
    /// None were ever stored.
    Never,
    /// Something is chosen or typed; without it there may be some.
    Filtered,
    /// None in this range.
    Range,
}

impl Reason {
    const ALL: [Self; 5] = [Self::None, Self::Fault, Self::Never, Self::Filtered, Self::Range];
}

/// What is shown instead of lines.
pub(super) fn empty(feed: Feed) -> El {
    let Shared { view, live, .. } = shared();
    let is_empty = derived(move || {
        let failed = feed.failure.with(Option::is_some);
        feed.answered.get() && !feed.busy.get() && !failed && feed.sheet.with(Sheet::is_empty)
    });
    let at_fault = move || feed.failure.with(|failure| matches!(failure, Some(Failure::Refused(_))));
    let reason = derived(move || {
        let stored = live.now.with(|now| now.as_ref().is_none_or(|now| now.intake.newest.is_some()));
        match (at_fault(), is_empty.get(), stored, view.state.with(is_filtered)) {
            (true, ..) => Reason::Fault,
            (_, false, ..) => Reason::None,
            (_, _, false, _) => Reason::Never,
            (_, _, true, true) => Reason::Filtered,
            (_, _, true, false) => Reason::Range,
        }
    });
    let draw = move |reason: usize| {
        let section = el("section", "empty empty-lines");
        match Reason::ALL[reason] {
            Reason::Fault => section.add(
                el("p", "empty-words")
                    .text("The query cannot be answered: its fault is told below the query box."),
            ),
            Reason::Never => section.add(first_run(derived(move || live.now.get().unwrap_or_default()))),
            Reason::Filtered => filtered(section),
            Reason::Range | Reason::None => out_of_range(section),
        }
    };
    switch(move || reason.get() as usize, Box::new(draw), Reason::None as usize)
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
        show: state.show,
        columns: state.columns.clone(),
        ..ViewState::default()
    }
}

/// None in this range, but earlier ones.
fn out_of_range(section: El) -> El {
    let Shared { view, .. } = shared();
    let words = move || {
        let live = view.state.with(|state| state.live);
        if live { "No line has come yet." } else { "There are no lines in this range." }.to_owned()
    };
    section.add(el("p", "empty-words").text_of(words)).add(jump_to_last())
}

/// Lines are there, but none that match.
fn filtered(section: El) -> El {
    let Shared { view, client, .. } = shared();
    let all: Fetched<u64> = Fetched::new();
    effect(move || {
        let asked = view.state.with(|state| compose(&unfiltered(state), None));
        let (start, end) = view.resolved.get().nanos();
        let request = LogRequest { query: asked.query, start, end, ..LogRequest::default() };
        all.ask_as(client.facets(request), |facets| facets.total);
    });
    let words = move || match all.get().map(|lines| *lines) {
        None => "No line matches.".to_owned(),
        Some(0) => "There are no lines at all in this range.".to_owned(),
        Some(lines) => {
            format!("No line matches; without what is chosen there are {}.", plural(lines, "line"))
        }
    };
    let chips = el("div", "chips")
        .add(chip("Query", |state| state.query.clone(), |state| state.query = String::new()))
        .add(chip("Levels", |state| state.levels.to_text(), |state| state.levels = LevelSet::default()))
        .add(chip("Services", |state| state.services.to_text(), |state| state.services = Choice::default()))
        .add(chip(
            "Containers",
            |state| state.containers.to_text(),
            |state| state.containers = Choice::default(),
        ))
        .add(chip(
            "Environment",
            |state| state.environment.clone().unwrap_or_default(),
            |state| state.environment = None,
        ));
    section.add(el("p", "empty-words").text_of(words)).add(chips).add(jump_to_last())
}

/// One thing that is chosen, with a cross to take it away.
fn chip(label: &str, value: fn(&ViewState) -> String, clear: fn(&mut ViewState)) -> El {
    let Shared { view, .. } = shared();
    let value = derived(move || view.state.with(value));
    el("button", "chip")
        .attr("type", "button")
        .class_of("gone", move || value.with(String::is_empty))
        .add(el("span", "chip-label").text(label))
        .add(el("code", "").text_of(move || value.get()))
        .add(el("span", "").attr("aria-hidden", "true").text("✕"))
        .add(el("span", "visually-hidden").text("Remove"))
        .click(move || view.change(clear))
}

/// Goes to the last line that matches, whenever that was.
fn jump_to_last() -> El {
    let Shared { view, client, toast, .. } = shared();
    let jump = move || {
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
    button("button button-main", "Jump to the last line").click(jump)
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
