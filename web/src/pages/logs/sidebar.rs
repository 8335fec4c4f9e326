//! What there is, by level, service and container: a click shows only that, another takes it back; with Alt or
//! Ctrl it is left out. On phones a sheet.

use api::FacetValue;
use leptos::prelude::*;
use web_logic::choice::Choice;
use web_logic::level::{self, LevelSet};
use web_logic::logql::{Dimension, Typed};
use web_logic::number::compact;
use web_logic::view::ViewState;
use web_sys::MouseEvent;

use super::counts::Counts;
use crate::components::{Sign, icon};
use crate::reactive::{Item, When, derived, keyed, on};
use crate::state::{Shared, shared};

/// Services and containers that are listed at first.
const SHORT: usize = 12;

/// The sidebar.
#[component]
pub(super) fn Sidebar(counts: Counts, open: RwSignal<bool>) -> impl IntoView {
    let Shared { view, .. } = shared();
    let whole = move || view.state.with(|state| matches!(Typed::of(&state.query), Typed::Whole(_)));
    let filtered = move || {
        view.state.with(|state| {
            !state.levels.is_empty() || !state.services.is_empty() || !state.containers.is_empty()
        })
    };
    view! {
        <aside class="sidebar" aria-label="Filters">
            <header class="sidebar-head">
                <span class="hint">"Alt-click leaves out"</span>
                <button
                    type="button"
                    class="button-link"
                    disabled=move || !filtered()
                    on:click=on(move |_| {
                        view.change(|state| {
                            state.levels = LevelSet::default();
                            state.services = Choice::default();
                            state.containers = Choice::default();
                        });
                    })
                >
                    "Clear"
                </button>
                <button
                    type="button"
                    class="button-icon narrow-only"
                    aria-label="Close"
                    on:click=on(move |_| open.set(false))
                >
                    {icon(Sign::Close)}
                </button>
            </header>
            <When when=whole>
                <p class="hint">"The query names its own streams; environment, services and containers chosen here do not narrow it."</p>
            </When>
            <FacetList counts dimension=Dimension::Level title="Level" />
            <FacetList counts dimension=Dimension::Service title="Service" />
            <FacetList counts dimension=Dimension::Container title="Container" />
        </aside>
    }
}

#[component]
fn FacetList(counts: Counts, dimension: Dimension, title: &'static str) -> impl IntoView {
    let Shared { view, .. } = shared();
    let all = RwSignal::new(false);
    let values = derived(move || view.state.with(|state| listed(state, dimension, counts.values(dimension))));
    let hidden = move || values.with(|values| values.len().saturating_sub(SHORT));
    let shown = move || {
        let mut values = values.get();
        if !all.get() && dimension != Dimension::Level {
            values.truncate(SHORT);
        }
        values
    };
    let most = Signal::derive(move || {
        values.with(|values| values.iter().map(|value| value.lines).max().unwrap_or(0))
    });
    let row = move |value: FacetValue| {
        Item::new(format!("{} {}", value.lines, value.value), move || {
            view! { <FacetRow dimension value most /> }.into_any()
        })
    };
    view! {
        <section class="facet">
            <h2 class="facet-title">{title}</h2>
            <When when=move || values.with(Vec::is_empty)>
                <p class="hint">{move || if counts.is_known(dimension) { "No lines" } else { "…" }}</p>
            </When>
            <ul class="facet-values">
                {keyed(move || shown().into_iter().map(row).collect())}
            </ul>
            <When when=move || dimension != Dimension::Level && hidden() != 0>
                <button
                    type="button"
                    class="button-link"
                    on:click=on(move |_| all.update(|all| *all = !*all))
                >
                    {move || if all.get() { "Fewer".to_owned() } else { format!("{} more", hidden()) }}
                </button>
            </When>
        </section>
    }
}

