//! `GET uptime`: probes and how they did.

use std::time::Duration;

use api::{ProbeHealth, ProbeRow, Uptime, UptimeRequest};
use axum::Json;
use axum::extract::State;
use collectors::probe::ProbeState;
use collectors::scrape::Health;
use model::Ordered as _;
use model::{Labels, Timestamp};

use super::evaluator::Evaluator;
use super::targets::{faults, millis, origin};
use super::who::Owner;
use super::{App, extract};
use crate::fault::Fault;

/// Buckets of a strip.
const BUCKETS: u32 = 90;
const DAY: Duration = Duration::from_secs(86_400);
/// The times that availability is told for.
const TIMES: [&str; 3] = ["1d", "7d", "30d"];
/// Tells probes apart.
const PROBE: &str = "probe";
const INSTANCE: &str = "instance";

/// The handler.
pub(super) async fn show(
    State(app): State<App>,
    extract::Asked(UptimeRequest { start, end }): extract::Asked<UptimeRequest>,
) -> Result<Json<Uptime>, Fault> {
    let end = if end == 0 { app.clock.now() } else { Timestamp::from_millis(end) };
    let start = if start == 0 { end.minus(DAY) } else { Timestamp::from_millis(start) };
    if end <= start {
        return Err(Fault::bad_request("the time range ends before it starts"));
    }
    let strip = Strip::new(start, end);
    let (metrics, collectors) = (app.metrics.clone(), app.collectors.clone());
    let found = app.queries.run(move |allowance| {
        let evaluator = Evaluator { metrics: &metrics, allowance };
        rows(&evaluator, collectors.probes(), "", strip)
    });
    let probes = found.await??;
    let step = strip.step.as_millis() as i64;
    Ok(Json(Uptime { probes, start: strip.start().millis(), step, faults: faults(&app.collectors) }))
}

/// Buckets side by side, the last one up to `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Strip {
    end: Timestamp,
    step: Duration,
}

impl Strip {
    /// Over about this time.
    pub(super) fn new(start: Timestamp, end: Timestamp) -> Self {
        let millis = end.since(start).as_millis() / u128::from(BUCKETS);
        Self { end, step: Duration::from_millis(u64::try_from(millis).unwrap_or(u64::MAX).max(1000)) }
    }

    /// Over the last day.
    pub(super) fn of_a_day(end: Timestamp) -> Self {
        Self::new(end.minus(DAY), end)
    }

    fn start(self) -> Timestamp {
        self.end.minus(self.step * BUCKETS)
    }
}

/// These probes, whose series match, by name and address.
pub(super) fn rows(
    evaluator: &Evaluator<'_>,
    mut states: Vec<ProbeState>,
    matchers: &str,
    strip: Strip,
) -> Result<Vec<ProbeRow>, Fault> {
    if states.is_empty() {
        return Ok(Vec::new());
    }
    states.order_by(|a, b| (&a.name, &a.url).cmp(&(&b.name, &b.url)));
    let mut shares = Vec::new();
    for time in TIMES {
        let query =
            format!("avg by ({PROBE}, {INSTANCE}) (avg_over_time(probe_success{{{matchers}}}[{time}]))");
        shares.push(evaluator.at(strip.end, &query)?);
    }
    let width = strip.step.as_millis();
    let query =
        format!("avg by ({PROBE}, {INSTANCE}) (avg_over_time(probe_success{{{matchers}}}[{width}ms]))");
    let strips = evaluator.over(strip.end, strip.step, BUCKETS, &query)?;
    let row = |state: ProbeState| {
        let is_its = |labels: &Labels| {
            (labels.get(PROBE), labels.get(INSTANCE)) == (state.labels.get(PROBE), state.labels.get(INSTANCE))
        };
        let share =
            |of: &[(Labels, f64)]| of.iter().find(|(labels, _)| is_its(labels)).map(|(_, share)| *share);
        let buckets = strips.iter().find(|series| is_its(&series.labels));
        let empty = || vec![None; BUCKETS as usize];
        ProbeRow {
            day: share(&shares[0]),
            week: share(&shares[1]),
            month: share(&shares[2]),
            strip: buckets.map_or_else(empty, |series| series.points.iter().collect()),
            ..present(state)
        }
    };
    Ok(states.into_iter().map(row).collect())
}

/// What is known without asking the storage.
fn present(state: ProbeState) -> ProbeRow {
    let owner = Owner::of(&state.labels);
    let (health, problem) = match state.health {
        Health::Unknown => (ProbeHealth::Unknown, String::new()),
        Health::Up => (ProbeHealth::Up, String::new()),
        Health::Down(why) => (ProbeHealth::Down, why),
    };
    ProbeRow {
        name: state.name,
        url: state.url,
        service: owner.service,
        project: owner.project,
        environment: owner.environment,
        state: health,
        since: millis(state.since),
        last: state.last.map(|last| last.at.millis()),
        seconds: state.last.map(|last| last.took.as_secs_f64()),
        status: state.last.and_then(|last| last.status),
        problem,
        certificate_ends: millis(state.certificate_expires),
        interval: state.interval.as_millis() as i64,
        origin: origin(&state.origin),
        ..ProbeRow::default()
    }
}

#[cfg(test)]
mod tests;
