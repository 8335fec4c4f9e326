//! `GET logs/facets`: how many lines there are by level, service and container.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::{Facet, FacetValue, Facets, LEVELS, LogRequest};
use axum::Json;
use axum::extract::State;
use logql::Levels;
use model::Ordered as _;
use model::label::{CONTAINER, SERVICE, SERVICE_NAME};
use model::{Labels, Level, Matcher};

use super::histogram::counts;
use super::request::Asked;
use crate::app::App;
use crate::app::extract;
use crate::app::refusal::QueryRefusal;
use crate::queries::Allowance;

/// Of each facet.
const VALUES_MAX: usize = 100;
/// Services times containers; more are a mistake in labelling, and each costs a count where filters are set.
const ORIGINS_MAX: usize = 1000;

/// The handler.
pub(in crate::app) async fn facets(
    State(app): State<App>,
    extract::Asked(request): extract::Asked<LogRequest>,
) -> Result<Json<Facets>, QueryRefusal> {
    let asked = Asked::read(&request)?;
    let logs = app.logs.clone();
    Ok(Json(app.queries.run(move |allowance| count(&logs, asked, allowance)).await??))
}

/// Where lines come from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    /// The label that tells the service, and its value.
    service: (&'static str, String),
    container: String,
}

/// Lines per level of each origin. A selector alone is answered from the counts that the store keeps; with
/// filters the lines have to be read, each once.
fn count(logs: &::logs::Logs, asked: Asked, allowance: &Allowance) -> Result<Facets, QueryRefusal> {
    let mut tallies = Tallies::default();
    let selector = &asked.log.selector.node;
    if asked.log.stages.is_empty() {
        for (labels, counts) in logs.counts(selector, asked.range)? {
            tallies.add(Origin::of(&labels), &[counts], asked.levels);
        }
        return Ok(tallies.finish());
    }
    // A query that cannot be answered is told so even if there is nothing to count.
    asked.query()?;
    let streams = logs.streams(selector, asked.range)?;
    let origins: BTreeSet<Origin> = streams.iter().map(Origin::of).collect();
    let step = asked.range.end.since(asked.range.start).max(Duration::from_nanos(1));
    for origin in origins.into_iter().take(ORIGINS_MAX).take_while(|_| allowance.lasts()) {
        let mut narrowed = Asked { log: asked.log.clone(), levels: Levels::ALL, range: asked.range };
        narrowed.log.selector.node.0.extend(origin.matchers());
        let buckets = counts(logs, &narrowed, asked.range, step, allowance)?.buckets;
        tallies.add(origin, &buckets, asked.levels);
    }
    Ok(tallies.finish())
}

impl Origin {
    fn of(labels: &Labels) -> Self {
        let name = if labels.get(SERVICE).is_some() { SERVICE } else { SERVICE_NAME };
        let value = |name: &str| labels.get(name).unwrap_or_default().to_owned();
        Self { service: (name, value(name)), container: value(CONTAINER) }
    }

    fn matchers(&self) -> Vec<Matcher> {
        let (name, service) = &self.service;
        let mut matchers = vec![Matcher::equal(name, service), Matcher::equal(CONTAINER, &self.container)];
        if *name == SERVICE_NAME {
            matchers.push(Matcher::equal(SERVICE, ""));
        }
        matchers
    }
}

/// Lines by level, service and container.
#[derive(Default)]
struct Tallies {
    levels: [u64; 8],
    services: BTreeMap<String, u64>,
    containers: BTreeMap<String, u64>,
    total: u64,
}

impl Tallies {
    /// Services and containers count lines of the wanted levels only; the levels themselves count all lines, so
    /// that one sees what else there is.
    fn add(&mut self, origin: Origin, buckets: &[[u64; 8]], wanted: Levels) {
        let mut lines = 0;
        for level in Level::ALL {
            let number = usize::from(level.number());
            let of_level: u64 = buckets.iter().map(|counts| counts[number]).sum();
            self.levels[number] += of_level;
            if wanted.contains(level) {
                lines += of_level;
            }
        }
        self.total += lines;
        if lines > 0 {
            *self.services.entry(origin.service.1).or_default() += lines;
            *self.containers.entry(origin.container).or_default() += lines;
        }
    }

    fn finish(self) -> Facets {
        let levels = LEVELS.into_iter().map(str::to_owned).zip(self.levels).filter(|(_, lines)| *lines > 0);
        Facets {
            facets: vec![
                facet("level", levels),
                facet("service", self.services),
                facet("container", self.containers.into_iter().filter(|(name, _)| !name.is_empty())),
            ],
            total: self.total,
        }
    }
}

/// Most lines first; equal ones by name.
fn facet(name: &str, counts: impl IntoIterator<Item = (String, u64)>) -> Facet {
    let mut values: Vec<FacetValue> =
        counts.into_iter().map(|(value, lines)| FacetValue { value, lines }).collect();
    values.order_by(|a, b| b.lines.cmp(&a.lines).then_with(|| a.value.cmp(&b.value)));
    values.truncate(VALUES_MAX);
    Facet { name: name.to_owned(), values }
}
