//! `query_exemplars`: examples of what the series of a query counted.

use axum::extract::State;
use axum::response::Response;
use model::metric::Exemplar;
use model::{Labels, Matcher};
use serde::Serialize;

use super::Prometheus;
use super::answer::{LabelMap, PromFault, success, written};
use super::params::Params;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfSeries {
    series_labels: LabelMap,
    exemplars: Vec<Shown>,
}

#[derive(Serialize)]
struct Shown {
    labels: LabelMap,
    value: String,
    timestamp: f64,
}

/// The handler.
pub(super) async fn query(
    State(prometheus): State<Prometheus>,
    params: Params,
) -> Result<Response, PromFault> {
    let span = params.span()?;
    let query = params.query()?;
    let selectors: Vec<Vec<Matcher>> =
        query.expr().node.selectors().into_iter().map(|selector| selector.matchers.clone()).collect();
    if selectors.is_empty() {
        return Ok(success(Vec::<OfSeries>::new()));
    }
    let metrics = prometheus.metrics.clone();
    let found = prometheus.queries.run(move |_| metrics.exemplars(&selectors, span.first_ms, span.last_ms));
    Ok(success(found.await?.into_iter().map(of_series).collect::<Vec<_>>()))
}

fn of_series((labels, exemplars): (Labels, Vec<Exemplar>)) -> OfSeries {
    let shown = |exemplar: Exemplar| Shown {
        labels: LabelMap(exemplar.labels),
        value: written(exemplar.value),
        timestamp: exemplar.at.unwrap_or_default().millis() as f64 / 1e3,
    };
    OfSeries { series_labels: LabelMap(labels), exemplars: exemplars.into_iter().map(shown).collect() }
}
