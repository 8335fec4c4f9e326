//! `GET services/{name}/lanes`: what happened to one service, in lanes over one time.

use std::time::Duration;

use answers::seen::Who;
use api::{Incident, Lane, LaneMark, Lanes, LanesRequest, Mark, MarkKind, NumberSeries, Numbers};
use axum::Json;
use axum::extract::State;
use model::Ordered as _;
use model::{Level, TimeRange, Timestamp};
use series::Series;

use super::around::{Sort, Surroundings};
use super::changes::span;
use super::{matchers, matchers_within, wanted};
use crate::app::App;
use crate::app::errors::{marks_of, range};
use crate::app::evaluator::Evaluator;
use crate::app::extract::{Asked, Named};
use crate::app::logs::log_query;
use crate::fault::Fault;

const HOUR: Duration = Duration::from_secs(3_600);
/// Points of a lane.
const POINTS: u32 = 120;
const STEP_MIN: Duration = Duration::from_secs(15);
const MARKS_MAX: usize = 500;
/// `%` stands for the service's matchers, `@` for those with its environment, `$` for the window of a rate.
const OF_METRICS: [(&str, &str, &str, &str); 5] = [
    ("Requests", "1/s", "sum(rate(porthole_proxy_router_requests_total{%}[$]))", "/routes"),
    (
        "Failed requests",
        "1/s",
        "sum by (class) (rate(porthole_proxy_router_requests_total{%,class=~\"4xx|5xx\"}[$]))",
        "/requests",
    ),
    (
        "Response time",
        "seconds",
        "label_replace(histogram_quantile(0.5, sum by (le) (rate(porthole_proxy_router_request_duration_seconds_bucket{%}[$]))), \"of\", \"p50\", \"\", \"\") or \
         label_replace(histogram_quantile(0.95, sum by (le) (rate(porthole_proxy_router_request_duration_seconds_bucket{%}[$]))), \"of\", \"p95\", \"\", \"\")",
        "/routes",
    ),
    ("CPU", "cores", "sum by (container) (rate(container_cpu_usage_seconds_total{@}[$]))", "/services"),
    ("Memory", "bytes", "sum by (container) (container_memory_working_set_bytes{@})", "/services"),
];

/// The handler.
pub(super) async fn show(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(request): Asked<LanesRequest>,
) -> Result<Json<Lanes>, Fault> {
    let range = range(request.start, request.end, HOUR, app.clock.now())?;
    let who = wanted(&app, &name, &request.project, &request.environment);
    let now = app.situation.current().await?;
    let ended = app.accounts.off_thread(|accounts| accounts.ended_incidents()).await.unwrap_or_default();
    let incidents: Vec<Incident> =
        now.incidents.iter().cloned().chain(ended).filter(|one| lies_in(one, &who, range)).collect();
    let sources = app.situation.sources().clone();
    let found = app.queries.run(move |allowance| {
        let around = Surroundings { sources: &sources, allowance };
        let evaluator = Evaluator { metrics: &sources.metrics, allowance };
        let step = (range.end.since(range.start) / POINTS).max(STEP_MIN);
        let mut lanes = measured(&evaluator, &who, range, step);
        lanes.insert(lanes.len().min(3), lines(&around, &who, range, step));
        lanes.extend(queue(&around, &evaluator, &who, range, step));
        lanes.retain(|lane| !lane.numbers.series.is_empty());
        let marks = marks(&around, &who, range);
        Lanes { start: range.start.millis(), end: range.end.millis(), lanes, marks, incidents }
    });
    Ok(Json(found.await?))
}

fn lies_in(incident: &Incident, who: &Who, range: TimeRange) -> bool {
    let has_part = incident.parts.iter().any(|part| part.service == who.service);
    let is_its = incident.project == who.project && has_part;
    is_its
        && incident.since < range.end.millis()
        && incident.ended.is_none_or(|ended| ended > range.start.millis())
}

fn measured(evaluator: &Evaluator<'_>, who: &Who, range: TimeRange, step: Duration) -> Vec<Lane> {
    let window = format!("{}s", step.as_secs().max(60));
    let lane = |(title, unit, query, href): &(&str, &str, &str, &str)| {
        let query =
            query.replace('%', &matchers(who)).replace('@', &matchers_within(who)).replace('$', &window);
        lane(title, unit, href, numbers(evaluator, range, step, &query))
    };
    OF_METRICS.iter().map(lane).collect()
}

fn lane(title: &str, unit: &str, href: &str, numbers: Numbers) -> Lane {
    Lane { title: title.to_owned(), unit: unit.to_owned(), numbers, href: href.to_owned() }
}

fn numbers(evaluator: &Evaluator<'_>, range: TimeRange, step: Duration, query: &str) -> Numbers {
    let instants = POINTS + 1;
    let found = evaluator.over(range.end, step, instants, query).unwrap_or_default();
    let start_ms = range.end.minus(step * POINTS).millis();
    let step_ms = step.as_millis() as i64;
    let series = found.into_iter().map(|Series { labels, points }| {
        let points = points
            .iter()
            .enumerate()
            .filter_map(|(at, number)| Some((start_ms + step_ms * at as i64, number?)));
        NumberSeries {
            labels: labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            points: points.filter(|(at, number)| number.is_finite() && *at >= range.start.millis()).collect(),
        }
    });
    Numbers {
        series: series.filter(|series| !series.points.is_empty()).collect(),
        step: step_ms,
        warnings: Vec::new(),
    }
}

