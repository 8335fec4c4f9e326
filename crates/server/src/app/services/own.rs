//! Metrics of a service's own: what its targets tell, by job.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use api::JobMetrics;
use http::StatusCode;
use metrics::Metrics;
use model::{Matcher, Timestamp, label};

use crate::app::evaluator::quoted;
use crate::app::metrics::about;
use crate::app::who::Owner;
use crate::fault::Fault;

/// Series that had samples in this time count.
const RECENT: Duration = Duration::from_secs(3600);
const SERIES_MAX: usize = 50_000;
const NAMES_MAX: usize = 500;
/// Jobs of Porthole's own looks at containers and addresses: they have charts of their own.
const OURS: [&str; 4] = ["containers", "probe", "celery", "rq"];
/// What every scrape tells of itself.
const OF_SCRAPES: &str = "scrape_";

/// The metrics of a service, by job.
pub(super) fn jobs(metrics: &Metrics, owner: &Owner, now: Timestamp) -> Result<Vec<JobMetrics>, Fault> {
    let pairs = [
        (label::SERVICE, &owner.service),
        (label::PROJECT, &owner.project),
        (label::ENVIRONMENT, &owner.environment),
    ];
    let told = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let matchers: Vec<Matcher> = told.map(|(name, value)| Matcher::equal(name, value)).collect();
    let (first_ms, last_ms) = (now.minus(RECENT).millis(), now.millis());
    let series = metrics.series_matching(&[matchers], first_ms, last_ms, SERIES_MAX);
    let series = series.map_err(|error| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let mut jobs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for labels in &series {
        let (job, name) = (labels.get("job").unwrap_or_default(), labels.get("__name__").unwrap_or_default());
        if !OURS.contains(&job) && name != "up" && !name.starts_with(OF_SCRAPES) {
            jobs.entry(job).or_default().insert(name);
        }
    }
    let job = |(job, names): (&str, BTreeSet<&str>)| JobMetrics {
        job: job.to_owned(),
        matchers: format!("job={},{}", quoted(job), owner.matchers()),
        names: about(metrics, names.into_iter().take(NAMES_MAX).map(str::to_owned).collect()),
    };
    Ok(jobs.into_iter().map(job).collect())
}
