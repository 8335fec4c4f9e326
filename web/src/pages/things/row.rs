//! A row, and what is below it when it is unfolded.

use wasm_bindgen::JsCast;
use web_logic::rows::{Cell, Column, Row};
use web_sys::Element;

use super::cell::{content, name};
use super::details::details;
use super::keys::open;
use super::table::Tables;
use crate::browser;
use crate::dom::{El, Keyed, el};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// A row's elements: itself, and its details while it is the one that is unfolded.
pub(super) fn row(tables: Tables, index: usize, row: &Row, open: Option<&str>) -> Vec<Keyed> {
    let one = |key: String, draw: fn(Tables, usize, String) -> El| -> Keyed {
        let row_key = row.key.clone();
        (key, Box::new(move || draw(tables, index, row_key)))
    };
    let mut elements = vec![one(row.key.clone(), summary)];
    if open == Some(row.key.as_str()) && !row.details.is_empty() {
        elements.push(one(format!("{}\u{0}", row.key), unfolded));
    }
    elements
}

fn columns(tables: Tables, index: usize) -> &'static [Column] {
    tables
        .sections
        .with_untracked(|sections| sections.get(index).map(|section| section.columns).unwrap_or_default())
}

/// What is known of a row now; a row that is gone is about to be taken away.
fn present(tables: Tables, index: usize, key: String) -> Derived<Row> {
    derived(move || {
        tables.sections.with(|sections| {
            let rows = sections.get(index).map(|section| section.rows.as_slice()).unwrap_or_default();
            rows.iter().find(|row| row.key == key).cloned().unwrap_or_default()
        })
    })
}

fn summary(tables: Tables, index: usize, key: String) -> El {
    let Shared { view, .. } = shared();
    let row = present(tables, index, key.clone());
    let (marked, unfolded) = (key.clone(), key);
    let is_open = derived(move || view.state.with(|state| state.open.as_deref() == Some(&unfolded)));
    let cell = |(at, column): (usize, &'static Column)| {
        let cell = derived(move || row.with(|row| row.cells.get(at).cloned().unwrap_or_default()));
        td(tables, (at, column), cell, (row, is_open))
    };
    let clicked = move |event: web_sys::Event| {
        let target: Option<Element> = event.target().and_then(|target| target.dyn_into().ok());
        // Links and buttons in the row act by themselves.
        let acts = target.is_some_and(|target| target.closest("a, button").ok().flatten().is_some());
        if !acts && !browser::has_selection() {
            open(&row.get_untracked());
        }
    };
    el("tr", "thing")
        .class_of("thing-marked", move || view.state.with(|state| state.selected.as_deref() == Some(&marked)))
        .class_of("thing-open", move || is_open.get())
        .class_of("thing-still", move || row.with(|row| row.link.is_none() && row.details.is_empty()))
        .attr_of("data-tone", move || Some(row.with(|row| row.tone.class().to_owned())))
        .add_all(columns(tables, index).iter().enumerate().map(cell).collect())
        .on("click", clicked)
}

fn td(
    tables: Tables,
    (at, column): (usize, &'static Column),
    cell: Derived<Cell>,
    (row, is_open): (Derived<Row>, Derived<bool>),
) -> El {
    // The second column is what the thing is called.
    let element = el(if at == 1 { "th" } else { "td" }, if column.is_figure { "things-figure" } else { "" });
    let element = if at == 1 { element.attr("scope", "row") } else { element };
    let blank =
        move || cell.with(|cell| cell.text.is_empty() && cell.picture == web_logic::rows::Picture::None);
    element
        .attr("data-name", column.name)
        .class_of("things-blank", blank)
        .attr_of("title", move || cell.with(|cell| (!cell.hover.is_empty()).then(|| cell.hover.clone())))
        .children_of(move || {
            if at == 1 {
                return cell.with(|cell| name(cell, row, is_open));
            }
            cell.with(|cell| content(cell, tables))
        })
}

fn unfolded(tables: Tables, index: usize, key: String) -> El {
    let row = present(tables, index, key);
    let all = derived(move || row.with(|row| row.details.clone()));
    let span = columns(tables, index).len().to_string();
    let held = el("td", "").attr("colspan", &span).children_of(move || all.with(|all| details(all)));
    el("tr", "thing-details").add(held)
}
