//! One value of a label or a field: its share as a bar, a click to see only it, a click to leave it out.

use wasm_bindgen::JsCast;
use web_logic::decimal::percent;
use web_logic::number::compact;
use web_sys::MouseEvent;

use crate::components::Sign;
use crate::dom::{El, el, icon_button};

/// A value.
pub(super) struct Value {
    pub(super) name: String,
    pub(super) lines: u64,
    /// Of the greatest bar, 0 to 1.
    pub(super) share: f64,
    /// The class of its stripe; `""`: none.
    pub(super) stripe: &'static str,
}

/// The row; `state`: seen alone (`Some(false)`) or left out (`Some(true)`); `choose` is told whether to leave out.
pub(super) fn value_row(
    value: Value,
    state: impl Fn() -> Option<bool> + Copy + 'static,
    choose: impl Fn(bool) + Copy + 'static,
) -> El {
    let Value { name, lines, share, stripe } = value;
    let bar = el("span", "facet-bar").attr("aria-hidden", "true");
    let _ = bar.html().style().set_property("width", &percent(share));
    // An empty value is one, too.
    let shown = if name.is_empty() { "(empty)" } else { &name };
    let clicked = move |event: web_sys::Event| {
        event.prevent_default();
        let event: MouseEvent = event.unchecked_into();
        choose(event.alt_key() || event.ctrl_key() || event.meta_key());
    };
    let button = el("button", "facet-button")
        .attr("type", "button")
        .attr("title", &format!("{shown}\nClick: only this. Alt-click: leave it out."))
        .pressed_of(move || state() == Some(false))
        .add(el("span", &format!("facet-stripe {stripe}")).attr("aria-hidden", "true"))
        .add(el("span", "facet-name").text(shown))
        .add(el("span", "facet-count").text(&compact(lines)))
        .add(bar)
        .on("click", clicked);
    let out = icon_button(Sign::Minus, &format!("Leave {shown} out"))
        .attr("class", "button-icon facet-exclude")
        .pressed_of(move || state() == Some(true))
        .click(move || choose(true));
    el("li", "facet-row")
        .class_of("facet-in", move || state() == Some(false))
        .class_of("facet-out", move || state() == Some(true))
        .add(button)
        .add(out)
}
