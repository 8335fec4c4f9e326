//! A dialog that covers the page: the browser's own, which keeps the focus inside and closes on Escape.

use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlDialogElement};

use crate::dom::{El, el, when};
use crate::reactive::{derived, effect};
use crate::state::{Overlay, Shared, shared};

/// A dialog that is open while `overlay` is the page's; `label`: what it is, for those who read by ear.
pub(crate) fn modal(overlay: Overlay, label: &str, class: &str, inside: impl Fn() -> El + 'static) -> El {
    let Shared { overlay: current, .. } = shared();
    let is_open = derived(move || current.get() == overlay);
    let dialog = el("dialog", &format!("modal {class}")).attr("aria-label", label);
    let element: HtmlDialogElement = dialog.element().clone().unchecked_into();
    let close = move || {
        if is_open.get_untracked() {
            current.set(Overlay::None);
        }
    };
    // A click on the backdrop is one on the dialog itself, outside of what it holds.
    let backdrop = element.clone();
    let clicked = move |event: Event| {
        if event.target().as_ref() == Some(backdrop.as_ref()) {
            close();
        }
    };
    let body = move || el("div", "modal-body").add(inside());
    let dialog =
        dialog.add(when(move || is_open.get(), body)).on("close", move |_| close()).on("click", clicked);
    effect(move || match (is_open.get(), element.open()) {
        (true, false) => drop(element.show_modal()),
        (false, true) => element.close(),
        _ => {}
    });
    dialog
}
