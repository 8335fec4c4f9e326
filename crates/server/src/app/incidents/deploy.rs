//! `GET services/{name}/deploy`: one deploy, before and after.

use std::time::Duration;

use answers::seen::Who;
use answers::{Around, Measured, Span};
use api::{DeployPage, DeployPattern, EvidenceIssue, LanesRequest};
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use logql::Miner;
use model::{TimeRange, Timestamp};

use super::around::{Sort, Surroundings};
use super::{matchers, matchers_within, wanted};
use crate::app::App;
use crate::app::evaluator::{Evaluator, quoted};
use crate::app::extract::{Asked, Named};
use crate::fault::Fault;

/// Both sides are of the same length: half an hour, or as long as the deploy is ago.
const SIDE: Duration = Duration::from_secs(1_800);
const SIDE_MIN: Duration = Duration::from_secs(120);
const KEPT: Duration = Duration::from_secs(90 * 86_400);
/// What starts answers nothing for some seconds.
const SETTLING: Duration = Duration::from_secs(15);
const LINES_MAX: usize = 500;
const PATTERNS_MAX: usize = 10;
const CHARACTERS: usize = 300;

/// The handler.
pub(super) async fn show(
    State(app): State<App>,
    Named(name): Named<String>,
    Asked(request): Asked<LanesRequest>,
) -> Result<Json<DeployPage>, Fault> {
    let who = wanted(&app, &name, &request.project, &request.environment);
    let (sources, now) = (app.situation.sources().clone(), app.clock.now());
    let found = app.queries.run(move |allowance| {
        let around = Surroundings { sources: &sources, allowance };
        let span = match request.start {
            0 => Span { start: now.minus(KEPT), end: now.plus(SETTLING) },
            at => {
                let at = Timestamp::from_millis(at);
                Span::around(at, SETTLING, at, SETTLING)
            }
        };
        let deploy = around.deploy(&who, span)?;
        Some(compared(&around, &who, deploy, now))
    });
    let page = found.await?.ok_or_else(|| {
        let message = format!("no deploy of the service `{name}` is remembered at that time");
        Fault::new(StatusCode::NOT_FOUND, message)
    })?;
    Ok(Json(page))
}

fn compared(
    around: &Surroundings<'_>,
    who: &Who,
    (at_ms, image, before): (i64, String, String),
    now: Timestamp,
) -> DeployPage {
    let at = Timestamp::from_millis(at_ms);
    let side = now.since(at).clamp(SIDE_MIN, SIDE);
    let (earlier, later) = (
        TimeRange { start: at.minus(side), end: at },
        TimeRange { start: at.plus(SETTLING), end: at.plus(side) },
    );
    let page = DeployPage {
        service: who.service.clone(),
        project: who.project.clone(),
        environment: who.environment.clone(),
        at: at_ms,
        image,
        before,
        span: side.as_millis() as i64,
        ..DeployPage::default()
    };
    let later = TimeRange { end: later.end.min(now), ..later };
    let issues = around.issues_of(who, Span { start: at, end: later.end.plus(SETTLING) }, Sort::First);
    let new: Vec<EvidenceIssue> = issues.into_iter().filter(|issue| issue.first_seen >= at_ms).collect();
    let patterns = new_patterns(around, who, earlier, later);
    answers::deploy(page, &measured(around, who, earlier), &measured(around, who, later), new, patterns)
}

fn measured(around: &Surroundings<'_>, who: &Who, range: TimeRange) -> Measured {
    let evaluator = Evaluator { metrics: &around.sources.metrics, allowance: around.allowance };
    let seconds = range.end.since(range.start).as_secs().max(30);
    let of = matchers(who);
    let ask = |query: String| {
        let found = evaluator.at(range.end, &query).unwrap_or_default();
        found.first().map(|(_, number)| *number).filter(|number| number.is_finite())
    };
    let requests = ask(format!("sum(increase(porthole_proxy_router_requests_total{{{of}}}[{seconds}s]))"));
    let failed =
        ask(format!("sum(increase(porthole_proxy_router_requests_total{{{of},class=\"5xx\"}}[{seconds}s]))"));
    let bucket = format!("rate(porthole_proxy_router_request_duration_seconds_bucket{{{of}}}[{seconds}s])");
    let errors = error_lines(around, who, range);
    Measured {
        per_second: requests.map(|requests| requests / seconds as f64),
        error_share: requests.filter(|number| *number > 0.0).map(|requests| failed.unwrap_or(0.0) / requests),
        p95_s: ask(format!("histogram_quantile(0.95, sum by (le) ({bucket}))")),
        error_lines: errors.map(|lines| lines as f64 * 60.0 / seconds as f64),
    }
}

fn selector(who: &Who) -> String {
    format!("{{{},stream!~\"access|event\"}}", matchers_within(who))
}

fn error_lines(around: &Surroundings<'_>, who: &Who, range: TimeRange) -> Option<u64> {
    let query = crate::app::logs::log_query(&selector(who), "").ok()?;
    let whole = range.end.since(range.start);
    let buckets = around.sources.logs.histogram(query.selector(), range, whole).ok()?;
    let errors = model::Level::ALL.into_iter().filter(|level| level.is_error());
    Some(
        errors
            .map(|level| buckets.iter().map(|counts| counts[usize::from(level.number())]).sum::<u64>())
            .sum(),
    )
}

/// Lines of errors that look like none before.
fn new_patterns(
    around: &Surroundings<'_>,
    who: &Who,
    earlier: TimeRange,
    later: TimeRange,
) -> Vec<DeployPattern> {
    let query = format!("{} | detected_level=~\"error|critical|fatal\"", selector(who));
    let mut miner = Miner::new(Timestamp::from_millis(0), Duration::from_secs(1), 2);
    for (second, range) in [(0, earlier), (1, later)] {
        for row in around.newest(&query, range, LINES_MAX) {
            let line: String = row.line.chars().take(CHARACTERS).collect();
            miner.add(row.level, Timestamp::from_seconds(second), &line);
        }
    }
    let new = miner.finish().into_iter().filter(|mined| mined.buckets[0] == 0 && mined.buckets[1] > 0);
    let pattern = |mined: logql::Mined| DeployPattern {
        query: format!("{} |> {}", selector(who), quoted(&mined.pattern)),
        pattern: mined.pattern,
        example: mined.example,
        lines: mined.buckets[1],
    };
    new.take(PATTERNS_MAX).map(pattern).collect()
}
