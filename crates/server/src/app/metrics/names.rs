//! `GET metrics/names` and `GET metrics/labels`: what the query field completes with, from what there really is.

use std::collections::HashMap;
use std::time::Duration;

use api::{LabelsRequest, MetricName};
use axum::Json;
use axum::extract::State;
use metrics::Metrics;
use model::metric::{About, Kind};
use model::{Matcher, Timestamp};
use serde::Deserialize;

use crate::app::refusal::QueryRefusal;
use crate::app::{App, extract};

const NAME: &str = "__name__";
/// Without a start: so far back.
const DEFAULT_RANGE: Duration = Duration::from_secs(3600);
const SHOWN_MAX: usize = 500;
/// Names of metrics that are looked through.
const NAMES_MAX: usize = 100_000;
/// What families' series are called besides the family itself.
const ENDINGS: [&str; 6] = ["_total", "_bucket", "_count", "_sum", "_created", "_info"];

/// The beginning of a name, as far as it is typed.
#[derive(Deserialize)]
pub(in crate::app) struct NamesRequest {
    #[serde(default)]
    prefix: String,
}

/// `GET metrics/names`
pub(in crate::app) async fn names(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<NamesRequest>,
) -> Result<Json<Vec<MetricName>>, QueryRefusal> {
    let (metrics, now) = (app.metrics.clone(), app.clock.now());
    let (first_ms, last_ms) = (now.minus(DEFAULT_RANGE).millis(), now.millis());
    let found = app.queries.run(move |_| {
        let names = metrics.label_values(NAME, &[], first_ms, last_ms, NAMES_MAX)?;
        let names = beginning(names, &request.prefix);
        Ok::<_, QueryRefusal>(about(&metrics, names))
    });
    Ok(Json(found.await??))
}

/// Names that begin so, then names that have it elsewhere.
fn beginning(names: Vec<String>, prefix: &str) -> Vec<String> {
    let wanted = prefix.to_ascii_lowercase();
    let (mut first, others): (Vec<_>, Vec<_>) =
        names.into_iter().partition(|name| name.to_ascii_lowercase().starts_with(&wanted));
    first.extend(others.into_iter().filter(|name| name.to_ascii_lowercase().contains(&wanted)));
    first.truncate(SHOWN_MAX);
    first
}

/// Names and what targets say of them.
pub(in crate::app) fn about(metrics: &Metrics, names: Vec<String>) -> Vec<MetricName> {
    let families: HashMap<String, About> =
        metrics.metadata().into_iter().map(|(_, family, about)| (family, about)).collect();
    let of = |name: &str| {
        let family = ENDINGS.iter().find_map(|ending| families.get(name.strip_suffix(ending)?));
        families.get(name).or(family).cloned().unwrap_or_default()
    };
    let shown = |name: String| {
        let About { kind, help, unit } = of(&name);
        let kind = if kind == Kind::Unknown { String::new() } else { kind.text().to_owned() };
        MetricName { name, kind, help, unit }
    };
    names.into_iter().map(shown).collect()
}

/// `GET metrics/labels`
pub(in crate::app) async fn labels(
    State(app): State<App>,
    extract::Asked(LabelsRequest { query, name, start, end }): extract::Asked<LabelsRequest>,
) -> Result<Json<Vec<String>>, QueryRefusal> {
    let end = if end == 0 { app.clock.now() } else { Timestamp::from_millis(end) };
    let start = if start == 0 { end.minus(DEFAULT_RANGE) } else { Timestamp::from_millis(start) };
    let (first_ms, last_ms) = (start.millis(), end.millis());
    let (selectors, metrics) = (selectors_so_far(&query, &name), app.metrics.clone());
    let found = app.queries.run(move |_| match name.is_empty() {
        true => metrics.label_names(&selectors, first_ms, last_ms, SHOWN_MAX),
        false => metrics.label_values(&name, &selectors, first_ms, last_ms, SHOWN_MAX),
    });
    Ok(Json(found.await??))
}

/// The selectors of a query that is perhaps not finished, without what they say of the label that is wanted; none:
/// every series.
fn selectors_so_far(query: &str, name: &str) -> Vec<Vec<Matcher>> {
    let Ok(expr) = promql::parse(query) else { return Vec::new() };
    let without = |matchers: &[Matcher]| matchers.iter().filter(|m| m.name() != name).cloned().collect();
    let selectors = expr.node.selectors().into_iter().map(|selector| without(&selector.matchers));
    let selectors: Vec<Vec<Matcher>> = selectors.collect();
    if selectors.iter().any(Vec::is_empty) { Vec::new() } else { selectors }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_begin_so_come_first() {
        let names = || ["a_up", "up", "Upper", "down"].map(str::to_owned).to_vec();
        assert_eq!(beginning(names(), "up"), ["up", "Upper", "a_up"]);
        assert_eq!(beginning(names(), ""), ["a_up", "up", "Upper", "down"]);
    }

    #[test]
    fn a_query_that_is_being_typed_has_selectors() {
        let check = |query: &str, name: &str, expected: &str| {
            let selectors = selectors_so_far(query, name);
            let shown: Vec<Vec<String>> =
                selectors.iter().map(|all| all.iter().map(ToString::to_string).collect()).collect();
            assert_eq!(format!("{shown:?}"), expected, "{query}");
        };
        check("", "", "[]");
        check("sum(", "", "[]");
        check("a{b=\"c\"} / d", "", r#"[["__name__=\"a\"", "b=\"c\""], ["__name__=\"d\""]]"#);
        check("a{b=\"c\"}", "b", r#"[["__name__=\"a\""]]"#);
        check("{b=\"c\"}", "b", "[]");
    }
}
