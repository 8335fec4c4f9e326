//! The query box: what is typed, with its fault underlined where it stands and what fits offered below.
//!
//! Whoever types pauses a moment; then a query is checked, and asked only if it can be: half a query neither
//! takes the lines away nor fills the page with complaints. Enter asks whatever stands there, unless something
//! that is offered was picked with the arrow keys.

mod fault;
mod offers;

use std::rc::Rc;
use std::time::Duration;

use crate::prelude::*;
use web_logic::logql::{Typed, compose};
use web_logic::route::Page;
use web_logic::view::ViewState;

use super::feed::Feed;
use crate::components::{Language, QueryField, Sign, library, query_field};
use crate::dom::{El, el, sign};
use crate::reactive::{derived, effect};
use crate::state::{Shared, View, shared};

use fault::Faults;
use offers::Looked;

/// Whoever types pauses as long before the query is looked at.
const TYPING: Duration = Duration::from_millis(300);
/// A query that stays so long is worth remembering.
const SETTLED: Duration = Duration::from_secs(4);

/// The query box.
pub(super) fn query_box(feed: Feed, filters_open: RwSignal<bool>) -> El {
    let Shared { view, preferences, .. } = shared();
    let query = derived(move || view.state.with(|state| state.query.clone()));
    let draft = RwSignal::new(query.get_untracked());
    let faults = Faults::new(feed, view, draft);
    let typing = Typing { draft, view, faults, edits: StoredValue::new(0) };
    effect(move || {
        let query = query.get();
        if draft.get_untracked() != query {
            draft.set(query.clone());
        }
        typing.faults.clear();
        let remember = move || {
            if view.state.with_untracked(|state| state.query == query) {
                preferences.remember_query(Page::Logs, &query);
            }
        };
        set_timeout(remember, SETTLED);
    });
    let looked = Looked::new();
    let (text, below) = query_field(QueryField {
        id: "query".to_owned(),
        label: "Query".to_owned(),
        placeholder: "Text to find, |= \"filters\", or LogQL {service=\"web\"} |= \"…\"",
        draft,
        language: Language {
            look: Box::new(move |offers, text, cursor| looked.look(offers, text, cursor)),
            fault: Rc::new(move || faults.shown()),
            place: Box::new(move |text, at| faults.place(text, at)),
        },
        typed: Rc::new(move || typing.pause()),
        entered: Rc::new(move || {
            typing.ask();
            preferences.remember_query(Page::Logs, &draft.get_untracked());
        }),
    });
    let field = el("div", "query-field")
        .add(sign(Sign::Search))
        .add(text)
        .add(el("kbd", "wide-only").text("/"))
        .add(below);
    let filters = el("button", "button narrow-only")
        .attr("type", "button")
        .attr_of("aria-expanded", move || Some(filters_open.get().to_string()))
        .add(sign(Sign::Filter))
        .text("Filters")
        .click(move || filters_open.update(|open| *open = !*open));
    el("div", "query").attr("role", "search").add(field).add(library(Page::Logs)).add(filters)
}

/// What is being typed.
#[derive(Clone, Copy)]
struct Typing {
    draft: RwSignal<String>,
    view: View,
    faults: Faults,
    edits: StoredValue<u32>,
}

impl Typing {
    /// Asks, or checks first, when nothing more was typed for a moment.
    fn pause(self) {
        self.faults.clear();
        self.edits.update_value(|edits| *edits += 1);
        let edit = self.edits.get_value();
        let later = move || {
            if self.edits.try_get_value() == Some(edit) {
                self.check(edit);
            }
        };
        set_timeout(later, TYPING);
    }

    /// A text that is searched for is never at fault; all else is checked.
    fn check(self, edit: u32) {
        let typed = self.draft.get_untracked();
        if matches!(Typed::of(&typed), Typed::Text(_) | Typed::Nothing)
            && !typed.trim_start().starts_with(['{', '|'])
        {
            self.ask();
            return;
        }
        let state = self.view.state.with_untracked(|state| ViewState { query: typed, ..state.clone() });
        let check = shared().client.check(&compose(&state, None).query);
        spawn_local(async move {
            let answer = check.await;
            if self.edits.try_get_value() != Some(edit) {
                return;
            }
            match answer.ok().and_then(|check| check.fault) {
                Some(fault) => self.faults.set(fault),
                None => self.ask(),
            }
        });
    }

    /// Asks what stands there.
    fn ask(self) {
        self.edits.update_value(|edits| *edits += 1);
        let typed = self.draft.get_untracked();
        self.faults.clear();
        if self.view.state.with_untracked(|state| state.query != typed) {
            self.view.adjust(|state| {
                state.query = typed;
                state.selected = None;
            });
        }
    }
}
