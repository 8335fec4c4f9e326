//! Which series and labels there are: `series`, `labels`, `label/<name>/values`.

use axum::extract::{Path, State};
use axum::response::Response;
use metrics::Metrics;
use model::Matcher;
use promql::SourceError;

use super::answer::{LabelMap, PromFault, Remarks, remarked};
use super::params::{Params, Span};
use super::{Prometheus, name};

/// More than these are cut: nobody reads them, and every one of them has to be in memory.
const NAMES_MAX: usize = 1_000_000;

/// `labels`: the names of labels.
pub(super) async fn names(
    State(prometheus): State<Prometheus>,
    params: Params,
) -> Result<Response, PromFault> {
    let asked = Asked::read(&params)?;
    let found = asked.find(&prometheus, |metrics, asked, limit| {
        metrics.label_names(&asked.selectors, asked.span.first_ms, asked.span.last_ms, limit)
    });
    let (names, remarks) = found.await?;
    Ok(remarked(names, remarks))
}

/// `label/<name>/values`: the values of one label.
pub(super) async fn values(
    State(prometheus): State<Prometheus>,
    Path(escaped): Path<String>,
    params: Params,
) -> Result<Response, PromFault> {
    let asked = Asked::read(&params)?;
    let name = name::read(&escaped);
    let found = asked.find(&prometheus, move |metrics, asked, limit| {
        metrics.label_values(&name, &asked.selectors, asked.span.first_ms, asked.span.last_ms, limit)
    });
    let (values, remarks) = found.await?;
    Ok(remarked(values, remarks))
}

/// `series`: the labels of series.
pub(super) async fn series(
    State(prometheus): State<Prometheus>,
    params: Params,
) -> Result<Response, PromFault> {
    let asked = Asked::read(&params)?;
    if asked.selectors.is_empty() {
        return Err(PromFault::bad_data("no match[] parameter provided"));
    }
    let found = asked.find(&prometheus, |metrics, asked, limit| {
        metrics.series_matching(&asked.selectors, asked.span.first_ms, asked.span.last_ms, limit)
    });
    let (series, remarks) = found.await?;
    Ok(remarked(series.into_iter().map(LabelMap).collect::<Vec<_>>(), remarks))
}

/// Of which series, at which time, and how much of it.
struct Asked {
    selectors: Vec<Vec<Matcher>>,
    span: Span,
    limit: Option<usize>,
}

impl Asked {
    fn read(params: &Params) -> Result<Self, PromFault> {
        let (span, limit) = (params.span()?, params.limit("limit")?);
        Ok(Self { selectors: params.selectors()?, span, limit })
    }

    /// What there is, cut to the limit.
    async fn find<T: Send + 'static>(
        self,
        prometheus: &Prometheus,
        find: impl FnOnce(&Metrics, &Self, usize) -> Result<Vec<T>, SourceError> + Send + 'static,
    ) -> Result<(Vec<T>, Remarks), PromFault> {
        let metrics = prometheus.metrics.clone();
        let limit = self.limit.unwrap_or(NAMES_MAX).min(NAMES_MAX);
        // One more tells whether there are more.
        let mut found = prometheus.queries.run(move |_| find(&metrics, &self, limit + 1)).await??;
        let mut remarks = Remarks::default();
        remarks.cut(&mut found, Some(limit));
        Ok((found, remarks))
    }
}
