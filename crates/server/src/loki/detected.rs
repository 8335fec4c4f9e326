//! `detected_labels`, `detected_fields` and `detected_field/<name>/values`: what Grafana offers to filter by.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::{FieldKind, FieldSource};
use axum::Json;
use axum::extract::{Path, State};
use logql::{Expr, LogQuery};
use serde::Serialize;

use super::Loki;
use super::answer::LokiFault;
use super::labels::selector;
use super::params::Params;
use crate::fields::{Counted, FieldTally};
use crate::sample::{self, Size, Sought};

/// Without a start: so far back.
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
/// Lines that are looked at.
const LINES_DEFAULT: usize = 100;
const LINES_MAX: usize = 5000;
/// Fields, or values.
const LIMIT_DEFAULT: usize = 1000;
const LIMIT_MAX: usize = 5000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DetectedLabels {
    detected_labels: Vec<DetectedLabel>,
}

#[derive(Serialize)]
struct DetectedLabel {
    label: String,
    cardinality: usize,
}

/// `detected_labels`: labels with how many values they have; those that only hold ids are left out.
pub(super) async fn labels(
    State(loki): State<Loki>,
    params: Params,
) -> Result<Json<DetectedLabels>, LokiFault> {
    let range = params.range(loki.clock.now(), DEFAULT_RANGE)?;
    let streams = loki.streams(vec![selector(params.get("query"))?], range).await?;
    let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, value) in streams.iter().flat_map(|labels| labels.iter()) {
        values.entry(name).or_default().insert(value);
    }
    let is_telling = |values: &BTreeSet<&str>| values.iter().any(|value| !is_id(value));
    let detected_labels = values
        .into_iter()
        .filter(|(_, values)| is_telling(values))
        .map(|(label, values)| DetectedLabel { label: label.to_owned(), cardinality: values.len() })
        .collect();
    Ok(Json(DetectedLabels { detected_labels }))
}

/// A number or a UUID.
fn is_id(value: &str) -> bool {
    let is_uuid = value.len() == 36
        && value.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    is_uuid || value.parse::<f64>().is_ok()
}

#[derive(Serialize)]
pub(super) struct DetectedFields {
    fields: Vec<DetectedField>,
    limit: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DetectedField {
    label: String,
    r#type: &'static str,
    cardinality: u32,
    parsers: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    json_path: Vec<String>,
}

/// `detected_fields`: what the newest lines have as fields.
pub(super) async fn fields(
    State(loki): State<Loki>,
    params: Params,
) -> Result<Json<DetectedFields>, LokiFault> {
    let limit = limit(&params)?;
    let fields = loki.fields(&params).await?;
    let form = |(from, name, counted): (FieldSource, Box<str>, Counted)| DetectedField {
        label: name.into(),
        r#type: type_name(FieldKind::from(counted.kind)),
        cardinality: counted.distinct(),
        parsers: parser(from).map(|parser| [parser]),
        json_path: counted.path,
    };
    Ok(Json(DetectedFields { fields: fields.into_iter().take(limit).map(form).collect(), limit }))
}

#[derive(Serialize)]
pub(super) struct DetectedValues {
    values: Vec<String>,
    limit: usize,
}

/// `detected_field/<name>/values`: what the newest lines have as values of one field.
pub(super) async fn values(
    State(loki): State<Loki>,
    Path(name): Path<String>,
    params: Params,
) -> Result<Json<DetectedValues>, LokiFault> {
    let limit = limit(&params)?;
    let fields = loki.fields(&params).await?;
    let of_name = fields.into_iter().filter(|(_, other, _)| **other == *name);
    let values: BTreeSet<String> =
        of_name.flat_map(|(_, _, counted)| counted.values()).map(|value| value.value).collect();
    Ok(Json(DetectedValues { values: values.into_iter().take(limit).collect(), limit }))
}

fn limit(params: &Params) -> Result<usize, LokiFault> {
    // Older clients say `field_limit`.
    let name = if params.get("limit").is_some() { "limit" } else { "field_limit" };
    params.number(name, LIMIT_DEFAULT, LIMIT_MAX)
}

const fn parser(from: FieldSource) -> Option<&'static str> {
    match from {
        FieldSource::Json => Some("json"),
        FieldSource::Logfmt => Some("logfmt"),
        FieldSource::Label | FieldSource::Metadata | FieldSource::Query => None,
    }
}

const fn type_name(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::String => "string",
        FieldKind::Integer => "int",
        FieldKind::Float => "float",
        FieldKind::Boolean => "boolean",
        FieldKind::Duration => "duration",
        FieldKind::Bytes => "bytes",
    }
}

impl Loki {
    /// The fields of the newest lines; labels of the streams are none.
    async fn fields(&self, params: &Params) -> Result<Vec<(FieldSource, Box<str>, Counted)>, LokiFault> {
        let range = params.range(self.clock.now(), DEFAULT_RANGE)?;
        let lines = params.number("line_limit", LINES_DEFAULT, LINES_MAX)?;
        let Expr::Log(log) = logql::parse(params.query()?)? else {
            return Err(LokiFault::bad_request("only log queries have fields"));
        };
        let (query, logs) = (LogQuery::new(&log)?, self.logs.clone());
        let size = Size { lines, newest_only: true };
        let tally = self
            .queries
            .run(move |allowance| {
                let mut tally = FieldTally::default();
                let sought = Sought { query: &query, range, counted: None };
                sample::look_at(&logs, &sought, size, allowance, |row| tally.add(row))?;
                Ok::<_, logql::EvalError>(tally)
            })
            .await??;
        Ok(tally.sorted())
    }
}
