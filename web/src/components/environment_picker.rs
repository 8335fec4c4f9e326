//! The choice of the environment.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::reactive::{derived, each, on};
use crate::state::{Shared, shared};

/// One environment, or all.
#[component]
pub(crate) fn EnvironmentPicker() -> impl IntoView {
    let Shared { view, live, .. } = shared();
    let chosen = derived(move || view.state.with(|state| state.environment.clone()).unwrap_or_default());
    let known = derived(move || {
        let mut known = BTreeSet::new();
        live.now.with(|now| {
            let services = now.iter().flat_map(|now| &now.services);
            known.extend(services.map(|tile| tile.environment.clone()));
        });
        known.insert(chosen.get());
        known.remove("");
        known
    });
    let choose = move |event| {
        let value = event_target_value(&event);
        view.change(|state| state.environment = (!value.is_empty()).then_some(value));
    };
    let option = move |name: String| {
        let selected = name == chosen.get();
        let value = name.clone();
        view! { <option value=value selected=selected>{name}</option> }
    };
    view! {
        <select
            class="select"
            aria-label="Environment"
            title="Environment"
            prop:value=move || chosen.get()
            on:change=on(choose)
        >
            <option value="">"All environments"</option>
            {move || each(known.get(), option)}
        </select>
    }
}
