//! What the page needs of the browser beyond the DOM: the clock and its zone, storage, the clipboard.

use std::cell::Cell;
use std::time::Duration;

use api::Millis;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_logic::time::{Clock, Utc, Zone};
use web_sys::{Document, Event, HtmlDocument, HtmlElement, HtmlTextAreaElement, Window};

use crate::prelude::{StoredValue, on_cleanup};

thread_local! {
    /// How far the server's clock is ahead of the browser's.
    static SKEW: Cell<Millis> = const { Cell::new(0) };
}

/// The window.
pub(crate) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
pub(crate) fn document() -> Document {
    window().document().expect("every window has a document")
}

/// Calls `heard` with every event of a name that reaches the window, for as long as the part of the page is there
/// that is being built.
pub(crate) fn listen(name: &'static str, heard: impl FnMut(Event) + 'static) {
    listen_with(name, Closure::wrap(Box::new(heard)));
}

fn listen_with(name: &'static str, heard: Closure<dyn FnMut(Event)>) {
    let _ = window().add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
    let heard = StoredValue::new(heard);
    on_cleanup(move || {
        heard.with_value(|heard| {
            let _ = window().remove_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
        });
    });
}

/// Calls `act` once, after a time.
pub(crate) fn set_timeout(act: impl FnOnce() + 'static, after: Duration) {
    let act = Closure::once_into_js(act);
    let after = after.as_millis() as i32;
    let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(act.unchecked_ref(), after);
}

/// Calls `act` again and again, for as long as the part of the page is there that is being built.
pub(crate) fn set_interval(act: impl FnMut() + 'static, every: Duration) {
    every_while(Closure::wrap(Box::new(act)), every);
}

fn every_while(act: Closure<dyn FnMut()>, every: Duration) {
    let every = every.as_millis() as i32;
    let set = window()
        .set_interval_with_callback_and_timeout_and_arguments_0(act.as_ref().unchecked_ref(), every)
        .unwrap_or_default();
    let act = StoredValue::new(act);
    on_cleanup(move || {
        // It is kept until then.
        act.with_value(|_| window().clear_interval_with_handle(set));
    });
}

/// Calls `act` before the next picture is drawn.
pub(crate) fn request_animation_frame(act: impl FnOnce() + 'static) {
    let act = Closure::once_into_js(act);
    let _ = window().request_animation_frame(act.unchecked_ref());
}

/// Clocks that differ by less count as equal: messages take their time.
const SKEW_MIN: Millis = 3_000;

/// Now, by the server's clock as far as it is known: lines are stamped over there.
pub(crate) fn now() -> Millis {
    js_sys::Date::now() as Millis + SKEW.get()
}

/// Takes note of what the server's clock shows.
pub(crate) fn set_server_time(at: Millis) {
    let skew = at - js_sys::Date::now() as Millis;
    SKEW.set(if skew.abs() < SKEW_MIN { 0 } else { skew });
}

/// The zone that the browser's clock hangs in.
struct Local;

impl Zone for Local {
    fn ahead_minutes(&self, at: Millis) -> i32 {
        let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
        -(date.get_timezone_offset() as i32)
    }
}

/// The zone that times are shown in.
pub(crate) fn zone(utc: bool) -> &'static dyn Zone {
    if utc { &Utc } else { &Local }
}

/// The clock by which times are read and shown.
pub(crate) fn clock(utc: bool) -> Clock<'static> {
    Clock { now: now(), zone: zone(utc) }
}

/// What this browser remembers under a name.
pub(crate) fn stored(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?
}

/// Lets this browser remember; where storage is forbidden it forgets with the page.
pub(crate) fn store(name: &str, value: &str) {
    if let Ok(Some(storage)) = window().local_storage() {
        let _ = storage.set_item(name, value);
    }
}

/// Copies a text; tells whether it worked.
pub(crate) async fn copy(text: String) -> bool {
    // Pages that came by plain HTTP from another machine have no clipboard.
    if window().is_secure_context() {
        let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
        if written.is_ok() {
            return true;
        }
    }
    copy_by_selection(&text).unwrap_or(false)
}

fn copy_by_selection(text: &str) -> Option<bool> {
    let area: HtmlTextAreaElement = document().create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    area.set_class_name("visually-hidden");
    // Inside a modal dialog nothing outside of it can be selected.
    let dialog = document().query_selector("dialog[open]").ok()?;
    let parent = dialog.or_else(|| document().body().map(Into::into))?;
    parent.append_child(&area).ok()?;
    let before = document().active_element();
    area.select();
    let copied = document().unchecked_into::<HtmlDocument>().exec_command("copy").ok();
    area.remove();
    if let Some(element) = before.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
    copied
}

/// What is in the clipboard, if the browser lets the page know.
pub(crate) async fn pasted() -> Option<String> {
    if !window().is_secure_context() {
        return None;
    }
    JsFuture::from(window().navigator().clipboard().read_text()).await.ok()?.as_string()
}

/// The address that the browser shows, up to the path.
pub(crate) fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Takes an element away.
pub(crate) fn remove(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.remove();
    }
}

/// Puts the focus on the first element that a selector finds.
pub(crate) fn focus(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Takes the focus away from where it is.
pub(crate) fn release_focus() {
    if let Some(element) =
        document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok())
    {
        let _ = element.blur();
    }
}

/// Whether text is selected, so that a click was the end of a selection.
pub(crate) fn has_selection() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// Whether a media query holds.
pub(crate) fn matches(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|list| list.matches())
}

/// A number with all its digits.
pub(crate) fn exact(number: f64) -> String {
    js_sys::Number::from(number).to_string_with_radix(10).map(String::from).unwrap_or_default()
}

/// A custom property of the theme.
pub(crate) fn theme_property(name: &str) -> String {
    let root = document().document_element();
    let style = root.and_then(|root| window().get_computed_style(&root).ok().flatten());
    style
        .and_then(|style| style.get_property_value(name).ok())
        .map(|value| value.trim().to_owned())
        .unwrap_or_default()
}

/// Says in the console why the page stopped, and shows the bar that offers to load it again.
pub(crate) fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    log_error(&info.to_string());
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-stopped", "");
    }
}

/// Says something in the console.
pub(crate) fn log_error(text: &str) {
    web_sys::console::error_1(&JsValue::from_str(text));
}
