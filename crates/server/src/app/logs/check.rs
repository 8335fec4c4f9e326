//! `GET logs/check`: whether a query can be asked, while it is being typed.

use api::{QueryCheck, QueryKind};
use axum::Json;
use logql::{Expr, LogQuery, MetricQuery};
use serde::Deserialize;

use crate::app::extract;
use crate::app::refusal::QueryRefusal;

/// The query as far as it is typed.
#[derive(Deserialize)]
pub(in crate::app) struct CheckRequest {
    #[serde(default)]
    query: String,
}

/// The handler.
pub(in crate::app) async fn check(
    extract::Asked(request): extract::Asked<CheckRequest>,
) -> Result<Json<QueryCheck>, QueryRefusal> {
    match kind(&request.query) {
        Ok((kind, formatted)) => Ok(Json(QueryCheck { fault: None, kind: Some(kind), formatted })),
        Err(QueryRefusal::Query(fault)) => {
            Ok(Json(QueryCheck { fault: Some(fault), kind: None, formatted: String::new() }))
        }
        Err(other) => Err(other),
    }
}

fn kind(query: &str) -> Result<(QueryKind, String), QueryRefusal> {
    let expr = logql::parse(query)?;
    let kind = match &expr {
        Expr::Log(log) => LogQuery::new(log).map(|_| QueryKind::Lines)?,
        Expr::Metric(metric) => MetricQuery::new(metric).map(|_| QueryKind::Numbers)?,
    };
    Ok((kind, expr.to_string()))
}
