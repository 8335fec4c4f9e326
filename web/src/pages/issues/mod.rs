//! Issues: the list, one issue with what it did to how many, and one of its events.
//!
//! `/issues` is the list, `/issues/12` an issue with its newest event, `/issues/12/events/<id>` the same with another
//! one. Every text of an event was sent by a program that anybody can pretend to be: it is only ever put as text.

mod asks;
mod deeds;
mod event;
mod list;
mod one;
mod parts;

use web_logic::route::Page;
use web_logic::view::ViewState;

use crate::dom::{El, Keyed, el};
use crate::state::{Shared, shared};

/// The page.
pub(crate) fn issues_page() -> El {
    let Shared { history, .. } = shared();
    let shown = move || -> Vec<Keyed> {
        let id = history.rest().first().and_then(|id| id.parse::<i64>().ok());
        let key = id.map(|id| id.to_string()).unwrap_or_default();
        vec![(key, Box::new(move || id.map_or_else(list::list, one::issue)))]
    };
    el("div", "host").keyed(shown)
}

/// Where an issue is, looking at the same time.
fn href(view: &ViewState, issue: i64, event: &str) -> String {
    let path = format!("{}/{issue}", Page::Issues.path());
    let path = if event.is_empty() { path } else { format!("{path}/events/{event}") };
    ViewState { query: String::new(), all: false, cursor: String::new(), selected: None, ..view.clone() }
        .on(&path)
}

/// Where the list is, with a query in the place of that of the address.
fn list_href(view: &ViewState, query: &str) -> String {
    let mut view = view.clone();
    web_logic::issues::query::write(&mut view, query);
    view.on(Page::Issues.path())
}
