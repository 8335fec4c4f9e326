//! One name: how often, how long, where its time goes, and the examples that were kept.

use std::sync::Arc;

use api::{Millis, NumberSeries, Transaction};
use web_logic::flags::telling;
use web_logic::number::{compact, short};
use web_logic::plot::Named;
use web_logic::route::Page;
use web_logic::rows::Tone;
use web_logic::rows::performance::{one_sections, place, standing_of, took, which};
use web_logic::unit::written;

use super::super::things::{Figure, Heading, always, figures, follow, one_page, one_tables};
use crate::charts::{Company, Lines, legend_list, line_chart};
use crate::dom::{El, el};
use crate::reactive::effect;
use crate::state::{Fetched, Shared, shared};

pub(super) fn transaction(one: &str) -> El {
    let Shared { client, view, .. } = shared();
    let answer: Fetched<Transaction> = Fetched::new();
    let asked = one.to_owned();
    follow(move || {
        let range = view.resolved.get();
        answer.ask(view.state.with(|state| client.transaction(&asked, state, range)));
    });
    let (project, op, name) = which(one);
    let row = api::TransactionRow { project: project.to_owned(), op: op.to_owned(), ..Default::default() };
    let heading =
        Heading { back: Page::Performance, name: always(name), place: place(&row), links: Vec::new() };
    one_page(heading, answer, |one| standing_of(&one.row), move || body(answer))
}

fn body(answer: Fetched<Transaction>) -> El {
    let Shared { view, .. } = shared();
    let company = Company::new();
    effect(move || {
        if let Some(one) = answer.get() {
            company.marks.put(telling(one.marks.clone()));
        }
    });
    let sections = move |one: &Transaction| view.state.with(|state| one_sections(one, state, view.clock()));
    let numbers = move || answer.get().map(|one| numbers(&one)).unwrap_or_default();
    el("div", "service-body")
        .add(figures(numbers))
        .add(
            el("section", "charts")
                .attr("aria-label", "Over time")
                .add(panel("How often", "", company, move || answer.get().map(often)))
                .add(panel("How long", "seconds", company, move || answer.get().map(long))),
        )
        .add(one_tables(answer, sections, |_| (0, 0)))
}

fn numbers(one: &Transaction) -> Vec<Figure> {
    let row = &one.row;
    let plain = |name, figure| (name, figure, String::new(), Tone::Idle);
    let (tone, _) = standing_of(row);
    vec![
        ("Count", compact(row.count), format!("{} a minute", short(row.per_minute)), Tone::Idle),
        ("Failed", written(row.failure_rate, "ratio"), String::new(), tone),
        plain("p50", took(row.p50_ms)),
        plain("p75", took(row.p75_ms)),
        plain("p95", took(row.p95_ms)),
        plain("p99", took(row.p99_ms)),
        plain("All together", took(row.total_ms)),
    ]
}

fn panel(
    title: &str,
    unit: &'static str,
    company: Company,
    named: impl Fn() -> Option<Named> + Send + Sync + 'static,
) -> El {
    let lines = Lines::new(move || named().unwrap_or_default(), move || unit.to_owned());
    el("section", "chart-panel")
        .attr("aria-label", title)
        .add(el("h3", "chart-title").text(title))
        .add(line_chart(lines, company))
        .add(legend_list(lines))
}

fn often(one: Arc<Transaction>) -> Named {
    let mut all = Named::counts("all", &one.counts, one.start, one.step);
    let failed = Named::counts("failed", &one.failures, one.start, one.step);
    all.series.extend(failed.series);
    all.names.extend(failed.names);
    Named { bars: false, ..all }
}

fn long(one: Arc<Transaction>) -> Named {
    let series = |millis: &[Option<f64>]| {
        let middle = |at: usize| -> Millis { one.start + at as i64 * one.step + one.step / 2 };
        let known =
            millis.iter().enumerate().filter_map(|(at, millis)| Some((middle(at), (*millis)? / 1_000.0)));
        NumberSeries { labels: Default::default(), points: known.collect() }
    };
    let series = vec![series(&one.p95_ms), series(&one.p50_ms)];
    let names = vec!["p95".to_owned(), "p50".to_owned()];
    Named { series, names, step: one.step, ..Named::default() }
}
