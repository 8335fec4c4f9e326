//! The choice of the theme.

use leptos::prelude::*;

use crate::reactive::{each, on};
use crate::state::{Shared, Theme, shared};

/// Three buttons, one of them pressed.
#[component]
pub(crate) fn ThemePicker() -> impl IntoView {
    let Shared { preferences, .. } = shared();
    let button = move |(theme, words): (Theme, &'static str)| {
        view! {
            <button
                type="button"
                class="segment"
                aria-pressed=move || (preferences.theme.get() == theme).to_string()
                on:click=on(move |_| preferences.set_theme(theme))
            >
                {words}
            </button>
        }
    };
    view! {
        <div class="segments" role="group" aria-label="Theme">
            {each(Theme::ALL, button)}
        </div>
    }
}
