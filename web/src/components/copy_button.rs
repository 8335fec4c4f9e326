//! A button that copies a text.

use leptos::prelude::*;

use super::icon::{Sign, icon};
use crate::reactive::on;
use crate::state::{Shared, shared};

/// Copies `text`; afterwards the page says that `what` was copied.
#[component]
pub(crate) fn CopyButton(
    #[prop(into)] text: Signal<String>,
    what: &'static str,
    label: &'static str,
) -> impl IntoView {
    let Shared { toast, .. } = shared();
    view! {
        <button type="button" class="button" on:click=on(move |_| toast.copy(text.get_untracked(), what))>
            {icon(Sign::Copy)}
            {label}
        </button>
    }
}
