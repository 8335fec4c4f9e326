//! What targets say of their metrics: `metadata`, `targets/metadata`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use collectors::Collectors;
use metrics::Metrics;
use model::metric::About;
use model::{Labels, Matcher};
use serde::Serialize;

use super::Prometheus;
use super::answer::{LabelMap, PromFault, success};
use super::params::Params;

#[derive(PartialEq, Serialize)]
struct Told {
    #[serde(rename = "type")]
    kind: &'static str,
    help: String,
    unit: String,
}

impl From<About> for Told {
    fn from(About { kind, help, unit }: About) -> Self {
        Self { kind: kind.text(), help, unit }
    }
}

/// `metadata`: by family, each thing that is said once.
pub(super) async fn families(
    State(prometheus): State<Prometheus>,
    params: Params,
) -> Result<Response, PromFault> {
    let limit = params.limit("limit")?.unwrap_or(usize::MAX);
    let each = params.limit("limit_per_metric")?.unwrap_or(usize::MAX);
    let wanted = params.get("metric").map(str::to_owned);
    let metrics = prometheus.metrics.clone();
    let found =
        prometheus.queries.run(move |_| by_family(metrics.metadata(), wanted.as_deref(), limit, each));
    Ok(success(found.await?))
}

fn by_family(
    all: Vec<(Arc<str>, String, About)>,
    wanted: Option<&str>,
    limit: usize,
    each: usize,
) -> BTreeMap<String, Vec<Told>> {
    let mut families: BTreeMap<String, Vec<Told>> = BTreeMap::new();
    for (_, family, about) in all {
        let is_wanted = wanted.is_none_or(|wanted| wanted == family);
        if !is_wanted || (families.len() >= limit && !families.contains_key(&family)) {
            continue;
        }
        let (all, told) = (families.entry(family).or_default(), Told::from(about));
        if all.len() < each && !all.contains(&told) {
            all.push(told);
        }
    }
    families
}

#[derive(Serialize)]
struct OfTarget {
    target: LabelMap,
    #[serde(skip_serializing_if = "Option::is_none")]
    metric: Option<String>,
    #[serde(flatten)]
    told: Told,
}

/// `targets/metadata`: by target.
pub(super) async fn of_targets(
    State(prometheus): State<Prometheus>,
    params: Params,
) -> Result<Response, PromFault> {
    let limit = params.limit("limit")?.unwrap_or(usize::MAX);
    let matchers = match params.get("match_target") {
        Some(text) => {
            promql::parse_selector(text).map_err(|error| PromFault::parameter("match_target", error))?
        }
        None => Vec::new(),
    };
    let wanted = params.get("metric").map(str::to_owned);
    let (metrics, collectors) = (prometheus.metrics.clone(), prometheus.collectors.clone());
    let work = move |_: &_| by_target(&metrics, &collectors, &matchers, wanted.as_deref(), limit);
    Ok(success(prometheus.queries.run(work).await?))
}

fn by_target(
    metrics: &Metrics,
    collectors: &Collectors,
    matchers: &[Matcher],
    wanted: Option<&str>,
    limit: usize,
) -> Vec<OfTarget> {
    let targets = collectors.targets().into_iter();
    let labels: BTreeMap<_, Labels> = targets.map(|target| (target.name, target.labels)).collect();
    let all = metrics.metadata().into_iter();
    let of_wanted = all.filter(|(_, family, _)| wanted.is_none_or(|wanted| wanted == family));
    let known = of_wanted.filter_map(|(target, family, about)| Some((labels.get(&target)?, family, about)));
    known
        .filter(|(labels, ..)| matches(labels, matchers))
        .take(limit)
        .map(|(labels, family, about)| OfTarget {
            target: LabelMap(labels.clone()),
            metric: wanted.is_none().then_some(family),
            told: about.into(),
        })
        .collect()
}

fn matches(labels: &Labels, matchers: &[Matcher]) -> bool {
    matchers.iter().all(|matcher| matcher.matches_value(labels.get(matcher.name()).unwrap_or_default()))
}
