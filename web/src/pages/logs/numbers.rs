//! What a query for numbers answers: a chart over time, and a table that is its legend. It is loaded when the first
//! such query is asked.

use leptos::wasm_split::wasm_split;
use web_logic::plot::COLOURS;

use super::counts::Counts;
use crate::charts::{Company, Lines, legend_table, line_chart};
use crate::dom::{El, el};
use crate::later::{Drawing, later};

/// Chart and table.
pub(super) fn numbers_view(counts: Counts) -> El {
    later(|| Box::pin(numbers()), move |draw| draw(counts))
}

/// How they are drawn.
#[wasm_split(rooms, wasm_split_path = ::leptos::wasm_split, fallible)]
fn numbers() -> Drawing<fn(Counts) -> El> {
    Ok(draw)
}

fn draw(counts: Counts) -> El {
    let answer = counts.numbers;
    let lines = Lines::of_answer(move || answer.get());
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
        .add(line_chart(lines, Company::new()))
        .add(el("p", "hint numbers-told").attr("role", "status").text_of(told))
        .add(el("div", "numbers-table").add(legend_table(lines)))
}
