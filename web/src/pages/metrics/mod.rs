//! Metrics: a few queries, and what they answer as a chart over time or as a table of one instant.

mod asking;
mod offers;
mod row;
mod start;
mod table;

use crate::prelude::*;
use wasm_bindgen::JsCast;
use web_logic::explore::{QUERIES_MAX, Query};
use web_logic::keys::Action;
use web_logic::plot::COLOURS;
use web_logic::promql::marks_selector;
use web_logic::route::Page;
use web_sys::HtmlSelectElement;

use crate::browser;
use crate::charts::{Company, Lines, follow_clock, legend_table, line_chart};
use crate::components::{Sign, library, notice, toggle_live};
use crate::dom::{El, button, el, sign, switch};
use crate::reactive::{derived, effect, lingering};
use crate::state::{Shared, shared};

use asking::Asking;
use row::rows;
use start::start;
use table::tables;

pub(super) use table::drawn as drawn_table;

/// What the numbers can be written in; the first is chosen by the names in the query.
pub(super) const UNITS: [(&str, &str); 9] = [
    ("", "Unit: by name"),
    ("none", "Plain numbers"),
    ("bytes", "Bytes"),
    ("bytes per second", "Bytes per second"),
    ("seconds", "Seconds"),
    ("per second", "Per second"),
    ("ratio", "Ratio, in percent"),
    ("percent", "Percent"),
    ("cores", "Cores"),
];

const START: usize = 1;
const CHART: usize = 2;
const TABLE: usize = 3;

/// The page.
pub(crate) fn metrics_page() -> El {
    let asking = Asking::new();
    let company = company_of(asking);
    follow_clock();
    act_on_keys(asking);
    let shows = derived(move || match (asking.asked().is_empty(), asking.is_table()) {
        (true, _)
            if asking.explore.with(|explore| explore.queries.iter().all(|query| query.text.is_empty())) =>
        {
            START
        }
        (_, false) => CHART,
        (_, true) => TABLE,
    });
    let draw = move |what| match what {
        START => start(asking),
        TABLE => tables(asking),
        _ => chart(asking, company),
    };
    let failures = move || {
        let failure = asking.failure().map(|failure| notice("critical", &failure.to_string()));
        failure.into_iter().collect()
    };
    el("div", "metrics")
        .add(el("h1", "visually-hidden").attr("tabindex", "-1").text("Metrics"))
        .add(rows(asking))
        .add(tools(asking))
        .add(el("div", "host").children_of(failures))
        .add(switch(move || shows.get(), Box::new(draw), 0))
}

/// The shared cursor, and the marks of the containers that the queries are about.
fn company_of(asking: Asking) -> Company {
    let company = Company::new();
    let selector = derived(move || {
        let texts = |explore: &web_logic::explore::Explore| {
            let active = (0..explore.queries.len()).filter_map(|at| explore.active(at));
            marks_selector(active)
        };
        asking.explore.with(texts)
    });
    effect(move || company.ask_marks(selector.get()));
    company
}

/// Another query; chart or table; the unit.
fn tools(asking: Asking) -> El {
    let add = el("button", "button")
        .attr("type", "button")
        .add(sign(Sign::Plus))
        .text("Query")
        .enabled_of(move || asking.explore.with(|explore| explore.queries.len() < QUERIES_MAX))
        .click(move || {
            asking.change(|explore| {
                explore.queries.resize_with(explore.queries.len().max(1) + 1, Query::default);
            });
            let last = asking.explore.with_untracked(|explore| explore.queries.len()) - 1;
            request_animation_frame(move || browser::focus(&format!("#query-{last}")));
        });
    let segment = |words: &str, is_table: bool| {
        button("segment", words)
            .pressed_of(move || asking.is_table() == is_table)
            .click(move || asking.change(|explore| explore.is_table = is_table))
    };
    let shows = el("div", "segments")
        .attr("role", "group")
        .attr("aria-label", "Shown as")
        .add(segment("Chart", false))
        .add(segment("Table", true));
    let select = el("select", "select")
        .attr("aria-label", "Unit")
        .add_all(UNITS.map(|(value, words)| el("option", "").attr("value", value).text(words)).into());
    let element: HtmlSelectElement = select.element().clone().unchecked_into();
    let chosen = element.clone();
    effect(move || asking.explore.with(|explore| element.set_value(&explore.unit)));
    let select = select.on("change", move |_| {
        let unit = chosen.value();
        asking.adjust(|explore| explore.unit = unit);
    });
    el("div", "metric-tools")
        .add(add)
        .add(library(Page::Metrics))
        .add(el("span", "context-gap"))
        .add(select)
        .add(shows)
}

fn chart(asking: Asking, company: Company) -> El {
    let lines = Lines::new(move || asking.named(), move || asking.unit());
    follow_choice(asking, lines);
    let busy = lingering(move || asking.asked().into_iter().any(|at| asking.answer(at).is_busy()));
    let told = move || {
        let answers: Vec<_> = asking.asked().into_iter().map(|at| asking.answer(at)).collect();
        if answers.is_empty() {
            return "Every query is switched off.".to_owned();
        }
        if answers.iter().any(|answer| answer.failure().is_some()) {
            return String::new();
        }
        let known: Vec<_> = answers.iter().filter_map(|answer| answer.get()).collect();
        if known.len() < answers.len() {
            return "Reckoning…".to_owned();
        }
        let count = lines.named.with(|named| named.series.len());
        let warnings: String =
            known.iter().flat_map(|numbers| &numbers.warnings).map(|words| format!(". {words}")).collect();
        match count {
            0 => format!("No series in this range{warnings}"),
            many if many > COLOURS => format!("{many} series; the {COLOURS} greatest are drawn{warnings}"),
            many => format!("{many} series{warnings}"),
        }
    };
    el("div", "numbers")
        .class_of("stale", move || busy.get())
        .class_of("numbers-none", move || lines.named.with(|named| named.series.is_empty()))
        .add(line_chart(lines, company))
        .add(el("p", "hint numbers-told").attr("role", "status").text_of(told))
        .add(el("div", "numbers-table").add(legend_table(lines)))
}

/// Which series are drawn stands in the address.
fn follow_choice(asking: Asking, lines: Lines) {
    let only = derived(move || asking.explore.with(|explore| explore.only.clone()));
    effect(move || {
        let only = only.get();
        lines.chosen.maybe_update(|chosen| {
            let changed = *chosen != only;
            *chosen = only;
            changed
        });
    });
    effect(move || {
        let chosen = lines.chosen.get();
        if only.get_untracked() != chosen {
            asking.adjust(|explore| explore.only = chosen);
        }
    });
}

fn act_on_keys(asking: Asking) {
    let Shared { actions, view, .. } = shared();
    actions.handle(move |action| match action {
        Action::Query => browser::focus(".query-input"),
        Action::Live => toggle_live(view),
        Action::Patterns => asking.change(|explore| explore.is_table = !explore.is_table),
        _ => {}
    });
}
