//! Pages that are loaded when they are first looked at, so that the first load carries only what most visits need.
//!
//! The function that gives a page's drawing is marked with [`wasm_split`](leptos::wasm_split::wasm_split); whatever
//! only functions of one mark reach is put into a module of their own when the page is built. What two such modules
//! share becomes a third. There are two marks: `account`, so that signing in waits for little, and `rooms`, all other
//! pages in one: they share so much that apart they would be a twelfth larger. Their styles are one sheet, `styles/later`; once it is there it stays, so that its
//! names must mean nothing else on the pages of the first load.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::{ArcRwSignal, Get, Set};
use leptos::wasm_split::SplitLoaderError;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlElement;

use crate::dom::{El, button, el, switch};
use crate::prelude::*;

/// How something is drawn, a function; or that its module could not be loaded.
pub(crate) type Drawing<D = fn() -> El> = Result<D, SplitLoaderError>;

/// Asks for a module.
pub(crate) type Load<D> = fn() -> Pin<Box<dyn Future<Output = Drawing<D>>>>;

const WAITING: usize = 0;
const THERE: usize = 1;
const FAILED: usize = 2;

/// What is drawn as soon as its module is there.
pub(crate) fn later<D: Copy + Send + Sync + 'static>(load: Load<D>, draw: impl Fn(D) -> El + 'static) -> El {
    let (state, drawing) = (RwSignal::new(WAITING), StoredValue::new(None));
    let styled = styles();
    let ask = move || {
        styles();
        state.set(WAITING);
        spawn_local(async move {
            let answer = load().await;
            drawing.set_value(answer.ok());
            let loaded = drawing.try_get_value().flatten().is_some();
            state.set(if loaded { THERE } else { FAILED });
        });
    };
    ask();
    let case = move || if styled.get() { state.get() } else { WAITING };
    let drawn = move |case| match drawing.get_value() {
        Some(drawing) if case == THERE => draw(drawing),
        _ => failed(ask),
    };
    switch(case, Box::new(drawn), WAITING)
}

fn failed(again: impl Fn() + 'static) -> El {
    el("section", "empty")
        .add(el("h1", "").attr("tabindex", "-1").text("This page could not be loaded"))
        .add(el("p", "").text("The connection broke, or Porthole was replaced by another version meanwhile."))
        .add(button("button button-main", "Try again").click(again))
}

thread_local! {
    static STYLED: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// Whether the styles are there; they are fetched if nobody has yet. Pages without their styles can still be read: if
/// they cannot be had it goes on, and the next page asks for them again.
fn styles() -> ArcRwSignal<bool> {
    let styled = STYLED.with(Clone::clone);
    let sheet = document().query_selector("link[data-later]:not([rel])").ok().flatten();
    let Some(sheet) = sheet.and_then(|sheet| sheet.dyn_into::<HtmlElement>().ok()) else {
        return styled;
    };
    for event in ["load", "error"] {
        let (styled, settled) = (styled.clone(), sheet.clone());
        let settled = Closure::<dyn FnMut()>::new(move || {
            if event == "error" {
                let _ = settled.remove_attribute("rel");
            }
            styled.set(true);
        });
        let _ = sheet.add_event_listener_with_callback(event, settled.into_js_value().unchecked_ref());
    }
    // A sheet without this is not fetched.
    let _ = sheet.set_attribute("rel", "stylesheet");
    styled
}
