//! Performance: transactions by name, one name, and one transaction whole.

use ::event::items::Span;
use ::event::value::{Pair, Value};
use ::issues::performance::{self, Hint, NameRow, Operation, Selection, Sort, Step, Window};
use ::issues::{EventSummary, Issues, Project, ReadError};
use api::{
    EventRow, Example, ExampleRow, Performance, PerformanceRequest, SpanOperation, Transaction,
    TransactionRequest, TransactionRow, TransactionSort,
};
use axum::Json;
use axum::extract::State;

use super::asked::{self, DAY, not_found, told};
use super::dsn::Base;
use super::{events, issue, lists};
use crate::app::App;
use crate::app::extract::{Asked, Named};
use crate::app::refusal::QueryRefusal;
use crate::fault::Fault;

/// Operations of a row.
const KINDS_MAX: usize = 6;
const STEPS_MAX: usize = 1000;
const ERRORS_MAX: usize = 20;

/// `GET performance`
pub(super) async fn list(
    State(app): State<App>,
    base: Base,
    Asked(request): Asked<PerformanceRequest>,
) -> Result<Json<Performance>, Fault> {
    let window = Window::of(asked::range(request.start, request.end, DAY, app.clock.now())?);
    let project = asked::project(&app.issues, &request.project)?.map(|project| project.id);
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| {
        let environment = told(&request.environment);
        let selection = Selection { project, environment, ..Selection::default() };
        let names = issues.transactions(&selection, &request.query, &window, sort(request.sort))?;
        let all: f64 = names.rows.iter().map(|row| row.time_ms).sum();
        let left_out = names.total - names.rows.len();
        Ok::<_, Fault>(Performance {
            rows: names.rows.iter().map(|name| row(&issues, name, all)).collect(),
            start: window.start_ms(),
            step: window.step_ms(),
            projects: issues.projects().iter().map(|project| lists::project_name(project, &base)).collect(),
            environments: issues.transaction_environments()?,
            warnings: (left_out > 0)
                .then(|| format!("{left_out} more names are left out; narrow the search"))
                .into_iter()
                .collect(),
        })
    });
    Ok(Json(found.await??))
}

fn sort(sort: TransactionSort) -> Sort {
    match sort {
        TransactionSort::Time => Sort::Time,
        TransactionSort::Count => Sort::Count,
        TransactionSort::Failures => Sort::Failures,
        TransactionSort::P95 => Sort::P95,
    }
}

/// A row; `all` is the time of all rows together.
fn row(issues: &Issues, name: &NameRow, all: f64) -> TransactionRow {
    let share = |(kind, ms): (String, f64)| {
        (kind, if name.time_ms > 0.0 { (ms / name.time_ms).min(1.0) } else { 0.0 })
    };
    let operations = performance::by_kind(name).into_iter().take(KINDS_MAX).map(share).collect();
    TransactionRow {
        project: project_name(issues, ::event::ProjectId(name.project)),
        name: name.name.clone(),
        op: name.op.clone(),
        count: name.count.round() as u64,
        per_minute: name.per_minute,
        failure_rate: name.failure_rate(),
        p50_ms: name.quantiles.p50_ms,
        p75_ms: name.quantiles.p75_ms,
        p95_ms: name.quantiles.p95_ms,
        p99_ms: name.quantiles.p99_ms,
        total_ms: name.time_ms,
        share: if all > 0.0 { name.time_ms / all } else { 0.0 },
        operations,
        spark: name.p95_ms.clone(),
    }
}

fn project_name(issues: &Issues, id: ::event::ProjectId) -> String {
    issues.project_of(id).map(|project| project.name.clone()).unwrap_or_default()
}

/// `GET performance/transaction`
pub(super) async fn transaction(
    State(app): State<App>,
    Asked(request): Asked<TransactionRequest>,
) -> Result<Json<Transaction>, QueryRefusal> {
    let range = asked::range(request.start, request.end, DAY, app.clock.now())?;
    let project = asked::one_project(&app.issues, &request.project)?;
    let (issues, logs) = (app.issues.clone(), app.logs.clone());
    let found = app.queries.run(move |allowance| {
        let mut whole = whole(&issues, &project, &request, Window::of(range))?;
        whole.marks = issue::marks(&logs, allowance, &project, range)?;
        Ok::<_, QueryRefusal>(whole)
    });
    Ok(Json(found.await??))
}

