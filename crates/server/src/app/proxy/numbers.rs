//! The numbers of all routers over a time, asked for all at once.

use std::collections::BTreeMap;
use std::time::Duration;

use ::route::shown::Live;
use api::RouteRow;
use model::{Labels, TimeRange};

use crate::app::evaluator::Evaluator;
use crate::fault::Fault;

/// Points of a small picture.
const POINTS: u32 = 30;
/// How many requests there are a second is told of so long before the end.
const NOW: Duration = Duration::from_secs(300);
/// Counters are read every quarter of a minute: below this nothing can be told.
const SHORTEST: Duration = Duration::from_secs(60);
const REQUESTS: &str = "porthole_proxy_router_requests_total";
const DURATIONS: &str = "porthole_proxy_router_request_duration_seconds_bucket";

/// What is measured of a router.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Measured {
    per_second: Option<f64>,
    error_rate: Option<f64>,
    /// p50, p95, p99.
    quantiles_ms: [Option<f64>; 3],
    trend: Vec<Option<f64>>,
}

/// That of all routers, by name with provider.
pub(super) fn of_all(
    evaluator: &Evaluator<'_>,
    range: TimeRange,
) -> Result<BTreeMap<String, Measured>, Fault> {
    let (end, span) = (range.end, range.end.since(range.start).max(SHORTEST));
    let window = format!("[{}s]", span.as_secs());
    let mut all: BTreeMap<String, Measured> = BTreeMap::new();
    let now = format!("sum by (router) (rate({REQUESTS}[{}s]))", span.min(NOW).as_secs());
    for (labels, number) in evaluator.at(end, &now)? {
        of(&mut all, &labels).per_second = Some(number);
    }
    // A class that has not been there yet has no series; all of a router that has had requests have a share of it.
    let failed = format!(
        "sum by (router) (increase({REQUESTS}{{class=\"5xx\"}}{window})) / sum by (router) (increase({REQUESTS}{window})) \
         or 0 * sum by (router) (increase({REQUESTS}{window}) > 0)"
    );
    for (labels, share) in evaluator.at(end, &failed)? {
        of(&mut all, &labels).error_rate = Some(share).filter(|share| share.is_finite());
    }
    for (at, quantile) in [0.5, 0.95, 0.99].into_iter().enumerate() {
        let query =
            format!("histogram_quantile({quantile}, sum by (router, le) (rate({DURATIONS}{window})))");
        for (labels, seconds) in evaluator.at(end, &query)? {
            of(&mut all, &labels).quantiles_ms[at] = Some(seconds * 1e3).filter(|ms| ms.is_finite());
        }
    }
    let step = (span / POINTS).max(Duration::from_secs(15));
    let trend = format!("sum by (router) (rate({REQUESTS}[{}s]))", step.max(SHORTEST).as_secs());
    for series in evaluator.over(end, step, POINTS, &trend)? {
        of(&mut all, &series.labels).trend = series.points.iter().collect();
    }
    Ok(all)
}

fn of<'a>(all: &'a mut BTreeMap<String, Measured>, labels: &Labels) -> &'a mut Measured {
    all.entry(labels.get("router").unwrap_or_default().to_owned()).or_default()
}

/// Puts the numbers into a router's row; where nothing is stored yet, those of the last minute.
pub(super) fn fill(row: &mut RouteRow, measured: Option<&Measured>, live: Option<&Live>) {
    if let Some(live) = live {
        row.in_flight = live.in_flight;
        fill_live(row, live);
    }
    let Some(measured) = measured.filter(|measured| measured.per_second.is_some()) else { return };
    row.per_second = measured.per_second;
    row.error_rate = measured.error_rate;
    [row.p50_ms, row.p95_ms, row.p99_ms] = measured.quantiles_ms;
    row.trend.clone_from(&measured.trend);
}

fn fill_live(row: &mut RouteRow, live: &Live) {
    let (window, requests) = (&live.window, live.window.requests());
    if window.span.is_zero() {
        return;
    }
    row.per_second = Some(requests as f64 / window.span.as_secs_f64());
    row.error_rate = (requests > 0).then(|| window.classes[5] as f64 / requests as f64);
    let millis = |duration: Option<Duration>| duration.map(|duration| duration.as_secs_f64() * 1e3);
    (row.p50_ms, row.p95_ms, row.p99_ms) = (millis(window.p50), millis(window.p95), millis(window.p99));
}
