//! What there is, by level, service, container and by the fields of the lines: a click shows only that, another
//! takes it back; with Alt or Ctrl it is left out. On phones a sheet.

mod facets;
mod fields;
mod value_row;

use crate::prelude::*;
use web_logic::choice::Choice;
use web_logic::level::LevelSet;
use web_logic::logql::{Dimension, Typed};

use super::counts::Counts;
use crate::components::Sign;
use crate::dom::{El, button, el, icon_button, when};
use crate::reactive::Derived;
use crate::state::{Shared, shared};

use facets::facet_list;
use fields::field_list;

/// The sidebar.
pub(super) fn sidebar(counts: Counts, is_numbers: Derived<bool>, open: RwSignal<bool>) -> El {
    let Shared { view, .. } = shared();
    let lists = move || {
        el("div", "host")
            .add(facet_list(counts, Dimension::Level, "Level"))
            .add(facet_list(counts, Dimension::Service, "Service"))
            .add(facet_list(counts, Dimension::Container, "Container"))
            .add(field_list(counts))
    };
    let whole = move || view.state.with(|state| matches!(Typed::of(&state.query), Typed::Whole(_)));
    let filtered = move || {
        view.state.with(|state| {
            !state.levels.is_empty() || !state.services.is_empty() || !state.containers.is_empty()
        })
    };
    let clear = move || {
        view.change(|state| {
            state.levels = LevelSet::default();
            state.services = Choice::default();
            state.containers = Choice::default();
        });
    };
    let head = el("header", "sidebar-head")
        .add(el("span", "hint").text("Alt-click leaves out"))
        .add(button("button-link", "Clear").enabled_of(filtered).click(clear))
        .add(
            icon_button(Sign::Close, "Close")
                .attr("class", "button-icon narrow-only")
                .click(move || open.set(false)),
        );
    let told = || {
        el("p", "hint").text(
            "The query names its own streams; environment, services and containers chosen here do not narrow it.",
        )
    };
    el("aside", "sidebar")
        .attr("aria-label", "Filters")
        .add(head)
        .add(when(whole, told))
        .add(when(move || !is_numbers.get(), lists))
}
