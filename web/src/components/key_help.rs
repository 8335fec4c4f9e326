//! The keys and what they do.

use leptos::prelude::*;
use web_logic::keys::HELP;

use super::modal::Modal;
use crate::reactive::on;
use crate::state::{Overlay, Preferences, Shared, shared};

/// The keys and what they do.
#[component]
pub(crate) fn KeyHelp() -> impl IntoView {
    let Shared { preferences, .. } = shared();
    view! {
        <Modal overlay=Overlay::Help label="Keys" class="key-help">
            <h2>"Keys"</h2>
            <dl class="keys">
                {HELP
                    .iter()
                    .map(|(keys, what)| {
                        view! {
                            <div>
                                <dt>{keys.split("   ").map(|one| view! { <kbd>{one}</kbd> }).collect_view()}</dt>
                                <dd>{*what}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
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
