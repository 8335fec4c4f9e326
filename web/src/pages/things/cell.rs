//! What stands in a cell.

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::decimal::percent;
use web_logic::rows::{Cell, Part, Picture, Row, Tone, uptime};
use web_logic::spark;
use web_sys::{Element, PointerEvent};

use super::keys::open;
use super::table::Tables;
use crate::dom::{El, drawing, el};
use crate::reactive::Derived;
use crate::state::{Shared, shared};

/// The box of small drawings, in units of their own.
const BOX: (f64, f64) = (120.0, 20.0);
const VIEW_BOX: &str = "0 0 120 20";

/// A thing's name: a link to its page, or what unfolds it.
pub(super) fn name(cell: &Cell, row: Derived<Row>, is_open: Derived<bool>) -> Vec<El> {
    let (link, folds) = row.with(|row| (row.link.clone(), !row.details.is_empty()));
    let name = match link {
        Some(link) => el("a", "thing-name").attr("href", &link).text(&cell.text),
        None if folds => el("button", "thing-name")
            .attr("type", "button")
            .attr_of("aria-expanded", move || Some(is_open.get().to_string()))
            .text(&cell.text)
            .click(move || open(&row.get_untracked())),
        None => el("span", "thing-name").text(&cell.text),
    };
    let mut parts = vec![name];
    parts.extend(note(cell));
    parts
}

/// Any other cell.
pub(super) fn content(cell: &Cell, tables: Tables) -> Vec<El> {
    let text = || {
        let class = match cell.tone {
            Tone::Critical | Tone::Warning => format!("things-text state-{}", cell.tone.class()),
            // What is nothing must not catch the eye.
            _ if matches!(cell.text.as_str(), "0" | "–" | "0/s") => "things-text things-quiet".to_owned(),
            _ => "things-text".to_owned(),
        };
        match &cell.link {
            Some(link) => el("a", &class).attr("href", link).text(&cell.text),
            None => el("span", &class).text(&cell.text),
        }
    };
    let mut parts = match &cell.picture {
        Picture::Mark => {
            let mark = el("span", "").attr("aria-hidden", "true").text(cell.tone.mark());
            vec![el("span", &format!("state state-{}", cell.tone.class())).add(mark).text(&cell.text)]
        }
        Picture::None => vec![text()],
        Picture::Meter(part) => vec![meter(*part, cell.tone), text()],
        Picture::Line(values) => {
            let drawn = drawing("things-line", VIEW_BOX, &spark::line(values, BOX));
            if cell.text.is_empty() { vec![drawn] } else { vec![drawn, text()] }
        }
        Picture::Strip(values) => vec![strip(values.clone(), tables)],
        Picture::Parts(all) => vec![parts_of(all), text()],
    };
    parts.extend(note(cell));
    parts
}

fn note(cell: &Cell) -> Option<El> {
    (!cell.note.is_empty()).then(|| el("span", "things-note").attr("title", &cell.note).text(&cell.note))
}

fn meter(part: f64, tone: Tone) -> El {
    let fill = el("span", &format!("things-fill fill-{}", tone.class()));
    let _ = fill.html().style().set_property("width", &percent(part));
    el("span", "things-meter").attr("aria-hidden", "true").add(fill)
}

/// A whole and what it is made of.
fn parts_of(all: &[Part]) -> El {
    let one = |part: &Part| {
        let look = part.look.map(|look| format!("part series-{look}")).unwrap_or_else(|| "part".to_owned());
        let drawn = el("span", &look);
        let _ = drawn.html().style().set_property("width", &percent(part.share));
        drawn
    };
    el("span", "things-parts").attr("aria-hidden", "true").add_all(all.iter().map(one).collect())
}

/// The bars of a probe; a pointer on one is told what it stands for.
fn strip(values: Vec<Option<f64>>, tables: Tables) -> El {
    let paths = spark::strip(&values, BOX);
    let looks = ["strip-up", "strip-part", "strip-down", "strip-none"];
    let drawn = looks.iter().zip(&paths).map(|(look, path)| drawing(look, VIEW_BOX, path)).collect();
    let element = el("span", "beats").add_all(drawn);
    let held = element.clone();
    element.on("pointermove", move |event| {
        let event: PointerEvent = event.unchecked_into();
        let element: &Element = held.element();
        let part = f64::from(event.offset_x()) / f64::from(element.client_width().max(1));
        let Shared { view, .. } = shared();
        let told = uptime::told(&values, part, tables.strips.get_untracked(), untrack(|| view.clock()));
        if let Some(told) = told {
            let _ = element.set_attribute("title", &told);
        }
    })
}
