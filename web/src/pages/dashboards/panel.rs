//! A panel: a chart, a large number, rows of numbers, or lines. It asks when it comes into view.

use api::{LogPage, LogRequest, LogRow, Panel, PanelKind, QueryLanguage};
use web_logic::level::{TIERS, glyph, tier};
use web_logic::plot::Named;
use web_logic::promql::series_table;
use web_logic::route::Page;
use web_logic::time::{self, NANOS_PER_MILLI};
use web_logic::unit::written;
use web_logic::view::ViewState;

use super::super::metrics::drawn_table;
use crate::charts::{Charted, Company, Extent, Numbered, chart_title, charted, when_seen};
use crate::dom::{El, el};
use crate::reactive::{derived, effect};
use crate::state::{Fetched, Shared, shared};

/// More numbers are not read at a glance.
const STATS_MAX: usize = 6;
/// A panel is a glance; all lines are one click away.
const LINES: u32 = 60;

/// The panel.
pub(super) fn panel(panel: &Panel, company: Company) -> El {
    let what = Charted {
        title: panel.title.clone(),
        unit: panel.unit.clone(),
        language: panel.language,
        queries: panel.queries.clone(),
        limit: None,
        link: true,
    };
    match panel.kind {
        PanelKind::Line => charted(what, company),
        PanelKind::Stat => numbers(what, stats),
        PanelKind::Table => numbers(what, rows),
        PanelKind::Lines => lines(what),
    }
}

/// A panel of the newest numbers.
fn numbers(what: Charted, draw: fn(Numbered, &Charted) -> El) -> El {
    let section = el("section", "chart-panel").attr("aria-label", &what.title).add(chart_title(&what));
    let seen = when_seen(section.element());
    let numbered = Numbered::ask(&what.queries, None, what.language, Extent::End, seen);
    let drawn = draw(numbered, &what);
    section.add(numbered.body(drawn, el("div", "")))
}

/// The newest number of each series, large.
fn stats(numbered: Numbered, what: &Charted) -> El {
    let legends: Vec<String> = what.queries.iter().map(|query| query.legend.clone()).collect();
    let unit = what.unit.clone();
    let named = derived(move || numbered.named(&legends));
    let stat = move |named: &Named, index: usize| {
        let (_, value) = *named.series.get(index)?.points.last()?;
        let name = if named.series.len() > 1 { named.names[index].as_str() } else { "" };
        let number = el("b", "").text(&written(value, &unit));
        Some(el("li", "big-stat").add(number).add(el("span", "hint").text(name)))
    };
    el("ul", "big-stats")
        .children_of(move || named.with(|named| (0..STATS_MAX).filter_map(|at| stat(named, at)).collect()))
}

/// The newest number of each series, in rows.
fn rows(numbered: Numbered, what: &Charted) -> El {
    let unit = what.unit.clone();
    el("div", "panel-table").children_of(move || vec![drawn_table(&series_table(&numbered.series()), &unit)])
}

/// The newest lines.
fn lines(what: Charted) -> El {
    let Shared { view, client, reach, .. } = shared();
    let what = Charted { language: QueryLanguage::Logql, ..what };
    let section = el("section", "chart-panel").attr("aria-label", &what.title).add(chart_title(&what));
    let seen = when_seen(section.element());
    let page: Fetched<LogPage> = Fetched::new();
    let query = what.queries.first().map(|query| query.query.clone()).unwrap_or_default();
    effect(move || {
        reach.recovered.track();
        if seen.get() {
            let (start, end) = view.resolved.get().nanos();
            page.ask(client.log_page(LogRequest {
                query: query.clone(),
                start,
                end,
                limit: LINES,
                ..LogRequest::default()
            }));
        }
    });
    let told = move || match (page.failure(), page.get()) {
        (Some(failure), _) => failure.to_string(),
        (None, Some(page)) if page.rows.is_empty() => "No lines in this range.".to_owned(),
        _ => String::new(),
    };
    let rows = move || {
        let page = page.get().unwrap_or_default();
        page.rows.iter().map(|row| line(&page, row)).collect()
    };
    section
        .add(el("p", "chart-told").attr("role", "status").text_of(told))
        .add(el("ul", "panel-lines").children_of(rows))
}

fn line(page: &LogPage, row: &LogRow) -> El {
    let Shared { view, .. } = shared();
    let labels = page.streams.get(row.stream as usize);
    let service = labels.and_then(|labels| labels.get("service").or_else(|| labels.get("service_name")));
    let at = row.time / NANOS_PER_MILLI;
    let id = row.id.clone();
    let selector = service
        .map(|service| format!("{{service={}}}", web_logic::syntax::quote(service)))
        .unwrap_or_default();
    let link = el("a", "panel-line-time")
        .text(&time::time_of_day(at, view.clock().zone, true))
        .attr("title", "Show it among its neighbours")
        .attr_of("href", move || {
            let state = view.state.with(|state| state.carried_to(Page::Logs));
            let range = time::Range::between(at - time::MINUTE, at + time::MINUTE);
            let (query, selected) = (selector.clone(), Some(id.clone()));
            Some(ViewState { range, query, selected, ..state }.on(Page::Logs.path()))
        });
    el("li", &format!("panel-line level-{}", TIERS[tier(row.level)].name))
        .add(link)
        .add(el("span", "panel-line-level").text(glyph(row.level)))
        .add(el("span", "panel-line-service").text(service.map_or("", String::as_str)))
        .add(el("span", "panel-line-text").text(&row.line))
}
