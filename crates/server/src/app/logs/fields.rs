//! `GET logs/fields`: what the lines are made of.

use std::collections::HashMap;

use api::{FacetValue, Field, FieldKind, FieldSource, FieldStats, LogRequest};
use axum::Json;
use axum::extract::State;
use logql::Row;
use model::Labels;
use model::Ordered as _;

use super::request::Asked;
use crate::app::refusal::QueryRefusal;
use crate::app::{App, extract};
use crate::fields::{FieldTally, KindSoFar};
use crate::sample::{self, Size, Sought};

/// Lines that are looked at.
const SAMPLE: Size = Size { lines: 2000, newest_only: false };
const FIELDS_MAX: usize = 100;
/// Of each field.
const VALUES_MAX: usize = 20;

/// The handler.
pub(in crate::app) async fn fields(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<LogRequest>,
) -> Result<Json<FieldStats>, QueryRefusal> {
    let asked = Asked::read(&request)?;
    let (logs, query) = (app.logs.clone(), asked.query()?);
    let stats = app
        .queries
        .run(move |allowance| {
            let (mut tally, mut streams) = (FieldTally::default(), Streams::default());
            let sought = Sought { query: &query, range: asked.range, counted: None };
            let sampled = sample::look_at(&logs, &sought, SAMPLE, allowance, |row| {
                tally.add(row);
                streams.add(row);
            })?;
            let found = tally.sorted().into_iter();
            let fields = found.map(|(from, name, counted)| counted.into_field(from, name, VALUES_MAX));
            let mut fields: Vec<Field> = streams.fields().into_iter().chain(fields).collect();
            fields.order_by_key(|field| std::cmp::Reverse(field.lines));
            fields.truncate(FIELDS_MAX);
            Ok::<_, QueryRefusal>(FieldStats { fields, sampled: sampled.lines, warnings: sampled.warnings })
        })
        .await??;
    Ok(Json(stats))
}

/// How many of the lines each stream has.
#[derive(Default)]
struct Streams(HashMap<Labels, u64>);

impl Streams {
    fn add(&mut self, row: &Row) {
        match self.0.get_mut(&row.labels) {
            Some(lines) => *lines += 1,
            None => drop(self.0.insert(row.labels.clone(), 1)),
        }
    }

    /// The labels as fields, by name.
    fn fields(&self) -> Vec<Field> {
        let mut names: Vec<&str> =
            self.0.keys().flat_map(|labels| labels.iter().map(|(name, _)| name)).collect();
        names.order();
        names.dedup();
        names.into_iter().map(|name| self.field(name)).collect()
    }

    fn field(&self, name: &str) -> Field {
        let mut counts: HashMap<&str, u64> = HashMap::new();
        for (labels, lines) in &self.0 {
            if let Some(value) = labels.get(name) {
                *counts.entry(value).or_default() += lines;
            }
        }
        let mut kind = KindSoFar::default();
        counts.keys().for_each(|value| kind.see(value));
        Field {
            name: name.to_owned(),
            from: FieldSource::Label,
            kind: FieldKind::from(kind),
            lines: counts.values().sum(),
            distinct: counts.len() as u32,
            values: most(counts, VALUES_MAX),
        }
    }
}

/// The values of the most lines, then by text.
pub(super) fn most<V: Into<String>>(counts: HashMap<V, u64>, max: usize) -> Vec<FacetValue> {
    let form = |(value, lines): (V, u64)| FacetValue { value: value.into(), lines };
    let mut values: Vec<FacetValue> = counts.into_iter().map(form).collect();
    values.order_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.value.cmp(&b.value)));
    values.truncate(max);
    values
}
