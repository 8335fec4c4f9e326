//! What keys do in the list.

use crate::prelude::*;
use api::IssueChange;
use web_logic::issues::change::UNTIL_ESCALATING;
use web_logic::keys::Action;
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::super::deeds::Deeds;
use super::super::href;
use super::List;
use crate::browser;
use crate::history::Visit;
use crate::state::{Shared, shared};

pub(super) fn listen(list: List, deeds: Deeds) {
    let Shared { view, history, actions, .. } = shared();
    let marked = move || -> Option<i64> {
        view.state.with_untracked(|state| state.selected.as_deref().and_then(|id| id.parse().ok()))
    };
    actions.handle(move |action| match action {
        Action::Down => step(list, marked(), true),
        Action::Up => step(list, marked(), false),
        Action::Open => {
            if let Some(id) = marked() {
                history.go(&view.state.with_untracked(|state| href(state, id, "")), Visit::New);
            }
        }
        Action::Pick => {
            if let Some(id) = marked() {
                list.toggle(id);
            }
        }
        Action::Resolve => deeds.act(IssueChange::Resolve),
        Action::Archive => deeds.act(UNTIL_ESCALATING),
        Action::Query => browser::focus(".issues .query-input"),
        Action::Escape if list.all.get_untracked() || !list.chosen.with_untracked(Vec::is_empty) => {
            list.choose_none();
        }
        Action::Escape => view.adjust(|state| state.selected = None),
        _ => {}
    });
}

/// Marks the row after or before the one that is marked.
fn step(list: List, marked: Option<i64>, down: bool) {
    let rows = untrack(|| list.rows());
    let at = marked.and_then(|id| rows.iter().position(|row| row.id == id));
    let next = match (at, down) {
        (None, _) => 0,
        (Some(at), true) => at + 1,
        (Some(0), false) => return,
        (Some(at), false) => at - 1,
    };
    let Some(row) = rows.get(next) else { return };
    // Enter is meant for the row from now on, not for the button that was clicked last.
    browser::release_focus();
    shared().view.adjust(|state| state.selected = Some(row.id.to_string()));
    request_animation_frame(|| {
        let Ok(Some(row)) = document().query_selector(".issue-row.thing-marked") else { return };
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
    });
}
