//! The header of the lines as a table: the names of the columns, which can be dragged wider and taken away.

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::columns::{Column, WIDTH};
use web_logic::decimal::px;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

use crate::components::Sign;
use crate::dom::{El, el, icon_button};
use crate::reactive::{derived, effect};
use crate::state::{Shared, shared};

/// An arrow key makes a column so much wider or narrower.
const KEY_STEP: f64 = 20.0;

/// A column that is being dragged.
#[derive(Clone, Debug, PartialEq)]
struct Drag {
    name: String,
    /// Where the pointer was, and how wide the column was then.
    from: (f64, f64),
    width: f64,
}

/// The header; the widths of all rows are custom properties of the list.
pub(super) fn header(scroller: HtmlElement) -> El {
    let Shared { view, .. } = shared();
    let drag = RwSignal::new(None::<Drag>);
    let columns = derived(move || view.state.with(|state| state.columns.all().to_vec()));
    effect(move || {
        let dragged = drag.get();
        let width = |column: &Column| match &dragged {
            Some(drag) if drag.name == column.name => drag.width,
            _ => f64::from(column.width.unwrap_or(WIDTH)),
        };
        let widths: Vec<f64> = columns.with(|columns| columns.iter().map(width).collect());
        let cells: Vec<String> = widths.iter().map(|width| px(*width)).collect();
        let style = scroller.style();
        let _ = style.set_property("--cells", &cells.join(" "));
        let _ = style.set_property("--cells-width", &px(widths.iter().sum()));
    });
    let cells = move || {
        let cell = |column: &Column| {
            let name = column.name.clone();
            let draw: Box<dyn FnOnce() -> El> = Box::new(move || header_cell(name, drag));
            (column.name.clone(), draw)
        };
        columns.with(|columns| columns.iter().map(cell).collect())
    };
    el("div", "table-head")
        .attr("role", "row")
        .add(el("span", "").text("Time"))
        .add(el("span", ""))
        .add(el("span", "").text("Service"))
        .add(el("div", "host").keyed(cells))
        .add(el("span", "").text("Line"))
}

/// The name, a cross, and the edge that is dragged.
fn header_cell(name: String, drag: RwSignal<Option<Drag>>) -> El {
    let Shared { view, .. } = shared();
    let words = name.clone();
    let name = StoredValue::new(name);
    let width = move || {
        view.state.with_untracked(|state| {
            let column = state.columns.all().iter().find(|column| column.name == name.get_value());
            f64::from(column.and_then(|column| column.width).unwrap_or(WIDTH))
        })
    };
    let resize =
        move |width: f64| view.adjust(|state| name.with_value(|name| state.columns.resize(name, width)));
    let down = move |event: Event| {
        let event: PointerEvent = event.unchecked_into();
        event.prevent_default();
        let width = width();
        drag.set(Some(Drag { name: name.get_value(), from: (f64::from(event.client_x()), width), width }));
        if let Some(handle) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) {
            let _ = handle.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = move |event: Event| {
        let event: PointerEvent = event.unchecked_into();
        let x = f64::from(event.client_x());
        drag.maybe_update(|drag| match drag {
            Some(drag) => {
                drag.width = (drag.from.1 + x - drag.from.0).max(48.0);
                true
            }
            None => false,
        });
    };
    let up = move |_: Event| {
        if let Some(drag) = drag.try_update(Option::take).flatten() {
            resize(drag.width);
        }
    };
    let pressed = move |event: Event| {
        let event: KeyboardEvent = event.unchecked_into();
        match event.key().as_str() {
            "ArrowLeft" => resize(width() - KEY_STEP),
            "ArrowRight" => resize(width() + KEY_STEP),
            _ => return,
        }
        event.prevent_default();
    };
    let take_away = icon_button(Sign::Close, &format!("Take the column {words} away"))
        .click(move || view.change(|state| name.with_value(|name| state.columns.toggle(name))));
    let edge = el("span", "table-edge")
        .attr("role", "separator")
        .attr("aria-orientation", "vertical")
        .attr("aria-label", &format!("Width of the column {words}"))
        .attr("tabindex", "0")
        .on("pointerdown", down)
        .on("pointermove", moved)
        .on("pointerup", up)
        .on("keydown", pressed);
    el("span", "table-name")
        .attr("role", "columnheader")
        .add(el("span", "table-word").attr("title", &words).text(&words))
        .add(take_away)
        .add(edge)
}
