//! What stands below a chart: its series, each a button that chooses.

use wasm_bindgen::JsCast;
use web_logic::plot::figures;
use web_logic::unit::written;
use web_sys::MouseEvent;

use super::Lines;
use crate::dom::{El, el};

/// In a short legend more are only counted.
const LISTED_MAX: usize = 12;

/// A row for each series, with its figures.
pub(crate) fn legend_table(lines: Lines) -> El {
    let head = |words: &'static str| {
        el("th", if words == "Series" { "" } else { "table-end" }).attr("scope", "col").text(words)
    };
    let heads = el("tr", "").add_all(["Series", "Last", "Least", "Mean", "Greatest"].map(head).into());
    let rows = move || {
        let named = lines.named.get();
        let row = |(index, series)| {
            let cells =
                figures(series).map(|all| all.map(|value| lines.unit.with(|unit| written(value, unit))));
            el("tr", "")
                .class_of("series-hidden", move || !lines.is_shown(index))
                .add(el("td", "").add(name_button(lines, index, &named.names[index])))
                .add_all(
                    cells.unwrap_or_default().iter().map(|cell| el("td", "table-end").text(cell)).collect(),
                )
        };
        named.series.iter().enumerate().map(row).collect()
    };
    el("table", "table").add(el("thead", "").add(heads)).add(el("tbody", "").children_of(rows))
}

/// The names in a line or two, each with its last value.
pub(crate) fn legend_list(lines: Lines) -> El {
    let items = move || {
        let named = lines.named.get();
        let item = |index: usize| {
            let series = named.series.get(index)?;
            let last = figures(series)
                .map(|[last, ..]| lines.unit.with(|unit| written(last, unit)))
                .unwrap_or_default();
            let item = el("li", "").class_of("series-hidden", move || !lines.is_shown(index));
            Some(item.add(name_button(lines, index, &named.names[index])).add(el("b", "").text(&last)))
        };
        let mut items: Vec<El> = (0..LISTED_MAX).filter_map(item).collect();
        let left = named.series.len().saturating_sub(LISTED_MAX);
        if left > 0 {
            items.push(el("li", "hint").text(&format!("and {left} more")));
        }
        items
    };
    el("ul", "legend").children_of(items)
}

fn name_button(lines: Lines, index: usize, name: &str) -> El {
    el("button", "series-name")
        .attr("type", "button")
        .attr("title", &format!("{name}\nClick: only this series. Ctrl-click: with the others."))
        .pressed_of(move || lines.is_shown(index))
        .add(lines.key(index))
        .add(el("span", "").text(name))
        .on("click", move |event| {
            let event: MouseEvent = event.unchecked_into();
            lines.click(index, event.ctrl_key() || event.meta_key());
        })
}
