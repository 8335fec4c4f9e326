//! A panel below a button; on phones a sheet at the bottom. It closes on Escape and on clicks elsewhere.

use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::icon::{Sign, icon};

use crate::reactive::{When, on};

/// A button and its panel.
#[component]
pub(crate) fn Popover(
    /// What the button is for, for those who read by ear and as its hover.
    label: &'static str,
    sign: Sign,
    /// What the button shows.
    #[prop(into)]
    text: Signal<String>,
    /// Ends the panel's class.
    class: &'static str,
    open: RwSignal<bool>,
    children: ChildrenFn,
) -> impl IntoView {
    let root = NodeRef::<Div>::new();
    let outside = window_event_listener(ev::pointerdown, move |event| {
        if !open.get_untracked() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        let inside = root.get_untracked().is_some_and(|root| root.contains(target.as_ref()));
        if !inside {
            open.set(false);
        }
    });
    on_cleanup(move || outside.remove());
    let escape = move |event: ev::KeyboardEvent| {
        if event.key() != "Escape" || !open.get_untracked() {
            return;
        }
        event.stop_propagation();
        open.set(false);
        let button = root.get_untracked().and_then(|root| root.query_selector("button").ok().flatten());
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            let _ = button.focus();
        }
    };
    let children = StoredValue::new(children);
    view! {
        <div class="popover" node_ref=root on:keydown=on(escape)>
            <button
                type="button"
                class="button popover-button"
                aria-haspopup="dialog"
                aria-expanded=move || open.get().to_string()
                aria-label=move || format!("{label}: {}", text.get())
                title=label
                on:click=on(move |_| open.update(|open| *open = !*open))
            >
                {icon(sign)}
                <span class="popover-text">{move || text.get()}</span>
                {icon(Sign::Down)}
            </button>
            <When when=move || open.get()>
                <div class=format!("panel panel-{class}") role="dialog" aria-label=label>
                    {children.with_value(|children| children())}
                </div>
            </When>
        </div>
    }
}
