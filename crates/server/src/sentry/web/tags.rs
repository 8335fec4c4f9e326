//! Tags and their values.

use ::issues::{Facet, FacetValue};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Web;
use super::answer::{Answer, iso};
use super::asked::Asked;

const TAGS_MAX: usize = 100;
const VALUES_MAX: usize = 10;

/// `GET /organizations/{org}/tags/`
pub(super) async fn of_organization(State(web): State<Web>, _: Asked) -> Answer {
    let names = web.ask(|issues| Ok(issues.tag_keys(TAGS_MAX)?)).await?;
    let rows: Vec<Value> = names.into_iter().map(|name| json!({ "key": name, "name": name })).collect();
    Ok(Json(rows).into_response())
}

/// `GET …/issues/{issue}/tags/`
pub(super) async fn of_issue(State(web): State<Web>, asked: Asked) -> Answer {
    let found = web.ask(move |issues| {
        let issue = asked.issue(issues)?;
        Ok(issues.tags(issue.id, VALUES_MAX)?)
    });
    let rows: Vec<Value> = found.await?.iter().map(tag).collect();
    Ok(Json(rows).into_response())
}

fn tag(facet: &Facet) -> Value {
    json!({
        "key": facet.key, "name": facet.key, "totalValues": facet.count, "uniqueValues": facet.values.len(),
        "topValues": facet.values.iter().map(value).collect::<Vec<_>>(),
    })
}

fn value(value: &FacetValue) -> Value {
    json!({ "key": value.value, "name": value.value, "value": value.value, "count": value.count, "lastSeen": iso(value.last_ms) })
}
