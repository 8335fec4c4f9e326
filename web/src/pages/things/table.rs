//! The tables of a page, one for each section.

use crate::prelude::*;
use api::Millis;
use web_logic::number::count;
use web_logic::rows::{Column, Order, Section};

use super::row::row;
use crate::dom::{El, Keyed, button, el};
use crate::reactive::{Derived, derived};
use crate::state::{Shared, shared};

/// The tables of a page as they are shown.
#[derive(Clone, Copy)]
pub(crate) struct Tables {
    /// Filtered and in order.
    pub(crate) sections: Derived<Vec<Section>>,
    /// Where the strips of probes begin, and how long each of their bars is.
    pub(crate) strips: Derived<(Millis, Millis)>,
}

/// More rows are not read; whoever looks for one filters.
const ROWS_MAX: usize = 500;
/// A column that shares what is left gets at least so much, or the table scrolls sideways.
const SHARE_MIN: u16 = 160;

/// All of them; a section without rows is not there.
pub(crate) fn tables(tables: Tables) -> El {
    let items = move || -> Vec<Keyed> {
        tables.sections.with(|sections| {
            let filled = sections.iter().enumerate().filter(|(_, section)| !section.rows.is_empty());
            let item = |(index, section): (usize, &Section)| -> Keyed {
                let (title, columns) = (section.title, section.columns);
                (index.to_string(), Box::new(move || table(tables, index, (title, columns))))
            };
            filled.map(item).collect()
        })
    };
    el("div", "host").keyed(items)
}

fn table(tables: Tables, index: usize, (title, columns): (&'static str, &'static [Column])) -> El {
    let total = derived(move || {
        tables.sections.with(|sections| sections.get(index).map_or(0, |section| section.rows.len()))
    });
    let rows = move || -> Vec<Keyed> {
        let Shared { view, .. } = shared();
        let open = view.state.with(|state| state.open.clone());
        tables.sections.with(|sections| {
            let rows = sections.get(index).map(|section| section.rows.as_slice()).unwrap_or_default();
            rows.iter().take(ROWS_MAX).flat_map(|one| row(tables, index, one, open.as_deref())).collect()
        })
    };
    let heading = move || match (title, total.get()) {
        ("", _) => String::new(),
        (title, total) => format!("{title} · {}", count(total as u64)),
    };
    let left_out = move || match total.get().saturating_sub(ROWS_MAX) {
        0 => String::new(),
        more => format!("{} more are not shown; the filter finds them.", count(more as u64)),
    };
    let whole: u16 =
        columns.iter().map(|column| if column.width > 0 { column.width } else { SHARE_MIN }).sum();
    let table = el("table", "things-table")
        .add(el("colgroup", "").add_all(columns.iter().map(width).collect()))
        .add(
            el("thead", "")
                .add(el("tr", "").add_all((0..columns.len()).map(|at| head(columns, at)).collect())),
        )
        .add(el("tbody", "").keyed(rows));
    let _ = table.html().style().set_property("--whole", &format!("{whole}px"));
    el("section", "things-section")
        .add(el("h2", "things-title").text_of(heading))
        .add(el("div", "table-scroll").add(table))
        .add(el("p", "hint").text_of(left_out))
}

fn width(column: &Column) -> El {
    let col = el("col", "");
    if column.width > 0 {
        let _ = col.html().style().set_property("width", &format!("{}px", column.width));
    }
    col
}

/// A column's head: a click sorts by it.
fn head(columns: &'static [Column], at: usize) -> El {
    let Shared { view, .. } = shared();
    let column = &columns[at];
    let order = move || view.state.with(|state| Order::from_text(&state.sort, columns));
    let mine = move || order().filter(|order| order.column == at);
    let sorted =
        move || mine().map(|order| if order.descends { "descending" } else { "ascending" }.to_owned());
    let arrow = move || match mine() {
        Some(order) if order.descends => " ↓",
        Some(_) => " ↑",
        None => "",
    };
    let clicked = move || {
        let order = Order::clicked(untrack(order), at, columns);
        view.adjust(|state| state.sort = order.map_or_else(String::new, |order| order.to_text(columns)));
    };
    let words = button("things-sort", column.name)
        .attr("title", column.hint)
        .attr("aria-label", column.name)
        .add(el("span", "").attr("aria-hidden", "true").text_of(move || arrow().to_owned()))
        .click(clicked);
    el("th", if column.is_figure { "things-figure" } else { "" })
        .attr("scope", "col")
        .attr_of("aria-sort", sorted)
        .add(words)
}
