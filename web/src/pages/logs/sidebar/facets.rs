//! The values of level, service and container.

use crate::prelude::*;
use api::FacetValue;
use web_logic::choice::Choice;
use web_logic::level::{self, LevelSet};
use web_logic::logql::Dimension;
use web_logic::view::ViewState;

use super::super::counts::Counts;
use super::value_row::{Value, value_row};
use crate::dom::{El, button, el, when};
use crate::reactive::derived;
use crate::state::{Shared, shared};

/// Services and containers that are listed at first.
const SHORT: usize = 10;

/// The list of one dimension.
pub(super) fn facet_list(counts: Counts, dimension: Dimension, title: &str) -> El {
    let Shared { view, .. } = shared();
    let all = RwSignal::new(false);
    let values = derived(move || view.state.with(|state| listed(state, dimension, counts.values(dimension))));
    let rows = move || {
        let mut values = values.get();
        let most = values.iter().map(|value| value.lines).max().unwrap_or(0).max(1);
        if !all.get() && dimension != Dimension::Level {
            values.truncate(SHORT);
        }
        let row = |value: FacetValue| {
            let key = format!("{} {most} {}", value.lines, value.value);
            let draw: Box<dyn FnOnce() -> El> = Box::new(move || facet_row(dimension, value, most));
            (key, draw)
        };
        values.into_iter().map(row).collect()
    };
    let hidden = move || values.with(|values| values.len().saturating_sub(SHORT));
    let more = move || {
        button("button-link", "")
            .text_of(move || if all.get() { "Fewer".to_owned() } else { format!("{} more", hidden()) })
            .click(move || all.update(|all| *all = !*all))
    };
    let empty = move || {
        el("p", "hint").text_of(move || if counts.is_known(dimension) { "No lines" } else { "…" }.to_owned())
    };
    el("section", "facet")
        .add(el("h2", "facet-title").text(title))
        .add(when(move || values.with(Vec::is_empty), empty))
        .add(el("ul", "facet-values").keyed(rows))
        .add(when(move || dimension != Dimension::Level && hidden() != 0, more))
}

/// What is chosen is listed even where no line is left of it. Levels stand in their own order.
fn listed(state: &ViewState, dimension: Dimension, mut values: Vec<FacetValue>) -> Vec<FacetValue> {
    if dimension == Dimension::Level {
        let lines =
            |name: &str| values.iter().find(|value| value.value == name).map_or(0, |value| value.lines);
        let all = (0..8).rev().map(|place| (place, level::name(place)));
        let shown = all.filter(|(place, name)| lines(name) > 0 || state.levels.contains(*place));
        return shown.map(|(_, name)| FacetValue { value: name.to_owned(), lines: lines(name) }).collect();
    }
    let choice = choice_of(state, dimension);
    for value in choice.include.union(&choice.exclude) {
        if values.iter().all(|other| other.value != *value) {
            values.push(FacetValue { value: value.clone(), lines: 0 });
        }
    }
    values
}

fn facet_row(dimension: Dimension, value: FacetValue, most: u64) -> El {
    let Shared { view, .. } = shared();
    let FacetValue { value: name, lines } = value;
    let stripe = match dimension {
        Dimension::Level => stripe(place_of(&name)),
        Dimension::Service | Dimension::Container => "",
    };
    let share = lines as f64 / most as f64;
    let row = Value { name: name.clone(), lines, share, stripe };
    let name = StoredValue::new(name);
    value_row(
        row,
        move || view.state.with(|state| name.with_value(|name| chosen(state, dimension, name))),
        move |exclude| view.change(|state| name.with_value(|name| toggle(state, dimension, name, exclude))),
    )
}

fn stripe(place: u8) -> &'static str {
    ["level-unknown", "level-debug", "level-info", "level-warn", "level-error"][level::tier(place)]
}

fn place_of(name: &str) -> u8 {
    (0..8).find(|place| level::name(*place) == name).unwrap_or(0)
}

fn choice_of(state: &ViewState, dimension: Dimension) -> &Choice {
    if dimension == Dimension::Service { &state.services } else { &state.containers }
}

/// Seen alone: `Some(false)`; left out: `Some(true)`.
fn chosen(state: &ViewState, dimension: Dimension, name: &str) -> Option<bool> {
    if dimension == Dimension::Level {
        // A few of the eight are chosen, or a few of them left out: only those are marked.
        let is_in = state.levels.contains(place_of(name));
        return match (state.levels.len() > 4, is_in) {
            (false, true) => Some(false),
            (true, false) => Some(true),
            _ => None,
        };
    }
    let choice = choice_of(state, dimension);
    let included = choice.include.contains(name).then_some(false);
    included.or(choice.exclude.contains(name).then_some(true))
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
