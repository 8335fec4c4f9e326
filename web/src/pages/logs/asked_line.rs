//! The LogQL that was asked, to learn from and to take along.

use leptos::prelude::*;

use super::Question;
use crate::components::{Sign, icon};
use crate::reactive::{Derived, derived, on};
use crate::state::{Shared, shared};

/// The query as it went to the server.
#[component]
pub(super) fn AskedLine(question: Derived<Question>) -> impl IntoView {
    let Shared { toast, .. } = shared();
    let query = derived(move || question.with(|question| question.asked.query.clone()));
    view! {
        <div class="asked wide-only">
            <code title="What was asked, in LogQL">{move || query.get()}</code>
            <button
                type="button"
                class="button-icon"
                aria-label="Copy the query"
                title="Copy the query"
                on:click=on(move |_| toast.copy(query.get_untracked(), "Query"))
            >
                {icon(Sign::Copy)}
            </button>
        </div>
    }
}
