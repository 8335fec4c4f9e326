//! The fields of the lines: in how many lines each stands, and its commonest values.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::prelude::*;
use api::{Field, FieldKind, FieldSource};
use web_logic::decimal::fixed;
use web_logic::logql::{FieldFilter, field_state, with_field};
use web_logic::number::{compact, count, plural};

use super::super::counts::Counts;
use super::value_row::{Value, value_row};
use crate::components::Sign;
use crate::dom::{El, button, el, icon_button, sign, when};
use crate::state::{Shared, shared};

/// Fields that are listed at first.
const SHORT: usize = 12;
/// Counting different values ends here.
const DISTINCT_MAX: u32 = 1_000;
/// What has a list of its own, or says the same as one.
const ELSEWHERE: [&str; 6] =
    ["service", "service_name", "container", "environment", "detected_level", "container_id"];

type Open = RwSignal<BTreeSet<String>>;

/// The list.
pub(super) fn field_list(counts: Counts) -> El {
    let fields = counts.fields;
    let (open, all): (Open, _) = (RwSignal::new(BTreeSet::new()), RwSignal::new(false));
    let shown = move || fields.get().map(|stats| (listed(&stats.fields), stats.sampled));
    let hidden = move || shown().map_or(0, |(fields, _)| fields.len().saturating_sub(SHORT));
    let rows = move || {
        let Some((mut fields, sampled)) = shown() else { return Vec::new() };
        if !all.get() {
            fields.truncate(SHORT);
        }
        let row = |field: Field| {
            let field = Arc::new(field);
            // Drawn anew when anything in it has changed.
            let key = fingerprint(&field, sampled);
            let draw: Box<dyn FnOnce() -> El> = Box::new(move || field_row(field, sampled, open));
            (key, draw)
        };
        fields.into_iter().map(row).collect()
    };
    let told = move || {
        let stats = fields.get();
        match (stats, fields.failure()) {
            (None, Some(failure)) => failure.to_string(),
            (None, None) => "…".to_owned(),
            (Some(stats), _) if stats.sampled == 0 => "No lines".to_owned(),
            (Some(stats), _) if stats.fields.is_empty() => {
                "These lines have no fields: they are neither JSON nor key=value.".to_owned()
            }
            (Some(stats), _) => format!("Of the newest {}", plural(stats.sampled, "line")),
        }
    };
    let more = move || {
        button("button-link", "")
            .text_of(move || if all.get() { "Fewer".to_owned() } else { format!("{} more", hidden()) })
            .click(move || all.update(|all| *all = !*all))
    };
    el("section", "facet")
        .add(el("h2", "facet-title").text("Fields"))
        .add(el("p", "hint field-hint").text_of(told))
        .add(el("ul", "facet-values").keyed(rows))
        .add(when(move || hidden() != 0, more))
}

/// What the lines say themselves comes before what is known of their streams, and last what hardly two lines
/// share: identifiers and times.
fn listed(fields: &[Field]) -> Vec<Field> {
    let rank = |field: &Field| {
        let is_label = matches!(field.from, FieldSource::Label | FieldSource::Metadata);
        let is_unique = u64::from(field.distinct) * 2 > field.lines || field.distinct >= DISTINCT_MAX;
        u8::from(is_label) + 2 * u8::from(is_unique && field.distinct > 20)
    };
    let mut listed = Vec::new();
    for wanted in 0..4 {
        let known = fields.iter().filter(|field| {
            let name = field.name.strip_suffix("_extracted").unwrap_or(&field.name);
            !ELSEWHERE.contains(&name)
        });
        listed.extend(known.filter(|field| rank(field) == wanted).cloned());
    }
    listed
}

fn fingerprint(field: &Field, sampled: u64) -> String {
    let mut text = format!("{} {sampled} {} {}", field.name, field.lines, field.distinct);
    for value in &field.values {
        text.push_str(&format!(" {}:{}", value.lines, value.value));
    }
    text
}

fn field_row(field: Arc<Field>, sampled: u64, open: Open) -> El {
    let Shared { view, .. } = shared();
    let name = StoredValue::new(field.name.clone());
    let is_open = move || open.with(|open| name.with_value(|name| open.contains(name)));
    let toggle = move || {
        open.update(|open| {
            let name = name.get_value();
            if !open.remove(&name) {
                open.insert(name);
            }
        });
    };
    let share = share(field.lines, sampled);
    let head = el("button", "field-button")
        .attr("type", "button")
        .attr("title", &about(&field))
        .attr_of("aria-expanded", move || Some(is_open().to_string()))
        .add(sign(Sign::Right))
        .add(el("span", "facet-name").text(&field.name))
        .add(el("span", "facet-count").text(&share))
        .click(toggle);
    let has_column = move || view.state.with(|state| name.with_value(|name| state.columns.contains(name)));
    let column = icon_button(Sign::Columns, &format!("Column for {}", field.name))
        .attr("class", "button-icon facet-exclude field-column wide-only")
        .pressed_of(has_column)
        .click(move || view.change(|state| name.with_value(|name| state.columns.toggle(name))));
    let row = el("div", "facet-row").class_of("field-chosen", has_column).add(head).add(column);
    el("li", "found-field").add(row).add(when(is_open, move || values(&field)))
}

fn share(lines: u64, sampled: u64) -> String {
    let share = lines as f64 / sampled.max(1) as f64 * 100.0;
    if share < 1.0 { "<1%".to_owned() } else { fixed(share, 0) + "%" }
}

/// `status: whole number from JSON, 4 values`
fn about(field: &Field) -> String {
    let kind = match field.kind {
        FieldKind::String => "text",
        FieldKind::Integer => "whole number",
        FieldKind::Float => "number",
        FieldKind::Boolean => "true or false",
        FieldKind::Duration => "duration",
        FieldKind::Bytes => "size",
    };
    let from = match field.from {
        FieldSource::Label => "label of the stream",
        FieldSource::Metadata => "metadata",
        FieldSource::Json => "from JSON",
        FieldSource::Logfmt => "from key=value",
        FieldSource::Query => "made by the query",
    };
    format!("{}: {kind}, {from}, {} in {}", field.name, distinct(field.distinct), plural(field.lines, "line"))
}

fn distinct(values: u32) -> String {
    if values >= DISTINCT_MAX {
        return format!("{}+ values", count(u64::from(DISTINCT_MAX)));
    }
    plural(u64::from(values), "value")
}

fn values(field: &Arc<Field>) -> El {
    let most = field.values.iter().map(|value| value.lines).max().unwrap_or(0).max(1);
    let left = u64::from(field.distinct).saturating_sub(field.values.len() as u64);
    let rest = if left > 0 { format!("{} more values", compact(left)) } else { String::new() };
    let row = |value: &api::FacetValue| {
        let Shared { view, .. } = shared();
        let filter = FieldFilter { name: field.name.clone(), from: field.from, value: value.value.clone() };
        let share = value.lines as f64 / most as f64;
        let row = Value { name: value.value.clone(), lines: value.lines, share, stripe: "" };
        let filter = StoredValue::new(filter);
        value_row(
            row,
            move || view.state.with(|state| filter.with_value(|filter| field_state(state, filter))),
            move |exclude| {
                view.change(|state| {
                    *state = filter.with_value(|filter| with_field(state, filter, exclude));
                    state.selected = None;
                });
            },
        )
    };
    el("ul", "field-values").add_all(field.values.iter().map(row).collect()).add(el("li", "hint").text(&rest))
}
