//! The line above the tables: what the page is, how its things do, and the filter.

use wasm_bindgen::JsCast;
use web_logic::rows::Tone;
use web_sys::HtmlInputElement;

use super::narrow::{Choices, narrow};
use crate::components::Sign;
use crate::dom::{El, el, sign};
use crate::reactive::{Derived, effect};
use crate::state::{Shared, shared};

/// Where the filter is found by the keys.
pub(super) const FILTER: &str = ".things-filter input";

pub(super) fn head(
    name: &'static str,
    verdict: impl Fn() -> Option<(Tone, String)> + 'static,
    things: &'static str,
    choices: Option<Derived<Choices>>,
) -> El {
    let told = move || {
        let Some((tone, words)) = verdict() else { return Vec::new() };
        let mark = el("span", "things-mark").attr("aria-hidden", "true").text(tone.mark());
        vec![el("span", &format!("things-verdict state-{}", tone.class())).add(mark).text(&words)]
    };
    el("header", "things-head")
        .add(el("h1", "").attr("tabindex", "-1").text(name))
        .add(el("p", "host").attr("role", "status").children_of(told))
        .add_all(choices.map(narrow).into_iter().collect())
        .add(filter(things))
}

fn filter(things: &'static str) -> El {
    let Shared { view, .. } = shared();
    let words = format!("Filter {things}");
    let input = el("input", "input")
        .attr("type", "search")
        .attr("placeholder", &words)
        .attr("aria-label", &words)
        .attr("title", "Every word must be found in a row (/)")
        .attr("autocomplete", "off");
    let field: HtmlInputElement = input.element().clone().unchecked_into();
    let shown = field.clone();
    effect(move || {
        let query = view.state.with(|state| state.query.clone());
        if shown.value() != query {
            shown.set_value(&query);
        }
    });
    let input = input.on("input", move |_| {
        let query = field.value();
        view.adjust(|state| state.query = query);
    });
    el("label", "things-filter").add(sign(Sign::Filter)).add(input)
}
