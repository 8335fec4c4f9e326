//! The choice of services: some to see, some to leave out.

use std::collections::BTreeSet;

use leptos::prelude::*;
use web_logic::choice::Choice;
use web_logic::fuzzy;

use super::environment_picker::EnvironmentPicker;
use super::icon::{Sign, icon};
use super::popover::Popover;
use crate::reactive::{Item, When, derived, focus_on, keyed, on};
use crate::state::{Shared, shared};

/// The choice of services.
#[component]
pub(crate) fn ServicePicker() -> impl IntoView {
    let Shared { view, .. } = shared();
    let open = RwSignal::new(false);
    let text = Signal::derive(move || view.state.with(|state| summary(&state.services)));
    view! {
        <Popover label="Services" sign=Sign::Filter text class="services" open>
            <ServiceList />
        </Popover>
    }
}

/// `All services`, `web, worker`, `All but nginx`.
fn summary(choice: &Choice) -> String {
    let names = |values: &BTreeSet<String>| match values.len() {
        1 | 2 => values.iter().cloned().collect::<Vec<_>>().join(", "),
        many => format!("{many} services"),
    };
    match (choice.include.is_empty(), choice.exclude.is_empty()) {
        (true, true) => "All services".to_owned(),
        (true, false) => format!("All but {}", names(&choice.exclude)),
        (false, _) => names(&choice.include),
    }
}

#[component]
fn ServiceList() -> impl IntoView {
    let Shared { view, live, .. } = shared();
    let search = RwSignal::new(String::new());
    let field = NodeRef::new();
    focus_on(field);
    let shown = derived(move || {
        let mut names = BTreeSet::new();
        live.now.with(|now| {
            let services = now.iter().flat_map(|now| &now.services);
            names.extend(services.map(|tile| tile.service.clone()));
        });
        view.state.with(|state| names.extend(state.services.include.union(&state.services.exclude).cloned()));
        search.with(|search| names.retain(|name: &String| fuzzy::find(search, name).is_some()));
        names.into_iter().collect::<Vec<_>>()
    });
    view! {
        <span class="narrow-only">
            <EnvironmentPicker />
        </span>
        <input
            class="input"
            type="search"
            placeholder="Find a service"
            aria-label="Find a service"
            node_ref=field
            on:input=on(move |event| search.set(event_target_value(&event)))
        />
        <ul class="choices">
            {keyed(move || shown.get().into_iter().map(service_item).collect())}
        </ul>
        <When when=move || shown.with(Vec::is_empty)>
            <p class="hint">"No service of this name is known."</p>
        </When>
        <button
            type="button"
            class="button"
            disabled=move || view.state.with(|state| state.services.is_empty())
            on:click=on(move |_| view.change(|state| state.services = Choice::default()))
        >
            "All services"
        </button>
    }
}

fn service_item(name: String) -> Item {
    Item::new(name.clone(), move || view! { <ServiceRow name /> }.into_any())
}

#[component]
fn ServiceRow(name: String) -> impl IntoView {
    let Shared { view, .. } = shared();
    let name = StoredValue::new(name);
    let chosen =
        move || view.state.with(|state| name.with_value(|name| state.services.include.contains(name)));
    let left_out =
        move || view.state.with(|state| name.with_value(|name| state.services.exclude.contains(name)));
    view! {
        <li class="choice" class:choice-out=left_out>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=chosen
                    on:change=on(move |_| view.change(|state| name.with_value(|name| state.services.toggle(name))))
                />
                {name.get_value()}
            </label>
            <button
                type="button"
                class="button-icon"
                aria-pressed=move || left_out().to_string()
                aria-label=move || format!("Leave {} out", name.get_value())
                title="Leave out"
                on:click=on(move |_| view.change(|state| name.with_value(|name| state.services.toggle_exclude(name))))
            >
                {icon(Sign::Minus)}
            </button>
        </li>
    }
}