fn whole(
    issues: &Issues,
    project: &Project,
    request: &TransactionRequest,
    window: Window,
) -> Result<Transaction, Fault> {
    let selection = Selection {
        project: Some(project.id),
        name: Some(&request.name),
        op: told(&request.op),
        environment: told(&request.environment),
    };
    let found = issues.transaction(&selection, &window)?;
    let name = found.ok_or_else(|| not_found("there was no transaction of this name in that time"))?;
    let time_ms = name.row.time_ms;
    let operation = |operation: &Operation| SpanOperation {
        op: operation.op.clone(),
        total_ms: operation.time_ms,
        share: if time_ms > 0.0 { operation.time_ms / time_ms } else { 0.0 },
        each: operation.each,
    };
    let counted = |numbers: &[f64]| numbers.iter().map(|number| number.round() as u64).collect();
    Ok(Transaction {
        row: row(issues, &name.row, time_ms),
        start: window.start_ms(),
        step: window.step_ms(),
        counts: counted(&name.counts),
        failures: counted(&name.failures),
        p50_ms: name.p50_ms,
        p95_ms: name.row.p95_ms.clone(),
        marks: Vec::new(),
        operations: name.row.operations.iter().map(operation).collect(),
        examples: issues.examples(&selection, &window)?.iter().map(example_row).collect(),
    })
}

fn example_row(row: &performance::ExampleRow) -> ExampleRow {
    ExampleRow {
        id: row.id.to_string(),
        time: row.start_ms,
        duration_ms: row.duration_ms,
        status: row.status.clone(),
        failed: row.failed,
        trace_id: row.trace.to_string(),
        environment: row.environment.clone(),
        release: row.release.clone(),
        spans: row.spans,
    }
}

/// `GET performance/example/{id}`
pub(super) async fn example(State(app): State<App>, Named(id): Named<i64>) -> Result<Json<Example>, Fault> {
    let issues = app.issues.clone();
    let found = app.queries.run(move |_| {
        let found = issues.example(id)?;
        let example =
            found.ok_or_else(|| not_found("this transaction is not kept any more, or the link is wrong"))?;
        let errors = errors_of(&issues, &example)?;
        Ok::<_, Fault>(shown(&issues, &example, errors))
    });
    Ok(Json(found.await??))
}

/// Errors of the same trace that happened while it ran, or soon after: tasks that it began.
fn errors_of(issues: &Issues, example: &performance::Example) -> Result<Vec<EventRow>, ReadError> {
    const BEFORE_MS: i64 = 10_000;
    const AFTER_MS: i64 = 10 * 60_000;
    let transaction = &example.transaction;
    let range = (transaction.start.millis() - BEFORE_MS, transaction.end.millis() + AFTER_MS);
    let found = issues.events_of_trace(example.project, transaction.trace, range)?;
    let row = |(issue, summary): &(i64, EventSummary)| {
        let stored = summary.stored.as_ref()?;
        Some(EventRow { issue: *issue, ..events::row_of(&stored.event) })
    };
    Ok(found.iter().filter_map(row).take(ERRORS_MAX).collect())
}

fn shown(issues: &Issues, example: &performance::Example, errors: Vec<EventRow>) -> Example {
    let transaction = &example.transaction;
    let mut warnings: Vec<String> = example.hints.iter().map(hint).collect();
    let not_shown = example.steps.len().saturating_sub(STEPS_MAX) as u32;
    let left_out = transaction.spans_cut.saturating_add(not_shown);
    if left_out > 0 {
        warnings.push(format!("{left_out} spans are left out."));
    }
    let step = |step: &Step| span(step, transaction.start);
    Example {
        row: example_row(&example.row),
        project: project_name(issues, example.project),
        name: transaction.name.clone(),
        op: transaction.op.clone(),
        server_name: transaction.server_name.clone().unwrap_or_default(),
        spans: example.steps.iter().take(STEPS_MAX).map(step).collect(),
        tags: transaction.tags.clone(),
        events: errors,
        warnings,
    }
}

fn hint(hint: &Hint) -> String {
    match hint {
        Hint::Repeated { query, count, time, .. } => {
            format!(
                "The same query was made {count} times, {} ms in all; one query could do: {query}",
                time.as_millis()
            )
        }
        Hint::Slow { query, time, .. } => format!("One query took {} ms: {query}", time.as_millis()),
    }
}

fn span(step: &Step, begin: model::Timestamp) -> api::Span {
    let Span { id, op, description, start, status, data, .. } = &step.span;
    let status = status.clone().unwrap_or_default();
    let texts =
        |data: &[Pair<Value>]| data.iter().map(|(name, value)| (name.clone(), value.to_string())).collect();
    api::Span {
        id: id.to_string(),
        depth: step.depth,
        op: op.clone(),
        description: description.clone(),
        start_ms: (start.nanos() - begin.nanos()) as f64 / 1e6,
        duration_ms: step.span.duration().as_secs_f64() * 1e3,
        failed: ::event::items::span::is_failure(&status),
        status,
        data: texts(data),
    }
}
