//! The keys and what they do.

use leptos::prelude::*;
use web_logic::keys::HELP;

use super::modal::Modal;
use crate::reactive::{each, on};
use crate::state::{Overlay, Shared, shared};

/// The keys and what they do.
#[component]
pub(crate) fn KeyHelp() -> impl IntoView {
    let Shared { preferences, .. } = shared();
    view! {
        <Modal overlay=Overlay::Help label="Keys" class="key-help">
            <h2>"Keys"</h2>
            <dl class="keys">
                {each(
                    HELP,
                    |(keys, what)| {
                        view! {
                            <div>
                                <dt>{each(keys.split("   "), |one| view! { <kbd>{one}</kbd> })}</dt>
                                <dd>{what}</dd>
                            </div>
                        }
                    },
                )}
            </dl>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || preferences.single_keys.get()
                    on:change=on(move |event| preferences.set_single_keys(event_target_checked(&event)))
                />
                "Single keys act (Ctrl K always does)"
            </label>
        </Modal>
    }
}
