//! The fields of a line, each with two buttons: only lines like this, or without them.

use leptos::prelude::*;
use web_logic::line::Field;
use web_logic::logql::{LineFilter, with_filter};

use crate::components::{Sign, icon};
use crate::reactive::{each, on};
use crate::state::{Shared, shared};

/// The fields of a logfmt line.
#[component]
pub(super) fn FieldTable(fields: Vec<Field>) -> impl IntoView {
    if fields.is_empty() {
        return ().into_any();
    }
    let row = |field: Field| {
        view! {
            <div class="field-row">
                <dt>{field.key}</dt>
                <dd>{field.value} <FilterButtons filter=field.filter /></dd>
            </div>
        }
    };
    view! { <dl class="fields">{each(fields, row)}</dl> }.into_any()
}

/// Only lines like this, or without them.
#[component]
pub(super) fn FilterButtons(filter: LineFilter) -> impl IntoView {
    let Shared { view, .. } = shared();
    let filter = StoredValue::new(filter);
    let narrow = move |exclude: bool| {
        view.change(|state| {
            *state = filter.with_value(|filter| with_filter(state, filter, exclude));
            state.selected = None;
        });
    };
    view! {
        <span class="filter-buttons">
            <button
                type="button"
                class="button-icon"
                aria-label="Only this value"
                title="Only lines with this value"
                on:click=on(move |_| narrow(false))
            >
                {icon(Sign::Plus)}
            </button>
            <button
                type="button"
                class="button-icon"
                aria-label="Leave this value out"
                title="Leave lines with this value out"
                on:click=on(move |_| narrow(true))
            >
                {icon(Sign::Minus)}
            </button>
        </span>
    }
}
