//! The address as state: what the browser shows, and moving on and back.
//!
//! A page's address is a path and what stands behind its `?`. Links within the page are followed without
//! loading it anew.

use crate::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_logic::route::Page;
use web_sys::{Element, HtmlAnchorElement, MouseEvent};

/// An address within this origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Place {
    path: String,
    search: String,
}

/// The address of this tab.
#[derive(Clone, Copy)]
pub(crate) struct History {
    place: RwSignal<Place>,
}

/// What becomes of the present address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Visit {
    /// Back returns to it.
    New,
    /// It is replaced.
    Same,
}

impl History {
    /// Follows the browser's address from now on.
    pub(crate) fn start() -> Self {
        let history = Self { place: RwSignal::new(current()) };
        listen("popstate", move |_| history.place.set(current()));
        listen("click", move |event| history.follow(event.unchecked_ref()));
        history
    }

    /// The page that is shown.
    pub(crate) fn page(self) -> Page {
        self.place.with(|place| Page::at(&place.path))
    }

    /// What stands in the path behind the page's own, part by part, as it is written there.
    pub(crate) fn rest(self) -> Vec<String> {
        self.place.with(|place| Page::rest(&place.path).into_iter().map(str::to_owned).collect())
    }

    /// The path.
    pub(crate) fn path(self) -> String {
        self.place.with_untracked(|place| place.path.clone())
    }

    /// What stands behind the `?`.
    pub(crate) fn search(self) -> String {
        self.place.with(|place| place.search.clone())
    }

    /// Path and query.
    pub(crate) fn address(self) -> String {
        self.place.with_untracked(|place| format!("{}{}", place.path, place.search))
    }

    /// Shows another address.
    pub(crate) fn go(self, address: &str, visit: Visit) {
        if address == self.address() {
            return;
        }
        let history = window().history().expect("every window has a history");
        let changed = match visit {
            Visit::New => history.push_state_with_url(&JsValue::NULL, "", Some(address)),
            Visit::Same => history.replace_state_with_url(&JsValue::NULL, "", Some(address)),
        };
        // Browsers refuse to change the address hundreds of times a minute; the page goes on without.
        if changed.is_ok() {
            self.place.set(current());
        } else {
            let (path, search) = address.split_once('?').unwrap_or((address, ""));
            self.place.set(Place { path: path.to_owned(), search: search.to_owned() });
        }
    }

    fn follow(self, event: &MouseEvent) {
        let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
        if event.default_prevented() || event.button() != 0 || modified {
            return;
        }
        let Some(link) = link_of(event) else { return };
        let elsewhere = link.origin() != crate::browser::origin() || !link.target().is_empty();
        if elsewhere || !link.hash().is_empty() || Page::at(&link.pathname()) == Page::Unknown {
            return;
        }
        event.prevent_default();
        self.go(&format!("{}{}", link.pathname(), link.search()), Visit::New);
    }
}

fn link_of(event: &MouseEvent) -> Option<HtmlAnchorElement> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest("a[href]").ok()??.dyn_into().ok()
}

fn current() -> Place {
    let location = window().location();
    Place { path: location.pathname().unwrap_or_default(), search: location.search().unwrap_or_default() }
}
