//! What alerts ask of the engines. Queries run off the runtime's threads, a few at a time and for a bounded time, apart
//! from those of the page: neither takes the other's turn.

mod errors;
mod lines;
mod notes;
mod numbers;
mod run;

use std::sync::{Arc, OnceLock};

use alerts::{Asked, Grid, Instant, IssueNews, Range, ReleaseRate};
use issues::Issues;
use logs::Logs;
use metrics::Metrics;
use model::{Labels, Timestamp};

pub(super) use errors::heard;
use notes::Notes;
use run::Run;

/// The engines, as alerts see them.
pub(crate) struct Senses {
    metrics: Metrics,
    logs: Logs,
    issues: Issues,
    run: Run,
    /// Back-tests read days: they must not take the turns of the rules.
    past: Run,
    notes: Notes,
    evidence: Arc<OnceLock<server::Answers>>,
}

impl Senses {
    /// `identity` is whose lines without a service are. `evidence` is there once the server is put together.
    pub(crate) fn new(
        metrics: Metrics,
        logs: Logs,
        issues: Issues,
        identity: &Labels,
        evidence: Arc<OnceLock<server::Answers>>,
    ) -> Self {
        let notes = Notes::new(logs.intake(), identity);
        Self { metrics, logs, issues, run: Run::default(), past: Run::default(), notes, evidence }
    }
}

impl alerts::Senses for Senses {
    fn promql<'a>(&'a self, expr: &'a str, at: Timestamp) -> Asked<'a, Instant> {
        let (metrics, expr) = (self.metrics.clone(), expr.to_owned());
        Box::pin(self.run.off(move |limit| numbers::instant(&metrics, &expr, at, limit)))
    }

    fn promql_range<'a>(&'a self, expr: &'a str, grid: Grid) -> Asked<'a, Range> {
        let (metrics, expr) = (self.metrics.clone(), expr.to_owned());
        Box::pin(self.past.off(move |limit| numbers::range(&metrics, &expr, grid, limit)))
    }

    fn logql<'a>(&'a self, expr: &'a str, at: Timestamp) -> Asked<'a, Instant> {
        let (logs, expr) = (self.logs.clone(), expr.to_owned());
        Box::pin(self.run.off(move |limit| lines::instant(&logs, &expr, at, limit)))
    }

    fn logql_range<'a>(&'a self, expr: &'a str, grid: Grid) -> Asked<'a, Range> {
        let (logs, expr) = (self.logs.clone(), expr.to_owned());
        Box::pin(self.past.off(move |limit| lines::range(&logs, &expr, grid, limit)))
    }

    fn issues(&self, since: Timestamp, until: Timestamp) -> Asked<'_, Result<Vec<IssueNews>, String>> {
        let issues = self.issues.clone();
        Box::pin(self.run.off(move |_| errors::news(&issues, since, until)))
    }

    fn release_rates(
        &self,
        since: Timestamp,
        until: Timestamp,
    ) -> Asked<'_, Result<Vec<ReleaseRate>, String>> {
        let issues = self.issues.clone();
        Box::pin(self.run.off(move |_| errors::rates(&issues, since, until)))
    }

    fn record(&self, at: Timestamp, samples: Vec<(Labels, f64)>) -> Asked<'_, Result<(), String>> {
        Box::pin(numbers::record(&self.metrics, at, samples))
    }

    fn evidence<'a>(&'a self, labels: &'a Labels, at: Timestamp) -> Asked<'a, answers::Evidence> {
        Box::pin(async move {
            match self.evidence.get() {
                Some(answers) => answers.evidence(labels, at).await,
                None => answers::Evidence::default(),
            }
        })
    }

    fn note(&self, labels: &Labels, at: Timestamp, line: &str) -> bool {
        self.notes.write(labels, at, line)
    }
}