/// What is chosen is listed even where no line is left of it. Levels stand in their own order.
fn listed(state: &ViewState, dimension: Dimension, mut values: Vec<FacetValue>) -> Vec<FacetValue> {
    let missing = |value: &str, values: &[FacetValue]| values.iter().all(|other| other.value != value);
    match dimension {
        Dimension::Level => {
            let lines =
                |name: &str| values.iter().find(|value| value.value == name).map_or(0, |value| value.lines);
            let all = (0..8).rev().map(|place| (place, level::name(place)));
            let shown = all.filter(|(place, name)| lines(name) > 0 || state.levels.contains(*place));
            return shown
                .map(|(_, name)| FacetValue { value: name.to_owned(), lines: lines(name) })
                .collect();
        }
        Dimension::Service | Dimension::Container => {
            let choice = if dimension == Dimension::Service { &state.services } else { &state.containers };
            for value in choice.include.union(&choice.exclude) {
                if missing(value, &values) {
                    values.push(FacetValue { value: value.clone(), lines: 0 });
                }
            }
        }
    }
    values
}

#[component]
fn FacetRow(dimension: Dimension, value: FacetValue, most: Signal<u64>) -> impl IntoView {
    let Shared { view, .. } = shared();
    let lines = value.lines;
    let name = StoredValue::new(value.value);
    let included =
        move || view.state.with(|state| name.with_value(|name| is_included(state, dimension, name)));
    let excluded =
        move || view.state.with(|state| name.with_value(|name| is_excluded(state, dimension, name)));
    let choose = move |exclude: bool| {
        view.change(|state| name.with_value(|name| toggle(state, dimension, name, exclude)));
    };
    let clicked = move |event: MouseEvent| {
        event.prevent_default();
        choose(event.alt_key() || event.ctrl_key() || event.meta_key());
    };
    let stripe = name.with_value(|name| stripe_class(dimension, name));
    let share = move || format!("{:.1}%", lines as f64 / most.get().max(1) as f64 * 100.0);
    view! {
        <li class="facet-row" class:facet-in=included class:facet-out=excluded>
            <button
                type="button"
                class="facet-button"
                aria-pressed=move || included().to_string()
                title="Click: only this. Alt-click: leave it out."
                on:click=clicked
            >
                <span class=format!("facet-stripe {stripe}") aria-hidden="true"></span>
                <span class="facet-name">{name.get_value()}</span>
                <span class="facet-count">{compact(lines)}</span>
                <span class="facet-bar" aria-hidden="true" style:width=share></span>
            </button>
            <button
                type="button"
                class="button-icon facet-exclude"
                aria-pressed=move || excluded().to_string()
                aria-label=move || format!("Leave {} out", name.get_value())
                title="Leave out"
                on:click=on(move |_| choose(true))
            >
                {icon(Sign::Minus)}
            </button>
        </li>
    }
}

fn stripe_class(dimension: Dimension, name: &str) -> String {
    if dimension != Dimension::Level {
        return String::new();
    }
    format!("level-{}", level::TIERS[level::tier(place_of(name))].name)
}

fn place_of(name: &str) -> u8 {
    (0..8).find(|place| level::name(*place) == name).unwrap_or(0)
}

fn choice_of(state: &ViewState, dimension: Dimension) -> &Choice {
    if dimension == Dimension::Service { &state.services } else { &state.containers }
}

fn is_included(state: &ViewState, dimension: Dimension, name: &str) -> bool {
    match dimension {
        Dimension::Level => state.levels.len() <= 4 && state.levels.contains(place_of(name)),
        _ => choice_of(state, dimension).include.contains(name),
    }
}

fn is_excluded(state: &ViewState, dimension: Dimension, name: &str) -> bool {
    match dimension {
        // A few of the eight are chosen, or a few of them left out: only those are marked.
        Dimension::Level => state.levels.len() > 4 && !state.levels.contains(place_of(name)),
        _ => choice_of(state, dimension).exclude.contains(name),
    }
}

fn toggle(state: &mut ViewState, dimension: Dimension, name: &str, exclude: bool) {
    state.selected = None;
    let choice = match dimension {
        Dimension::Level => {
            toggle_level(state, place_of(name), exclude);
            return;
        }
        Dimension::Service => &mut state.services,
        Dimension::Container => &mut state.containers,
    };
    if exclude {
        choice.toggle_exclude(name);
    } else {
        choice.toggle(name);
    }
}

/// Levels are a set of what is seen; leaving one out of all means seeing the seven others.
fn toggle_level(state: &mut ViewState, place: u8, exclude: bool) {
    state.levels = match (exclude, state.levels.is_empty()) {
        (true, true) => LevelSet::without(place),
        _ => state.levels.toggled(place),
    };
    if state.levels == LevelSet::ALL {
        state.levels = LevelSet::default();
    }
}
