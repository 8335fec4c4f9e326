//! A panel below a button; on phones a sheet at the bottom. It closes on Escape and on clicks elsewhere.

use std::rc::Rc;

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, Node};

use super::icon::Sign;
use crate::dom::{El, el, sign, when};

/// The button that opens a panel.
#[derive(Clone, Copy)]
pub(crate) struct Opener {
    /// What it is for, for those who read by ear and as its hover.
    pub(crate) label: &'static str,
    pub(crate) sign: Sign,
    /// Ends the panel's class.
    pub(crate) class: &'static str,
}

/// A button and its panel; `text`: what the button shows.
pub(crate) fn popover(
    opener: Opener,
    text: impl Fn() -> String + 'static,
    open: RwSignal<bool>,
    panel: impl Fn() -> El + 'static,
) -> El {
    boxed(opener, Rc::new(text), open, Box::new(panel))
}

fn boxed(
    opener: Opener,
    text: Rc<dyn Fn() -> String>,
    open: RwSignal<bool>,
    panel: Box<dyn Fn() -> El>,
) -> El {
    let Opener { label, sign: picture, class } = opener;
    let name = Rc::clone(&text);
    let button = el("button", "button popover-button")
        .attr("type", "button")
        .attr("aria-haspopup", "dialog")
        .attr("title", label)
        .attr_of("aria-expanded", move || Some(open.get().to_string()))
        .attr_of("aria-label", move || Some(format!("{label}: {}", name())))
        .add(sign(picture))
        .add(el("span", "popover-text").text_of(move || text()))
        .add(sign(Sign::Down))
        .click(move || open.update(|open| *open = !*open));
    let focus = button.html().clone();
    let escape = move |event: web_sys::Event| {
        let event: KeyboardEvent = event.unchecked_into();
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            let _ = focus.focus();
        }
    };
    let draw = move || {
        el("div", &format!("panel panel-{class}"))
            .attr("role", "dialog")
            .attr("aria-label", label)
            .add(panel())
    };
    let root = el("div", "popover").add(button).add(when(move || open.get(), draw)).on("keydown", escape);
    close_on_clicks_elsewhere(&root, open);
    root
}

fn close_on_clicks_elsewhere(root: &El, open: RwSignal<bool>) {
    let element = StoredValue::new(root.element().clone());
    listen("pointerdown", move |event| {
        if !open.get_untracked() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        if !element.with_value(|root| root.contains(target.as_ref())) {
            open.set(false);
        }
    });
}
