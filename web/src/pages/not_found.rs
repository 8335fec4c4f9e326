//! There is no page at this address.

use leptos::prelude::*;

/// Says so, and where to go.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    view! {
        <section class="empty">
            <h1 tabindex="-1">"There is no page at this address"</h1>
            <p>
                <a href="/">"Now"</a>
                " shows how everything does; "
                <a href="/logs">"Logs"</a>
                " shows the lines."
            </p>
        </section>
    }
}
