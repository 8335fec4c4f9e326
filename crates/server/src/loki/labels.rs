//! Which labels and streams there are: `labels`, `label/<name>/values`, `series`.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::Response;
use model::{Labels, Selector, TimeRange};

use super::Loki;
use super::answer::{LabelMap, LokiFault, success};
use super::params::Params;
use crate::fault::Fault;

/// Without a start: so far back.
const DEFAULT_RANGE: Duration = Duration::from_secs(6 * 3600);
/// More matchers than anybody writes.
const SELECTORS_MAX: usize = 100;

/// `labels`: the names of labels.
pub(super) async fn names(State(loki): State<Loki>, params: Params) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let streams = loki.streams(vec![selector(params.get("query"))?], range).await?;
    let names: BTreeSet<&str> =
        streams.iter().flat_map(|labels| labels.iter().map(|(name, _)| name)).collect();
    Ok(success(names, Vec::new()))
}

/// `label/<name>/values`: the values of one label.
pub(super) async fn values(
    State(loki): State<Loki>,
    Path(name): Path<String>,
    params: Params,
) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let streams = loki.streams(vec![selector(params.get("query"))?], range).await?;
    let values: BTreeSet<&str> = streams.iter().filter_map(|labels| labels.get(&name)).collect();
    Ok(success(values, Vec::new()))
}

/// `series`: the label sets of streams.
pub(super) async fn series(State(loki): State<Loki>, params: Params) -> Result<Response, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let mut selectors = Vec::new();
    for text in params.all("match[]").chain(params.all("match")) {
        selectors.push(selector(Some(text))?);
    }
    if selectors.len() > SELECTORS_MAX {
        return Err(LokiFault::bad_request(format!("more than {SELECTORS_MAX} selectors in one request")));
    }
    if selectors.is_empty() {
        selectors.push(Selector::default());
    }
    let streams = loki.streams(selectors, range).await?;
    let streams: Vec<LabelMap> = streams.into_iter().map(LabelMap).collect();
    Ok(success(streams, Vec::new()))
}

/// A selector alone, also one that takes every stream; none means that too.
pub(super) fn selector(text: Option<&str>) -> Result<Selector, LokiFault> {
    match text.map(str::trim).unwrap_or_default() {
        "" => Ok(Selector::default()),
        text => Ok(logql::parse_selector(text)?),
    }
}

impl Loki {
    /// The streams of any of the selectors, each once, sorted.
    pub(super) async fn streams(
        &self,
        selectors: Vec<Selector>,
        range: TimeRange,
    ) -> Result<BTreeSet<Labels>, LokiFault> {
        let logs = self.logs.clone();
        let found = self
            .queries
            .run(move |allowance| {
                let mut found = BTreeSet::new();
                for selector in selectors.iter().take_while(|_| allowance.lasts()) {
                    found.extend(logs.streams(selector, range)?);
                }
                Ok::<_, logql::SourceError>(found)
            })
            .await?;
        found.map_err(|error| Fault::new(http::StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into())
    }
}
