//! `GET logs/names` and `GET logs/values`: what the query field completes with, from what there really is.

use std::collections::HashMap;
use std::time::Duration;

use api::{FacetValue, FieldName, FieldSource, Names, NamesRequest, Nanos, Values, ValuesRequest};
use axum::Json;
use axum::extract::State;
use logql::ast::LogExpr;
use logql::{Expr, LogQuery, Span, Spanned};
use model::{Labels, Selector, TimeRange, Timestamp};

use super::fields::most;
use crate::app::refusal::QueryRefusal;
use crate::app::{App, extract};
use crate::fields::{Counted, FieldTally};
use crate::queries::Allowance;
use crate::sample::{self, Size, Sought};

/// Without a start: so far back.
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
/// Lines that are looked at for fields.
const SAMPLE: Size = Size { lines: 500, newest_only: true };
const NAMES_MAX: usize = 300;
const VALUES_MAX: usize = 200;

/// `GET logs/names`
pub(in crate::app) async fn names(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<NamesRequest>,
) -> Result<Json<Names>, QueryRefusal> {
    let (selector, range) = (selector_so_far(&request.query), app.range(request.start, request.end));
    let logs = app.logs.clone();
    let names = app
        .queries
        .run(move |allowance| {
            let fields = fields(&logs, selector.clone(), range, allowance)?;
            let fields = fields.into_iter().take(NAMES_MAX);
            Ok::<_, QueryRefusal>(Names {
                labels: labels(&logs.counts(&selector, range)?),
                fields: fields.map(|(from, name, _)| FieldName { name: name.into(), from }).collect(),
            })
        })
        .await??;
    Ok(Json(names))
}

/// `GET logs/values`
pub(in crate::app) async fn values(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<ValuesRequest>,
) -> Result<Json<Values>, QueryRefusal> {
    let (selector, range) = (selector_so_far(&request.query), app.range(request.start, request.end));
    let logs = app.logs.clone();
    let values = app
        .queries
        .run(move |allowance| {
            let of_label = label_values(&logs, &selector, range, &request.name)?;
            if !of_label.is_empty() {
                return Ok::<_, QueryRefusal>(of_label);
            }
            let fields = fields(&logs, selector, range, allowance)?;
            let field = fields.into_iter().find(|(_, name, _)| **name == *request.name);
            let mut values = field.map(|(_, _, counted)| counted.values()).unwrap_or_default();
            values.truncate(VALUES_MAX);
            Ok(values)
        })
        .await??;
    Ok(Json(Values { values }))
}

impl App {
    fn range(&self, start: Nanos, end: Nanos) -> TimeRange {
        let end = if end == 0 { self.clock.now() } else { Timestamp::from_nanos(end) };
        let start = if start == 0 { end.minus(DEFAULT_RANGE) } else { Timestamp::from_nanos(start) };
        TimeRange { start, end }
    }
}

/// The selector of a query that is perhaps not finished: of the whole of it, or of what stands in its first
/// braces; else one that takes every stream.
fn selector_so_far(query: &str) -> Selector {
    if let Ok(Expr::Log(log)) = logql::parse(query) {
        return log.selector.node;
    }
    let Some(open) = query.find('{') else { return Selector::default() };
    let ends = query[open..].match_indices('}').map(|(at, _)| open + at + 1);
    let mut selectors = ends.filter_map(|end| logql::parse_selector(&query[open..end]).ok());
    selectors.next().unwrap_or_default()
}

/// The names of labels, those on most lines first.
fn labels(counts: &[(Labels, [u64; 8])]) -> Vec<String> {
    let mut lines: HashMap<&str, u64> = HashMap::new();
    for (labels, levels) in counts {
        for (name, _) in labels.iter() {
            *lines.entry(name).or_default() += levels.iter().sum::<u64>();
        }
    }
    most(lines, NAMES_MAX).into_iter().map(|name| name.value).collect()
}

/// The values of a label beside what else is selected.
fn label_values(
    logs: &::logs::Logs,
    Selector(matchers): &Selector,
    range: TimeRange,
    name: &str,
) -> Result<Vec<FacetValue>, QueryRefusal> {
    let others = matchers.iter().filter(|matcher| matcher.name() != name).cloned().collect();
    let mut lines: HashMap<String, u64> = HashMap::new();
    for (labels, levels) in logs.counts(&Selector(others), range)? {
        if let Some(value) = labels.get(name) {
            *lines.entry(value.to_owned()).or_default() += levels.iter().sum::<u64>();
        }
    }
    Ok(most(lines, VALUES_MAX))
}

fn fields(
    logs: &::logs::Logs,
    selector: Selector,
    range: TimeRange,
    allowance: &Allowance,
) -> Result<Vec<(FieldSource, Box<str>, Counted)>, QueryRefusal> {
    let selector = Spanned { node: selector, span: Span::default() };
    let query = LogQuery::new(&LogExpr { selector, stages: Vec::new() })?;
    let mut tally = FieldTally::default();
    let sought = Sought { query: &query, range, counted: None };
    sample::look_at(logs, &sought, SAMPLE, allowance, |row| tally.add(row))?;
    Ok(tally.sorted())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_that_is_being_typed_has_a_selector() {
        let check = |query: &str, expected: &str| {
            assert_eq!(selector_so_far(query).to_string(), expected, "{query}");
        };
        check("", "{}");
        check("{", "{}");
        check("{a=\"b\"", "{}");
        check("{a=\"b\"}", "{a=\"b\"}");
        check("{a=\"b\"} | json | ", "{a=\"b\"}");
        check("{a=\"}\", c=\"d\"} |= \"", "{a=\"}\", c=\"d\"}");
        check("sum(rate({a=\"b\"} [", "{a=\"b\"}");
    }
}
