//! JSON in and out, in panels below buttons.

use crate::prelude::*;
use api::Dashboard;
use wasm_bindgen::JsCast;
use web_logic::dashboard::from_json;
use web_sys::HtmlTextAreaElement;

use super::board::Board;
use crate::dom::{El, button, el};
use crate::state::{Shared, shared};

/// The dashboard's JSON, to copy, to download, and for editors to put another in its place.
pub(super) fn panel(board: Board) -> El {
    let Shared { toast, session, .. } = shared();
    let download =
        el("a", "button").text("Download").attr("download", "dashboard.json").attr_of("href", move || {
            let encoded: String = js_sys::encode_uri_component(&board.json()).into();
            Some(format!("data:application/json;charset=utf-8,{encoded}"))
        });
    let copy = button("button", "Copy").click(move || toast.copy(untrack(|| board.json()), "Dashboard"));
    let text = el("pre", "snippet json-out").text_of(move || board.json());
    let may_change = session.may_edit() && board.answer.get().is_some_and(|dashboard| !dashboard.ready_made);
    let panel = el("div", "json-panel").add(text).add(el("div", "json-buttons").add(copy).add(download));
    if !may_change {
        return panel;
    }
    panel
        .add(el("h3", "").text("Put another in its place"))
        .add(paste("Look at it", move |dashboard| board.replace(&dashboard)))
}

/// A field for JSON, and a button that takes it.
pub(super) fn paste(words: &str, take: impl Fn(Dashboard) + 'static) -> El {
    let fault = RwSignal::new(String::new());
    let field = el("textarea", "input json-field")
        .attr("rows", "8")
        .attr("spellcheck", "false")
        .attr("aria-label", "JSON of a dashboard")
        .attr("placeholder", "{\"title\": \"…\", \"panels\": […]}");
    let area: HtmlTextAreaElement = field.element().clone().unchecked_into();
    let act = button("button button-main", words).click(move || match from_json(&area.value()) {
        Ok(dashboard) => take(dashboard),
        Err(words) => fault.set(words),
    });
    el("div", "json-panel")
        .add(field)
        .add(el("p", "fault").attr("role", "alert").text_of(move || fault.get()))
        .add(el("div", "json-buttons").add(act))
}
