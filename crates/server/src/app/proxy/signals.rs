//! What `answers` asks, from the engines.

use ::issues::{IssueQuery, Issues, search};
use ::route::shown::Picture;
use answers::{Done, Line, Lines, Signals, Span, Thrown};
use api::RouteRow;
use logql::{Direction, Page, Row};
use logs::Logs;
use model::{TimeRange, Timestamp};

use super::rows::routes;
use crate::app::errors::{marks_of, row_of};
use crate::app::logs::log_query;
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;
use crate::queries::Allowance;

/// Issues whose events are looked through for a trace, and events of each.
const ISSUES_MAX: usize = 10;
const EVENTS_MAX: usize = 50;
/// Transactions of a trace, and steps of each.
const TRANSACTIONS_MAX: usize = 10;
const STEPS_MAX: usize = 50;

/// Lines alone, within what a call may spend.
pub(in crate::app) struct Entries<'a> {
    pub(in crate::app) logs: &'a Logs,
    pub(in crate::app) allowance: &'a Allowance,
}

impl Lines for Entries<'_> {
    type Error = QueryRefusal;

    fn lines(&self, query: &str, span: Span, limit: usize) -> Result<Vec<Line>, QueryRefusal> {
        let query = log_query(query, "")?;
        let page = Page { range: range(span), direction: Direction::Backward, limit, after: None };
        let found = self.allowance.spend(|budget| query.rows(self.logs, &page, budget))?;
        let line = |row: Row| Line {
            at: row.timestamp,
            labels: row.labels,
            text: row.line,
            is_error: row.level.is_error(),
        };
        Ok(found.rows.into_iter().map(line).collect())
    }
}

/// All engines, within what a call may spend.
pub(super) struct Engines<'a> {
    pub(super) logs: &'a Logs,
    pub(super) issues: &'a Issues,
    pub(super) picture: &'a Picture,
    pub(super) allowance: &'a Allowance,
}

impl Lines for Engines<'_> {
    type Error = QueryRefusal;

    fn lines(&self, query: &str, span: Span, limit: usize) -> Result<Vec<Line>, QueryRefusal> {
        Entries { logs: self.logs, allowance: self.allowance }.lines(query, span, limit)
    }
}

impl Signals for Engines<'_> {
    fn errors(&self, trace_id: &str, span: Span) -> Result<Vec<Thrown>, QueryRefusal> {
        let Ok(query) = search::parse(&format!("trace:{trace_id}")) else { return Ok(Vec::new()) };
        let asked = IssueQuery {
            query,
            from: Some(span.start),
            until: Some(span.end),
            limit: ISSUES_MAX,
            ..IssueQuery::default()
        };
        let found = self.issues.issues(&asked).map_err(Fault::from)?;
        let mut thrown = Vec::new();
        for issue in found.issues {
            let before = ::issues::EventCursor { at_ms: span.end.millis(), row: i64::MAX };
            let events = self.issues.events(issue.id, None, Some(before), EVENTS_MAX).map_err(Fault::from)?;
            let of_trace = events.into_iter().filter_map(|summary| summary.stored).filter(|stored| {
                stored.event.trace_id().is_some_and(|id| id.to_string() == trace_id)
                    && stored.event.timestamp >= span.start
            });
            thrown.extend(of_trace.map(|stored| {
                let row = row_of(&stored.event);
                Thrown {
                    at: stored.event.timestamp,
                    event: row.id,
                    issue: issue.id,
                    project: issue.project_name.clone(),
                    text: [row.title, row.message].join(": "),
                }
            }));
        }
        Ok(thrown)
    }

    fn transactions(&self, trace_id: &str, span: Span) -> Result<Vec<Done>, QueryRefusal> {
        let (from_ms, until_ms) = (span.start.millis(), span.end.millis());
        let rows = self.issues.examples_of_trace(trace_id, from_ms, until_ms, TRANSACTIONS_MAX);
        let mut done = Vec::new();
        for row in rows.map_err(Fault::from)? {
            let Some(example) = self.issues.example(row.id).map_err(Fault::from)? else { continue };
            done.extend(steps(&example));
        }
        Ok(done)
    }

    fn happened(&self, matchers: &str, span: Span) -> Result<Vec<(Timestamp, String)>, QueryRefusal> {
        let marks = marks_of(self.logs, self.allowance, matchers, range(span))?;
        Ok(marks.into_iter().map(|mark| (Timestamp::from_nanos(mark.at), mark.text)).collect())
    }

    fn routes(&self) -> Vec<RouteRow> {
        routes(self.picture).rows
    }
}

/// A transaction, then its steps.
fn steps(example: &::issues::performance::Example) -> impl Iterator<Item = Done> {
    let transaction = &example.transaction;
    let project = transaction.server_name.clone().unwrap_or_default();
    // The first step is the transaction itself.
    example.steps.iter().take(STEPS_MAX).enumerate().map(move |(at, step)| {
        let span = &step.span;
        let text = if at == 0 { transaction.name.clone() } else { span.description.clone() };
        Done {
            at: span.start,
            duration: if at == 0 { transaction.duration() } else { span.duration() },
            is_step: at > 0,
            failed: span.status.as_deref().is_some_and(::event::items::span::is_failure),
            place: if at == 0 { project.clone() } else { span.op.clone() },
            text,
            example: example.row.id,
        }
    })
}

fn range(span: Span) -> TimeRange {
    TimeRange { start: span.start, end: span.end }
}
