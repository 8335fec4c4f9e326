//! A chart that asks for its numbers by itself: as soon as it comes into view, and whenever the page's range changes.

use std::sync::Arc;

use crate::prelude::*;
use api::{LogRequest, MetricsRequest, NumberSeries, Numbers, PanelQuery, QueryLanguage};
use web_logic::explore::Explore;
use web_logic::plot::{COLOURS, Named};
use web_logic::route::Page;
use web_logic::view::ViewState;

use super::{Company, Lines, legend_list, line_chart, when_seen};
use crate::dom::{El, el};
use crate::reactive::{effect, lingering};
use crate::state::{Fetched, Shared, View, shared};

/// About how many points a chart on a page of many has.
pub(crate) const POINTS: u32 = 160;

/// Over which time numbers are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The page's range, with about so many points.
    Range(u32),
    /// The end of the page's range.
    End,
}

/// What a chart asks, and how it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Charted {
    /// What it shows.
    pub(crate) title: String,
    /// Of its numbers.
    pub(crate) unit: String,
    /// The language of its queries.
    pub(crate) language: QueryLanguage,
    /// What is asked.
    pub(crate) queries: Vec<PanelQuery>,
    /// What the numbers should stay below, in the same language.
    pub(crate) limit: Option<String>,
    /// The title leads to where the queries can be changed.
    pub(crate) link: bool,
}

/// The chart under its title.
pub(crate) fn charted(what: Charted, company: Company) -> El {
    let panel = el("section", "chart-panel").attr("aria-label", &what.title).add(chart_title(&what));
    let seen = when_seen(panel.element());
    let numbered =
        Numbered::ask(&what.queries, what.limit.as_deref(), what.language, Extent::Range(POINTS), seen);
    let names: Vec<String> = what.queries.iter().map(|query| query.legend.clone()).collect();
    let unit = what.unit;
    let lines = Lines::new(move || numbered.named(&names), move || unit.clone());
    panel.add(numbered.body(line_chart(lines, company), legend_list(lines)))
}

/// The title; it leads to the queries if that is wanted.
pub(crate) fn chart_title(what: &Charted) -> El {
    let heading = el("h3", "chart-title");
    if !what.link {
        return heading.text(&what.title);
    }
    let Shared { view, .. } = shared();
    let (language, queries, unit) = (what.language, what.queries.clone(), what.unit.clone());
    let link = el("a", "")
        .text(&what.title)
        .attr("title", "Open its query")
        .attr_of("href", move || Some(address(view, language, &queries, &unit)));
    heading.add(link)
}

/// Where the queries can be looked at on their own.
fn address(view: View, language: QueryLanguage, queries: &[PanelQuery], unit: &str) -> String {
    let page = if language == QueryLanguage::Promql { Page::Metrics } else { Page::Logs };
    let state = view.state.with(|state| state.carried_to(page));
    let state = match page {
        Page::Metrics => ViewState {
            explore: Explore {
                queries: queries.iter().map(|query| query.query.as_str().into()).collect(),
                unit: unit.to_owned(),
                ..Explore::default()
            },
            ..state
        },
        _ => {
            ViewState { query: queries.first().map(|query| query.query.clone()).unwrap_or_default(), ..state }
        }
    };
    state.on(page.path())
}

/// The answers to a few queries for numbers.
#[derive(Clone, Copy)]
pub(crate) struct Numbered {
    answers: StoredValue<Vec<Fetched<Numbers>>>,
    limit: Option<Fetched<Numbers>>,
}

impl Numbered {
    /// Asks from when `go` holds, over the page's range and whenever that changes.
    pub(crate) fn ask(
        queries: &[PanelQuery],
        limit: Option<&str>,
        language: QueryLanguage,
        extent: Extent,
        go: RwSignal<bool>,
    ) -> Self {
        let Shared { view, client, reach, .. } = shared();
        let asked = |query: &str| {
            let (query, answer) = (query.to_owned(), Fetched::new());
            effect(move || {
                reach.recovered.track();
                if !go.get() {
                    return;
                }
                let range = view.resolved.get();
                let query = query.clone();
                let points = if let Extent::Range(points) = extent { points } else { POINTS };
                answer.ask(match (language, extent) {
                    (QueryLanguage::Promql, Extent::End) => client.metric_table(&query, range.end),
                    (QueryLanguage::Promql, Extent::Range(_)) => client.metric_numbers(MetricsRequest {
                        query,
                        start: range.start,
                        end: range.end,
                        buckets: points,
                    }),
                    (QueryLanguage::Logql, _) => {
                        let (start, end) = range.nanos();
                        let request =
                            LogRequest { query, start, end, buckets: points, ..LogRequest::default() };
                        client.numbers(request)
                    }
                });
            });
            answer
        };
        let answers = queries.iter().map(|query| asked(&query.query)).collect();
        Self { answers: StoredValue::new(answers), limit: limit.map(asked) }
    }

    /// All series that were answered, query by query.
    pub(crate) fn series(self) -> Vec<NumberSeries> {
        let answers = self
            .answers
            .with_value(|answers| answers.iter().filter_map(|answer| answer.get()).collect::<Vec<_>>());
        answers.iter().flat_map(|numbers| numbers.series.iter().cloned()).collect()
    }

    /// What was answered, under the queries' legends.
    pub(crate) fn named(self, legends: &[String]) -> Named {
        let answers: Vec<Option<Arc<Numbers>>> =
            self.answers.with_value(|answers| answers.iter().map(|answer| answer.get()).collect());
        let known = answers
            .iter()
            .zip(legends)
            .filter_map(|(answer, legend)| Some((legend.as_str(), answer.as_deref()?)));
        let known: Vec<(&str, &Numbers)> = known.collect();
        let limit = self.limit.and_then(Fetched::get);
        Named::new(&known, limit.as_deref())
    }

    /// The chart, and what must be said in its place or below it.
    pub(crate) fn body(self, chart: El, below: El) -> El {
        let busy = move || self.answers.with_value(|answers| answers.iter().any(|answer| answer.is_busy()));
        let slow = lingering(busy);
        el("div", "chart-body")
            .class_of("stale", move || slow.get())
            .add(chart.class_of("chart-empty", move || !self.has_series()))
            .add(el("p", "chart-told").attr("role", "status").text_of(move || self.told(slow.get())))
            .add(below)
    }

    fn has_series(self) -> bool {
        let has = |answer: &Fetched<Numbers>| answer.get().is_some_and(|numbers| !numbers.series.is_empty());
        self.answers.with_value(|answers| answers.iter().any(has))
    }

    fn told(self, slow: bool) -> String {
        let (failure, known) = self.answers.with_value(|answers| {
            let failure = answers.iter().find_map(|answer| answer.failure());
            (failure, answers.iter().all(|answer| answer.is_known()))
        });
        if let Some(failure) = failure {
            return failure.to_string();
        }
        if !known {
            return if slow { "Reckoning…".to_owned() } else { String::new() };
        }
        let (count, warnings) = self.answers.with_value(|answers| {
            let all = answers.iter().filter_map(|answer| answer.get());
            all.fold((0, String::new()), |(count, warnings), numbers| {
                (count + numbers.series.len(), warnings + &numbers.warnings.join(" "))
            })
        });
        match count {
            0 => "No numbers in this range.".to_owned(),
            many if many > COLOURS => {
                format!("{many} series; the {COLOURS} greatest are drawn. {warnings}")
            }
            _ => warnings,
        }
    }
}
