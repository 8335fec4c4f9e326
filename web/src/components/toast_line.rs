//! The short message at the edge of the page.

use leptos::prelude::*;

use crate::state::{Shared, shared};

/// The message; it is read out politely.
#[component]
pub(crate) fn ToastLine() -> impl IntoView {
    let Shared { toast, .. } = shared();
    let message = toast.message;
    view! {
        <div
            class="toast"
            role="status"
            class:toast-shown=move || message.with(|message| !message.is_empty())
        >
            {move || message.get()}
        </div>
    }
}
