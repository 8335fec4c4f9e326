//! What keys do on a page of tables: through the rows, unfolding, to the filter.

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::keys::Action;
use web_logic::rows::Row;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::head::FILTER;
use super::table::Tables;
use crate::browser;
use crate::history::Visit;
use crate::state::{Shared, shared};

impl Tables {
    /// Acts on keys until the part of the page that asks is gone.
    pub(crate) fn listen(self) {
        let Shared { view, actions, .. } = shared();
        actions.handle(move |action| match action {
            Action::Down => self.step(true),
            Action::Up => self.step(false),
            Action::Open | Action::Pick => {
                let marked = view.state.with_untracked(|state| state.selected.clone());
                if let Some(row) = marked.and_then(|key| self.row(&key)) {
                    open(&row);
                }
            }
            Action::Query => browser::focus(FILTER),
            Action::Escape => view.adjust(|state| {
                if state.open.take().is_none() {
                    state.selected = None;
                }
            }),
            _ => {}
        });
    }

    /// Marks the row after or before the one that is marked.
    fn step(self, down: bool) {
        let Shared { view, .. } = shared();
        let marked = view.state.with_untracked(|state| state.selected.clone());
        let next = self.sections.with_untracked(|sections| {
            let rows: Vec<&Row> = sections.iter().flat_map(|section| &section.rows).collect();
            let at = marked.and_then(|key| rows.iter().position(|row| row.key == key));
            let next = match (at, down) {
                (None, _) => 0,
                (Some(at), true) => at + 1,
                (Some(at), false) => at.checked_sub(1)?,
            };
            rows.get(next).map(|row| row.key.clone())
        });
        if let Some(next) = next {
            view.adjust(|state| state.selected = Some(next));
            request_animation_frame(show_marked);
        }
    }

    fn row(self, key: &str) -> Option<Row> {
        self.sections.with_untracked(|sections| {
            sections.iter().flat_map(|section| &section.rows).find(|row| row.key == key).cloned()
        })
    }
}

/// Opens a row's page, unfolds it, or folds it.
pub(super) fn open(row: &Row) {
    let Shared { history, view, .. } = shared();
    if let Some(link) = &row.link {
        history.go(link, Visit::New);
        return;
    }
    if row.details.is_empty() {
        return;
    }
    let key = row.key.clone();
    view.adjust(|state| {
        state.open = if state.open.as_ref() == Some(&key) { None } else { Some(key.clone()) };
        state.selected = Some(key);
    });
}

fn show_marked() {
    let found = document().query_selector(".thing-marked").ok().flatten();
    let Some(row) = found.and_then(|row| row.dyn_into::<HtmlElement>().ok()) else { return };
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    row.scroll_into_view_with_scroll_into_view_options(&options);
}
