//! Engines that say what a test wants them to say.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use model::{Labels, Timestamp};

use crate::senses::{Asked, Grid, Instant, IssueNews, IssueTurn, Range, ReleaseRate, Senses, Series};

/// What is said, and what was asked and told.
#[derive(Default)]
pub(crate) struct Scripted(Mutex<Script>);

#[derive(Default)]
pub(crate) struct Script {
    /// Answers by query; one that is not there gives nothing.
    pub(crate) instants: BTreeMap<String, Instant>,
    /// Likewise over a grid: what a query gives at an instant.
    pub(crate) ranges: BTreeMap<String, fn(i64) -> Option<f64>>,
    pub(crate) news: Vec<IssueNews>,
    pub(crate) rates: Vec<ReleaseRate>,
    /// Queries with the instant, in milliseconds, in the order in which they came.
    pub(crate) asked: Vec<(String, i64)>,
    pub(crate) recorded: Vec<(i64, String, f64)>,
    pub(crate) lines: Vec<String>,
}

impl Scripted {
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What a query gives from now on: labels as `{a="b"}` and values.
    pub(crate) fn give(&self, query: &str, series: &[(&str, f64)]) {
        let series = series.iter().map(|(labels, value)| (labels_of(labels), *value)).collect();
        self.with(|script| script.instants.insert(query.to_owned(), Ok(series)));
    }

    fn instant(&self, query: &str, at: Timestamp) -> Instant {
        self.with(|script| {
            script.asked.push((query.to_owned(), at.millis()));
            script.instants.get(query).cloned().unwrap_or(Ok(Vec::new()))
        })
    }

    fn range(&self, query: &str, grid: Grid) -> Range {
        let Some(value) = self.with(|script| script.ranges.get(query).copied()) else {
            return Ok(Vec::new());
        };
        let instants = (grid.first.millis()..=grid.last.millis()).step_by(grid.step_ms as usize);
        let points = instants.filter_map(|at| Some((at, value(at)?))).collect();
        Ok(vec![Series { labels: labels_of(r#"{service="web"}"#), points }])
    }
}

pub(crate) fn labels_of(text: &str) -> Labels {
    Labels::parse(text).expect("the test writes labels")
}

pub(crate) fn news(turn: IssueTurn, at_ms: i64) -> IssueNews {
    IssueNews {
        turn,
        at_ms,
        issue: 12,
        short_id: "SHOP-12".to_owned(),
        project: "shop".to_owned(),
        service: Some("web".to_owned()),
        title: "ValueError: no such card".to_owned(),
        message: "no such card".to_owned(),
        culprit: "pay".to_owned(),
        level: "error".to_owned(),
        release: Some("1.2".to_owned()),
        environment: Some("production".to_owned()),
        events: 7,
        users: 3,
        is_open: true,
    }
}

impl Senses for Scripted {
    fn promql<'a>(&'a self, expr: &'a str, at: Timestamp) -> Asked<'a, Instant> {
        Box::pin(async move { self.instant(expr, at) })
    }

    fn promql_range<'a>(&'a self, expr: &'a str, grid: Grid) -> Asked<'a, Range> {
        Box::pin(async move { self.range(expr, grid) })
    }

    fn logql<'a>(&'a self, expr: &'a str, at: Timestamp) -> Asked<'a, Instant> {
        Box::pin(async move { self.instant(expr, at) })
    }

    fn logql_range<'a>(&'a self, expr: &'a str, grid: Grid) -> Asked<'a, Range> {
        Box::pin(async move { self.range(expr, grid) })
    }

    fn issues(&self, since: Timestamp, until: Timestamp) -> Asked<'_, Result<Vec<IssueNews>, String>> {
        let within = move |news: &IssueNews| (since.millis()..=until.millis()).contains(&news.at_ms);
        Box::pin(async move {
            Ok(self.with(|script| script.news.iter().filter(|one| within(one)).cloned().collect()))
        })
    }

    fn release_rates(&self, _: Timestamp, _: Timestamp) -> Asked<'_, Result<Vec<ReleaseRate>, String>> {
        Box::pin(async move { Ok(self.with(|script| script.rates.clone())) })
    }

    fn record(&self, at: Timestamp, samples: Vec<(Labels, f64)>) -> Asked<'_, Result<(), String>> {
        let samples = samples.into_iter().map(|(labels, value)| (at.millis(), labels.to_string(), value));
        self.with(|script| script.recorded.extend(samples));
        Box::pin(async { Ok(()) })
    }

    fn evidence<'a>(&'a self, _: &'a Labels, _: Timestamp) -> Asked<'a, api::Evidence> {
        Box::pin(async { api::Evidence::default() })
    }

    fn note(&self, _: &Labels, _: Timestamp, line: &str) -> bool {
        self.with(|script| script.lines.push(line.to_owned()));
        true
    }
}
