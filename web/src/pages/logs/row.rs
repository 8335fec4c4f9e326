//! One line: time, level, service, text; its details below once it is unfolded.

use std::sync::Arc;

use leptos::prelude::*;
use web_logic::level;
use web_logic::line::{Line, summary};
use web_logic::time::{self, NANOS_PER_MILLI};

use super::detail::Detail;
use super::feed::Feed;
use crate::browser;
use crate::components::draw;
use crate::reactive::{Derived, When, derived};
use crate::state::{Shared, shared};

/// One line.
#[component]
pub(super) fn Row(feed: Feed, index: usize, line: Arc<Line>, dated: Derived<bool>) -> impl IntoView {
    let Shared { view, .. } = shared();
    let id = StoredValue::new(line.id.clone());
    let at = line.time;
    let is_selected =
        derived(move || view.state.with(|state| id.with_value(|id| state.selected.as_ref() == Some(id))));
    let is_open = derived(move || feed.unfolded.with(|unfolded| id.with_value(|id| unfolded.contains(id))));
    let tier = level::TIERS[level::tier(line.level)].name;
    let clicked = move |_| {
        if browser::has_selection() {
            return;
        }
        let id = id.get_value();
        feed.toggle(&id);
        view.adjust(|state| state.selected = Some(id));
    };
    let zone = move || view.clock().zone;
    let when = move || time::row_time(at, zone(), dated.get());
    let whole = move || time::full(at.div_euclid(NANOS_PER_MILLI), zone());
    let service = line.service().to_owned();
    let container = line.label("container").to_owned();
    view! {
        <div
            class=format!("row level-{tier}")
            class:row-selected=move || is_selected.get()
            class:row-open=move || is_open.get()
            role="row"
            aria-rowindex=index + 1
            on:click=clicked
        >
            <span class="row-time" role="cell" title=whole>
                {when}
            </span>
            <span class="row-level" role="cell" title=level::name(line.level)>
                {level::glyph(line.level)}
            </span>
            <span class="row-service" role="cell" title=container>
                {service}
            </span>
            <span class="row-text" role="cell">
                {draw(summary(&line.text, &line.marks))}
            </span>
        </div>
        <When when=move || is_open.get()>
            <Detail feed line=Arc::clone(&line) />
        </When>
    }
}
