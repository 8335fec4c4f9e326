//! What Prometheus' clients ask to learn what they speak to, and short, valid answers for the parts that are not here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::Labels;
use model::Ordered as _;
use promql::functions::FUNCTIONS;
use serde_json::{Value, json};

use super::answer::{Kind, PromFault, success};
use super::params::Params;
use super::{Prometheus, tally};

/// The version of Prometheus whose API is answered; Grafana chooses its features by it.
const VERSION: &str = "3.14.0";
/// Series that had samples in this time are counted.
const COUNTED: Duration = Duration::from_secs(3600);
const SERIES_MAX: usize = 1_000_000;
const ROWS: usize = 10;
const ROWS_MAX: usize = 10_000;

/// `status/buildinfo`
pub(super) async fn build(State(prometheus): State<Prometheus>) -> Response {
    success(json!({
        "version": VERSION,
        "revision": format!("porthole {}", prometheus.build),
        "branch": "",
        "buildUser": "",
        "buildDate": "",
        "goVersion": "",
    }))
}

/// `status/runtimeinfo`
pub(super) async fn runtime(State(prometheus): State<Prometheus>) -> Result<Response, PromFault> {
    let (started, metrics) = (prometheus.started.to_string(), prometheus.metrics.clone());
    let faults = prometheus.queries.run(move |_| metrics.status().faults.len()).await?;
    Ok(success(json!({
        "startTime": started,
        "CWD": "",
        "hostname": "",
        "serverTime": prometheus.clock.now().to_string(),
        "reloadConfigSuccess": true,
        "lastConfigTime": started,
        "corruptionCount": faults,
        "goroutineCount": 0,
        "GOMAXPROCS": std::thread::available_parallelism().map_or(1, usize::from),
        "GOMEMLIMIT": 0,
        "GOGC": "",
        "GODEBUG": "",
        "storageRetention": "",
    })))
}

/// `status/config`: the settings are not YAML, and hold more than metrics; the page shows them.
pub(super) async fn config() -> Response {
    success(json!({ "yaml": "" }))
}

/// `status/flags`: there are none.
pub(super) async fn flags() -> Response {
    success(json!({}))
}

/// `status/walreplay`: done before the first request is answered.
pub(super) async fn replay() -> Response {
    success(json!({ "min": 0, "max": 0, "current": 0 }))
}

/// `features`: what clients may use.
pub(super) async fn features() -> Response {
    let functions: BTreeMap<&str, bool> = FUNCTIONS.iter().map(|function| (function.name, true)).collect();
    success(json!({
        "api": { "label_values_match": true, "query_stats": true, "remote_read": true, "remote_write_receiver": true },
        "promql": { "at_modifier": true, "negative_offset": true, "subqueries": true, "utf8_names": true,
                    "native_histograms": false },
        "promql_functions": functions,
    }))
}

/// `otlp/v1/metrics`
pub(super) async fn otlp() -> Response {
    let message = "metrics of OpenTelemetry are not taken yet; send them with remote_write to /api/v1/write, or let \
                   Porthole scrape them";
    PromFault { status: StatusCode::NOT_IMPLEMENTED, ..PromFault::new(Kind::NotFound, message) }
        .into_response()
}

/// `status/tsdb`: which names and labels most series have.
pub(super) async fn storage(
    State(prometheus): State<Prometheus>,
    params: Params,
) -> Result<Response, PromFault> {
    let rows = params.limit("limit")?.unwrap_or(ROWS).min(ROWS_MAX);
    let (metrics, now) = (prometheus.metrics.clone(), prometheus.clock.now());
    let (first_ms, last_ms) = (now.minus(COUNTED).millis(), now.millis());
    let series = prometheus.queries.run(move |_| metrics.series_matching(&[], first_ms, last_ms, SERIES_MAX));
    Ok(success(counts(&series.await??, rows, (first_ms, last_ms))))
}

fn counts(series: &[Labels], rows: usize, (first_ms, last_ms): (i64, i64)) -> Value {
    let pairs: BTreeMap<(&str, &str), u64> = tally(series.iter().flat_map(Labels::iter));
    let names = tally(series.iter().filter_map(|labels| labels.get("__name__")));
    let values = tally(pairs.keys().map(|(name, _)| *name));
    let bytes = pairs.keys().collect::<BTreeSet<_>>().into_iter().fold(
        BTreeMap::new(),
        |mut bytes, (name, value)| {
            *bytes.entry(*name).or_insert(0) += (name.len() + value.len()) as u64;
            bytes
        },
    );
    let of_pair = pairs.iter().map(|((name, value), count)| (format!("{name}={value}"), *count));
    json!({
        "headStats": {
            "numSeries": series.len(),
            "numLabelPairs": pairs.len(),
            "chunkCount": 0,
            "minTime": first_ms,
            "maxTime": last_ms,
        },
        "seriesCountByMetricName": top(names, rows),
        "labelValueCountByLabelName": top(values, rows),
        "memoryInBytesByLabelName": top(bytes, rows),
        "seriesCountByLabelValuePair": top(of_pair, rows),
    })
}

/// The largest counts.
fn top<N: Into<String>>(counts: impl IntoIterator<Item = (N, u64)>, rows: usize) -> Vec<Value> {
    let mut all: Vec<(String, u64)> = counts.into_iter().map(|(name, count)| (name.into(), count)).collect();
    all.order_by(|(a, more), (b, less)| less.cmp(more).then_with(|| a.cmp(b)));
    all.into_iter().take(rows).map(|(name, value)| json!({ "name": name, "value": value })).collect()
}
