//! `/federate`: the newest samples of selected series, in the text format, for another Prometheus to scrape.

use std::collections::BTreeMap;
use std::fmt::Write;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use metrics::Metrics;
use model::{Labels, Matcher, Timestamp};
use promql::{STALE, Selection, Source, SourceError};

use super::answer::{PromFault, written};
use super::params::Params;
use super::{LOOKBACK, Prometheus, name};

const NAME: &str = "__name__";
/// Samples that are looked at: those of the last minutes of all series.
const SAMPLES_MAX: usize = 20_000_000;

/// A time in milliseconds and a value.
type Last = (i64, f64);

/// How names are written that are not plain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Quoted,
    Plain,
}

/// The handler.
pub(super) async fn federate(
    State(prometheus): State<Prometheus>,
    headers: HeaderMap,
    params: Params,
) -> Result<Response, PromFault> {
    let (selectors, now, metrics) = (params.selectors()?, prometheus.clock.now(), prometheus.metrics.clone());
    let names = match headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()) {
        Some(accept) if accept.contains("escaping=allow-utf-8") => Names::Quoted,
        _ => Names::Plain,
    };
    let work = move |_: &_| newest(&metrics, &selectors, now).map(|newest| text(&newest, names));
    let text = prometheus.queries.run(work).await??;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// The newest sample of each series that has not ended, by labels.
fn newest(
    metrics: &Metrics,
    selectors: &[Vec<Matcher>],
    now: Timestamp,
) -> Result<BTreeMap<Labels, Last>, SourceError> {
    let (last_ms, mut newest) = (now.millis(), BTreeMap::new());
    let first_ms = now.minus(LOOKBACK).millis() + 1;
    for matchers in selectors {
        let selection = Selection { matchers: matchers.clone(), first_ms, last_ms, samples_max: SAMPLES_MAX };
        for samples in metrics.select(&selection)? {
            let last = samples.timestamps_ms.last().copied().zip(samples.values.last().copied());
            if let Some(last) = last.filter(|(_, value)| value.to_bits() != STALE.to_bits()) {
                newest.insert(samples.labels, last);
            }
        }
    }
    Ok(newest)
}

/// Families one after the other. Of what kind they are is not told: their series may come from many targets.
fn text(newest: &BTreeMap<Labels, Last>, names: Names) -> String {
    let mut families: BTreeMap<&str, Vec<(&Labels, &Last)>> = BTreeMap::new();
    for (labels, last) in newest {
        families.entry(labels.get(NAME).unwrap_or_default()).or_default().push((labels, last));
    }
    let mut text = String::new();
    for (family, series) in families.into_iter().filter(|(family, _)| !family.is_empty()) {
        let _ = writeln!(text, "# TYPE {} untyped", metric_name(family, names));
        for (labels, (at_ms, value)) in series {
            let _ = writeln!(text, "{} {} {at_ms}", series_name(family, labels, names), written(*value));
        }
    }
    text
}

fn metric_name(name: &str, names: Names) -> String {
    match names {
        Names::Plain => name::plain(name, true),
        Names::Quoted if name::is_plain(name, true) => name.to_owned(),
        Names::Quoted => format!("\"{}\"", escaped(name)),
    }
}

/// Without an instance of its own a series would get that of the one who scrapes.
fn series_name(family: &str, labels: &Labels, names: Names) -> String {
    let missing = labels.get("instance").is_none().then_some(("instance", ""));
    let labels = labels.iter().filter(|(name, _)| *name != NAME).chain(missing);
    let mut parts: Vec<String> =
        labels.map(|(name, value)| format!("{}=\"{}\"", label_name(name, names), escaped(value))).collect();
    match names {
        Names::Quoted if !name::is_plain(family, true) => {
            parts.insert(0, metric_name(family, names));
            format!("{{{}}}", parts.join(","))
        }
        _ => format!("{}{{{}}}", metric_name(family, names), parts.join(",")),
    }
}

fn label_name(name: &str, names: Names) -> String {
    match names {
        Names::Plain => name::plain(name, false),
        Names::Quoted if name::is_plain(name, false) => name.to_owned(),
        Names::Quoted => format!("\"{}\"", escaped(name)),
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('"', "\\\"")
}
