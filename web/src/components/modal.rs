//! A dialog that covers the page: the browser's own, which keeps the focus inside and closes on Escape.

use leptos::html::Dialog;
use leptos::prelude::*;
use web_sys::MouseEvent;

use crate::reactive::{When, derived, effect, on};
use crate::state::{Overlay, Shared, shared};

/// A dialog that is open while `overlay` is the page's.
#[component]
pub(crate) fn Modal(
    overlay: Overlay,
    /// What it is, for those who read by ear.
    label: &'static str,
    class: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let Shared { overlay: current, .. } = shared();
    let is_open = derived(move || current.get() == overlay);
    let dialog = NodeRef::<Dialog>::new();
    let close = move || {
        if is_open.get_untracked() {
            current.set(Overlay::None);
        }
    };
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        match (is_open.get(), dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    // A click on the backdrop is one on the dialog itself, outside of what it holds.
    let clicked = move |event: MouseEvent| {
        let on_backdrop = event.target() == dialog.get_untracked().map(|dialog| dialog.into());
        if on_backdrop {
            close();
        }
    };
    let children = StoredValue::new(children);
    view! {
        <dialog
            node_ref=dialog
            class=format!("modal {class}")
            aria-label=label
            on:close=on(move |_| close())
            on:click=on(clicked)
        >
            <When when=move || is_open.get()>
                <div class="modal-body">{children.with_value(|children| children())}</div>
            </When>
        </dialog>
    }
}
