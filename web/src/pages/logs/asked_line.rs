//! The LogQL that was asked, to learn from and to take along.

use leptos::prelude::*;

use super::Question;
use crate::components::{Icon, Sign};
use crate::reactive::memo;
use crate::state::{Toast, shared};

/// The query as it went to the server.
#[component]
pub(super) fn AskedLine(question: Memo<Question>) -> impl IntoView {
    let toast: Toast = shared();
    let query = memo(move || question.with(|question| question.asked.query.clone()));
    view! {
        <div class="asked wide-only">
            <code title="What was asked, in LogQL">{move || query.get()}</code>
            <button
                type="button"
                class="button-icon"
                aria-label="Copy the query"
                title="Copy the query"
                on:click=move |_| toast.copy(query.get_untracked(), "Query")
            >
                <Icon sign=Sign::Copy />
            </button>
        </div>
    }
}
