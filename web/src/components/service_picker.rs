//! The choice of services: some to see, some to leave out.

use std::collections::BTreeSet;

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::choice::Choice;
use web_logic::fuzzy;
use web_sys::HtmlInputElement;

use super::environment_picker::environment_picker;
use super::icon::Sign;
use super::popover::{Opener, popover};
use crate::dom::{El, Keyed, button, el, icon_button, when};
use crate::reactive::{derived, effect};
use crate::state::{Shared, shared};

/// The choice of services.
pub(crate) fn service_picker() -> El {
    let Shared { view, .. } = shared();
    let text = move || view.state.with(|state| summary(&state.services));
    let opener = Opener { label: "Services", sign: Sign::Filter, class: "services" };
    popover(opener, text, RwSignal::new(false), service_list)
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

fn service_list() -> El {
    let Shared { view, live, .. } = shared();
    let search = RwSignal::new(String::new());
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
    let find = el("input", "input")
        .attr("type", "search")
        .attr("placeholder", "Find a service")
        .attr("aria-label", "Find a service");
    let input: HtmlInputElement = find.element().clone().unchecked_into();
    let focused = input.clone();
    request_animation_frame(move || drop(focused.focus()));
    let rows = move || shown.get().into_iter().map(keyed_row).collect();
    let all = button("button", "All services")
        .enabled_of(move || view.state.with(|state| !state.services.is_empty()))
        .click(move || view.change(|state| state.services = Choice::default()));
    el("div", "host")
        .add(el("span", "narrow-only").add(environment_picker()))
        .add(find.on("input", move |_| search.set(input.value())))
        .add(el("ul", "choices").keyed(rows))
        .add(when(
            move || shown.with(Vec::is_empty),
            || el("p", "hint").text("No service of this name is known."),
        ))
        .add(all)
}

fn keyed_row(name: String) -> Keyed {
    (name.clone(), Box::new(move || service_row(name)))
}

fn service_row(name: String) -> El {
    let Shared { view, .. } = shared();
    let leave = icon_button(Sign::Minus, &format!("Leave {name} out")).attr("title", "Leave out");
    let check = el("input", "").attr("type", "checkbox");
    let input: HtmlInputElement = check.element().clone().unchecked_into();
    let label = el("label", "check").add(check).text(&name);
    let name = StoredValue::new(name);
    let left_out =
        move || view.state.with(|state| name.with_value(|name| state.services.exclude.contains(name)));
    effect(move || {
        let chosen = view.state.with(|state| name.with_value(|name| state.services.include.contains(name)));
        input.set_checked(chosen);
    });
    let toggle = move |_| view.change(|state| name.with_value(|name| state.services.toggle(name)));
    let exclude = move || view.change(|state| name.with_value(|name| state.services.toggle_exclude(name)));
    el("li", "choice")
        .class_of("choice-out", left_out)
        .add(label.on("change", toggle))
        .add(leave.pressed_of(left_out).click(exclude))
}
