//! Dashboards: panels of numbers and lines. The list of all; one of them, which editors change in place.

mod board;
mod edit;
mod json;
mod list;
mod one;
mod panel;

use crate::dom::{El, el};
use crate::reactive::derived;
use crate::state::{Shared, shared};

/// The page: all of them, or the one that the address names.
pub(crate) fn dashboards_page() -> El {
    let Shared { view, .. } = shared();
    let one = derived(move || view.state.with(|state| state.one.clone()));
    el("div", "dashboards").keyed(move || {
        let draw: Box<dyn FnOnce() -> El> = match one.get() {
            Some(id) => Box::new(move || one::dashboard(id)),
            None => Box::new(list::list),
        };
        vec![(one.get().unwrap_or_default(), draw)]
    })
}
