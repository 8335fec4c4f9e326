//! The fields of a line, each with where it comes from and two buttons: only lines like this, or without them.

use crate::prelude::*;
use api::FieldSource;
use web_logic::columns::{Columns, cells, sanitised};
use web_logic::line::{Field, Line};
use web_logic::logql::{FieldFilter, LineFilter, with_field, with_filter};
use web_logic::view::ViewState;

use crate::components::Sign;
use crate::dom::{El, el, icon_button};
use crate::state::{Shared, shared};

/// Only lines like this, or without them; `narrow` puts the condition into the view, or its opposite.
pub(super) fn narrow_buttons(narrow: impl Fn(&ViewState, bool) -> ViewState + Clone + 'static) -> El {
    let Shared { view, .. } = shared();
    let one = |picture, words: &str, exclude: bool| {
        let narrow = narrow.clone();
        icon_button(picture, words).click(move || {
            view.change(|state| {
                *state = narrow(state, exclude);
                state.selected = None;
            });
        })
    };
    el("span", "filter-buttons").add(one(Sign::Plus, "Only lines with this value", false)).add(one(
        Sign::Minus,
        "Leave lines with this value out",
        true,
    ))
}

/// The buttons of a field, and a third that gives it a column.
pub(super) fn field_buttons(filter: FieldFilter) -> El {
    let Shared { view, .. } = shared();
    let name = StoredValue::new(filter.name.clone());
    let column = icon_button(Sign::Columns, "Column for this field")
        .attr("class", "button-icon wide-only")
        .pressed_of(move || view.state.with(|state| name.with_value(|name| state.columns.contains(name))))
        .click(move || view.change(|state| name.with_value(|name| state.columns.toggle(name))));
    narrow_buttons(move |state, exclude| with_field(state, &filter, exclude)).add(column)
}

/// The buttons of a part of a line that no field's name leads to.
pub(super) fn line_buttons(filter: LineFilter) -> El {
    narrow_buttons(move |state, exclude| with_filter(state, &filter, exclude))
}

/// The fields of a logfmt line.
pub(super) fn logfmt_table(fields: Vec<Field>) -> Option<El> {
    let row = |field: Field| {
        let filter = FieldFilter {
            name: sanitised(&field.key),
            from: FieldSource::Logfmt,
            value: field.value.clone(),
        };
        row(&field.key, &field.value, field_buttons(filter))
    };
    table("key=value", fields.into_iter().map(row).collect())
}

/// What the query's parsers found and its templates made, where the line itself does not show it.
pub(super) fn made_table(line: &Line) -> Option<El> {
    let bare = line.without_fields();
    let is_new = |name: &String, value: &String| {
        let mut column = Columns::default();
        column.toggle(name);
        cells(&bare, &column).first() != Some(value)
    };
    let row = |(name, value): (&String, &String)| {
        let filter = FieldFilter { name: name.clone(), from: FieldSource::Query, value: value.clone() };
        row(name, value, field_buttons(filter))
    };
    table(
        "Made by the query",
        line.fields.iter().filter(|(name, value)| is_new(name, value)).map(row).collect(),
    )
}

fn table(origin: &str, rows: Vec<El>) -> Option<El> {
    let some = !rows.is_empty();
    some.then(|| {
        el("section", "field-table")
            .add(el("h4", "field-origin").text(origin))
            .add(el("dl", "fields").add_all(rows))
    })
}

fn row(name: &str, value: &str, buttons: El) -> El {
    el("div", "field-line").add(el("dt", "").text(name)).add(el("dd", "").text(value).text(" ").add(buttons))
}

/// Labels of the stream, then structured metadata.
pub(super) fn labels(line: &Line) -> El {
    let chip = |name: &String, value: &String, from| {
        let filter = FieldFilter { name: name.clone(), from, value: value.clone() };
        let buttons = narrow_buttons(move |state, exclude| with_field(state, &filter, exclude));
        el("div", "label").add(el("dt", "").text(name)).add(el("dd", "").text(value).add(buttons))
    };
    let of = |from: FieldSource, title: &str, pairs: &std::collections::BTreeMap<String, String>| {
        // The alias of the service says nothing that the service does not.
        let says_more =
            |name: &str, value: &String| name != "service_name" || pairs.get("service") != Some(value);
        let said = pairs.iter().filter(|(name, value)| says_more(name, value));
        let chips: Vec<El> = said.map(|(name, value)| chip(name, value, from)).collect();
        el("dl", "labels").add(el("span", "field-origin").text(title)).add_all(chips)
    };
    let labels = el("div", "label-rows").add(of(FieldSource::Label, "Labels", &line.labels));
    if line.metadata.is_empty() {
        return labels;
    }
    labels.add(of(FieldSource::Metadata, "Metadata", &line.metadata))
}