/// Lines by level: errors, warnings, the rest.
fn lines(around: &Surroundings<'_>, who: &Who, range: TimeRange, step: Duration) -> Lane {
    let query = log_query(&format!("{{{},stream!~\"access|event\"}}", matchers_within(who)), "");
    let counted = query
        .ok()
        .and_then(|query| around.sources.logs.histogram(query.selector(), range, step).ok())
        .unwrap_or_default();
    let of = |name: &str, is_it: &dyn Fn(Level) -> bool| {
        let points = counted.iter().enumerate().map(|(at, counts)| {
            let lines = Level::ALL
                .into_iter()
                .filter(|level| is_it(*level))
                .map(|level| counts[usize::from(level.number())]);
            (range.start.plus(step * at as u32).millis(), lines.sum::<u64>() as f64)
        });
        NumberSeries {
            labels: [("level".to_owned(), name.to_owned())].into_iter().collect(),
            points: points.collect(),
        }
    };
    let series = vec![
        of("error", &|level| level.is_error()),
        of("warn", &|level| level == Level::Warn),
        of("other", &|level| !level.is_error() && level != Level::Warn),
    ];
    let has_any = |series: &NumberSeries| series.points.iter().any(|(_, lines)| *lines > 0.0);
    let series = series.into_iter().filter(has_any).collect();
    lane("Log lines", "", "/logs", Numbers { series, step: step.as_millis() as i64, warnings: Vec::new() })
}

fn queue(
    around: &Surroundings<'_>,
    evaluator: &Evaluator<'_>,
    who: &Who,
    range: TimeRange,
    step: Duration,
) -> Option<Lane> {
    let is_its = |state: &collectors::queue::QueueState| {
        state.services.contains(&who.service)
            && state.project.as_ref().is_none_or(|project| *project == who.project)
    };
    let broker = around.sources.collectors.queues().into_iter().find(is_its)?.broker;
    let broker = crate::app::evaluator::quoted(&broker);
    let query = format!(
        "sum by (queue_name) (celery_queue_length{{instance={broker}}} or label_replace(rq_jobs{{status=\"queued\",instance={broker}}}, \
         \"queue_name\", \"$1\", \"queue\", \"(.*)\"))"
    );
    Some(lane("Tasks that wait", "", "/queues", numbers(evaluator, range, step, &query)))
}

fn marks(around: &Surroundings<'_>, who: &Who, range: TimeRange) -> Vec<LaneMark> {
    let of = matchers_within(who);
    let found = marks_of(&around.sources.logs, around.allowance, &of, range).unwrap_or_default();
    let mut marks: Vec<LaneMark> = found.iter().map(|mark| container(mark, who)).collect();
    let issues = around.issues_of(who, span(range), Sort::First);
    marks.extend(issues.into_iter().filter(|issue| issue.first_seen >= range.start.millis()).map(|issue| {
        LaneMark {
            at: issue.first_seen,
            kind: "issue".to_owned(),
            text: format!("{} is new: {}", issue.short_id, issue.title),
            href: issue.href,
        }
    }));
    let query = format!("{{{of},stream=\"event\"}} |= `\"event\":\"alert\"`");
    marks.extend(around.newest(&query, range, 100).into_iter().map(|row| alert(&row)));
    marks.order_by_key(|mark| mark.at);
    marks.truncate(MARKS_MAX);
    marks
}

fn alert(row: &logql::Row) -> LaneMark {
    let told: serde_json::Value = serde_json::from_str(&row.line).unwrap_or_default();
    let text = told.get("message").and_then(serde_json::Value::as_str).unwrap_or(&row.line).to_owned();
    LaneMark { at: row.timestamp.millis(), kind: "alert".to_owned(), text, href: "/alerts".to_owned() }
}

fn container(mark: &Mark, who: &Who) -> LaneMark {
    let at = Timestamp::from_nanos(mark.at).millis();
    let (kind, href) = match mark.kind {
        MarkKind::Deploy => ("deploy", format!("/services/{}/deploy?at={at}", who.service)),
        MarkKind::Gap => ("gap", String::new()),
        MarkKind::Start => ("start", String::new()),
        MarkKind::Restart => ("restart", String::new()),
        MarkKind::Exit => ("exit", String::new()),
        MarkKind::Oom => ("oom", String::new()),
        MarkKind::Health => ("health", String::new()),
    };
    let lines = || format!("/logs?from={}&to={}&svc={}", at - 300_000, at + 300_000, who.service);
    let href = if href.is_empty() { lines() } else { href };
    LaneMark { at, kind: kind.to_owned(), text: mark.text.clone(), href }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_of_a_lane_can_be_asked() {
        let who = Who { service: "a\"b".into(), project: "p".into(), environment: "e".into() };
        for (title, _, query, _) in OF_METRICS {
            let query =
                query.replace('%', &matchers(&who)).replace('@', &matchers_within(&who)).replace('$', "60s");
            promql::parse(&query).unwrap_or_else(|error| panic!("{title}: {query}: {error}"));
        }
    }
}
