//! Queries to come back to: views that were saved for everybody, and what this browser asked before.

use crate::prelude::*;
use api::NewView;
use wasm_bindgen::JsCast;
use web_logic::route::Page;
use web_logic::view::ViewState;
use web_sys::{Event, HtmlInputElement};

use super::icon::Sign;
use super::popover::{Opener, popover};
use crate::dom::{El, button, el, icon_button, when};
use crate::history::Visit;
use crate::state::{Shared, shared};

/// More are found by scrolling through nothing else.
const RECENT_SHOWN: usize = 12;

/// The button, and the panel below it.
pub(crate) fn library(page: Page) -> El {
    let open = RwSignal::new(false);
    let button = Opener { label: "Saved views and recent queries", sign: Sign::Star, class: "library" };
    popover(button, || "Saved".to_owned(), open, move || panel(page, open))
}

/// What the page's views are filed under.
pub(super) fn filed(page: Page) -> &'static str {
    page.path().trim_start_matches('/')
}

fn panel(page: Page, open: RwSignal<bool>) -> El {
    let Shared { views, preferences, session, .. } = shared();
    views.load();
    let may_save = move || session.may_edit();
    let saved = move || {
        let saved = views.of(filed(page));
        saved.iter().map(|view| (view.id.to_string(), saved_row(page, view, open))).collect()
    };
    let recent = move || {
        let recent = preferences.recent(page).get();
        let shown = recent.queries().iter().take(RECENT_SHOWN);
        shown.map(|query| recent_row(page, query, open)).collect()
    };
    el("div", "library-panel")
        .add(el("h2", "").text("Saved views"))
        .add(el("ul", "library-list").keyed(saved))
        .add(el("p", "hint").text_of(move || match (views.of(filed(page)).is_empty(), may_save()) {
            (true, true) => {
                "None yet. A name is all it takes: everybody here finds the view again.".to_owned()
            }
            (true, false) => "None yet. Editors can save views.".to_owned(),
            _ => String::new(),
        }))
        .add(when(may_save, move || save_form(page)))
        .add(el("h2", "").text("Recent queries of this browser"))
        .add(el("ul", "library-list").children_of(recent))
        .add(el("p", "hint").text_of(move || {
            if preferences.recent(page).with(|recent| recent.queries().is_empty()) {
                "Queries that were asked are found here again.".to_owned()
            } else {
                String::new()
            }
        }))
}

type Draw = Box<dyn FnOnce() -> El>;

fn saved_row(page: Page, saved: &api::View, open: RwSignal<bool>) -> Draw {
    let saved = saved.clone();
    Box::new(move || {
        let Shared { view, views, session, .. } = shared();
        let state = ViewState::read(page, &saved.state);
        let by = if saved.by.is_empty() { String::new() } else { format!("by {}", saved.by) };
        let choose = el("button", "library-entry")
            .attr("type", "button")
            .attr("title", &saved.state)
            .add(el("span", "library-name").text(&saved.name))
            .add(el("span", "hint").text(&by))
            .click(move || {
                view.show(page, &state, Visit::New);
                open.set(false);
            });
        let id = saved.id;
        let remove = icon_button(Sign::Bin, &format!("Remove the view {}", saved.name))
            .class_of("gone", move || !session.may_edit())
            .click(move || views.remove(id));
        el("li", "library-row").add(choose).add(remove)
    })
}

fn recent_row(page: Page, query: &str, open: RwSignal<bool>) -> El {
    let Shared { view, .. } = shared();
    let asked = query.to_owned();
    let choose = el("button", "library-entry")
        .attr("type", "button")
        .attr("title", query)
        .add(el("code", "library-name").text(query))
        .click(move || {
            view.change(|state| {
                if page == Page::Metrics {
                    state.explore.ask_first(&asked);
                } else {
                    state.query.clone_from(&asked);
                    state.selected = None;
                }
            });
            open.set(false);
        });
    el("li", "library-row").add(choose)
}

/// A name, and the button that saves what is looked at under it.
fn save_form(page: Page) -> El {
    let Shared { view, views, toast, .. } = shared();
    let field = el("input", "input")
        .attr("placeholder", "Name of this view")
        .attr("aria-label", "Name of this view")
        .attr("maxlength", "100")
        .attr("required", "");
    let input: HtmlInputElement = field.element().clone().unchecked_into();
    let save = move |event: Event| {
        event.prevent_default();
        let name = input.value().trim().to_owned();
        if name.is_empty() {
            return;
        }
        let state = view.state.with_untracked(|state| ViewState { selected: None, ..state.clone() });
        let saved = shared().client.save_view(NewView {
            name,
            page: filed(page).to_owned(),
            state: state.to_address(),
        });
        input.set_value("");
        spawn_local(async move {
            match saved.await {
                Ok(saved) => {
                    toast.show(format!("Saved as “{}”", saved.name));
                    views.load();
                }
                Err(failure) => toast.show(failure.to_string()),
            }
        });
    };
    el("form", "library-save")
        .add(field)
        .add(button("button", "Save").attr("type", "submit"))
        .on("submit", save)
}
