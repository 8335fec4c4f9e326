//! The values of one instant in rows, a table for each query.

use web_logic::explore::letter;
use web_logic::promql::{SeriesTable, series_table};
use web_logic::time;
use web_logic::unit::written;

use super::asking::Asking;
use crate::browser;
use crate::dom::{El, el};
use crate::state::{Shared, shared};

/// The tables.
pub(super) fn tables(asking: Asking) -> El {
    let Shared { view, .. } = shared();
    let when = move || {
        let clock = view.clock();
        let at = view.resolved.get().end;
        format!("At {} {}", time::day(at, clock.zone), time::time_of_day(at, clock.zone, true))
    };
    let all = move || {
        let asked = asking.asked();
        let several = asked.len() > 1;
        let table = |at: usize| {
            let numbers = asking.answer(at).get()?;
            let table = series_table(&numbers.series);
            let letter = several.then(|| el("h3", "").text(&letter(at)));
            let unit = if several { String::new() } else { asking.unit() };
            let section = el("section", "series-table").add_all(letter.into_iter().collect());
            Some(section.add(el("p", "hint").text(&told(&table))).add(drawn(&table, &unit)))
        };
        asked.into_iter().filter_map(table).collect()
    };
    el("div", "series-tables").add(el("p", "hint").text_of(when)).add(el("div", "host").children_of(all))
}

/// `12 series, all of them job=web`
fn told(table: &SeriesTable) -> String {
    let common: Vec<String> = table.common.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let common =
        if common.is_empty() { String::new() } else { format!(", all of them {}", common.join(", ")) };
    match table.rows.len() {
        0 => "No series at this instant.".to_owned(),
        1 => "1 series".to_owned(),
        many => format!("{many} series{common}"),
    }
}

/// The table itself, as wide as it must be.
pub(in crate::pages) fn drawn(table: &SeriesTable, unit: &str) -> El {
    if table.rows.is_empty() {
        return el("div", "");
    }
    let head = |name: &String| el("th", "").attr("scope", "col").text(name);
    let heads = el("tr", "")
        .add_all(table.columns.iter().map(head).collect())
        .add(el("th", "table-end").attr("scope", "col").text("Value"));
    let row = |(cells, value): &(Vec<String>, f64)| {
        let cell = |text: &String| el("td", "").text(text);
        let value = el("td", "table-end").attr("title", &browser::exact(*value)).text(&written(*value, unit));
        el("tr", "").add_all(cells.iter().map(cell).collect()).add(value)
    };
    let body = el("tbody", "").add_all(table.rows.iter().map(row).collect());
    let table = el("table", "table").add(el("thead", "").add(heads)).add(body);
    el("div", "table-scroll").add(table)
}
