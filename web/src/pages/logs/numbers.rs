//! What a query for numbers answers: a chart over time, and a table that is its legend.

mod chart;

use std::sync::Arc;

use api::Numbers;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::number::short;
use web_logic::plot::{self, COLOURS};
use web_sys::MouseEvent;

use super::counts::Counts;
use crate::dom::{El, el};
use crate::reactive::{Derived, derived};

use chart::chart;

/// The series with their names and colours, and which of them the chart shows.
#[derive(Clone, Copy)]
struct Legend {
    numbers: Derived<Arc<Numbers>>,
    names: Derived<Vec<String>>,
    colours: Derived<Vec<Option<usize>>>,
    /// Names that were clicked: those alone, or, with none, the first few.
    chosen: RwSignal<Vec<String>>,
}

impl Legend {
    fn is_shown(self, index: usize) -> bool {
        let name = self.names.with(|names| names.get(index).cloned().unwrap_or_default());
        self.chosen.with(|chosen| if chosen.is_empty() { index < COLOURS } else { chosen.contains(&name) })
    }

    /// A click shows only this one, with Ctrl it comes and goes beside the others.
    fn click(self, index: usize, beside: bool) {
        let name = self.names.with_untracked(|names| names.get(index).cloned().unwrap_or_default());
        self.chosen.update(|chosen| match chosen.iter().position(|known| *known == name) {
            Some(at) if beside || chosen.len() == 1 => drop(chosen.remove(at)),
            None if beside => chosen.push(name),
            _ => *chosen = vec![name],
        });
    }

    fn key(self, index: usize) -> El {
        let colour = self.colours.with(|colours| colours.get(index).copied().flatten());
        el("span", &colour.map_or_else(|| "key".to_owned(), |colour| format!("key series-{colour}")))
    }
}

/// Chart and table.
pub(super) fn numbers_view(counts: Counts) -> El {
    let answer = counts.numbers;
    let numbers =
        derived(move || Arc::new(plot::by_size(answer.get().as_deref().cloned().unwrap_or_default())));
    let names = derived(move || numbers.with(|numbers| plot::names(&numbers.series)));
    let colours = derived(move || names.with(|names| plot::colours(names)));
    let legend = Legend { numbers, names, colours, chosen: RwSignal::new(Vec::new()) };
    let told = move || {
        if let Some(failure) = answer.failure() {
            return failure.to_string();
        }
        match answer.get() {
            None => "Reckoning…".to_owned(),
            Some(numbers) if numbers.series.is_empty() => {
                "No numbers in this range: no line of it matches, or none has the field that is unwrapped."
                    .to_owned()
            }
            Some(numbers) => {
                let many = numbers.series.len() > COLOURS;
                let hidden = if many { format!("; the {COLOURS} greatest are drawn") } else { String::new() };
                let warnings: String =
                    numbers.warnings.iter().map(|warning| format!(". {warning}")).collect();
                format!("{} series{hidden}{warnings}", numbers.series.len())
            }
        }
    };
    el("div", "numbers")
        .class_of("stale", move || answer.is_busy() && answer.is_known())
        .add(chart(legend))
        .add(el("p", "hint numbers-told").attr("role", "status").text_of(told))
        .add(el("div", "numbers-table").add(table(legend)))
}

fn table(legend: Legend) -> El {
    let head = el("tr", "").add_all(
        ["Series", "Last", "Least", "Mean", "Greatest"]
            .map(|words| {
                el("th", if words == "Series" { "" } else { "table-end" }).attr("scope", "col").text(words)
            })
            .into(),
    );
    let rows = move || {
        let numbers = legend.numbers.get();
        let names = legend.names.get();
        let row = |(index, name): (usize, &String)| {
            let figures = numbers.series.get(index).and_then(plot::figures);
            let cells = figures.map(|all| all.map(short)).unwrap_or_default();
            let button = el("button", "series-name")
                .attr("type", "button")
                .attr("title", "Click: only this series. Ctrl-click: with the others.")
                .pressed_of(move || legend.is_shown(index))
                .add(legend.key(index))
                .add(el("span", "").text(name))
                .on("click", move |event| {
                    let event: MouseEvent = event.unchecked_into();
                    legend.click(index, event.ctrl_key() || event.meta_key());
                });
            el("tr", "")
                .class_of("series-hidden", move || !legend.is_shown(index))
                .add(el("td", "").add(button))
                .add_all(cells.iter().map(|cell| el("td", "table-end").text(cell)).collect())
        };
        names.iter().enumerate().map(row).collect()
    };
    el("table", "table").add(el("thead", "").add(head)).add(el("tbody", "").children_of(rows))
}
