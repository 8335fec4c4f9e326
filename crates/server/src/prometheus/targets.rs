//! What is scraped: `targets`, `scrape_pools`.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use collectors::scrape::{DroppedTarget, Health, TargetState};
use model::format_duration;
use serde::Serialize;

use super::answer::{LabelMap, PromFault, success};
use super::params::Params;
use super::{Prometheus, tally};

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    active_targets: Vec<Active>,
    dropped_targets: Vec<Dropped>,
    dropped_target_counts: std::collections::BTreeMap<String, u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Active {
    discovered_labels: LabelMap,
    labels: LabelMap,
    scrape_pool: String,
    scrape_url: String,
    global_url: String,
    last_error: String,
    last_scrape: String,
    last_scrape_duration: f64,
    health: &'static str,
    scrape_interval: String,
    scrape_timeout: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Dropped {
    discovered_labels: LabelMap,
    scrape_pool: String,
}

/// `targets`
pub(super) async fn targets(
    State(prometheus): State<Prometheus>,
    params: Params,
) -> Result<Response, PromFault> {
    let state = params.get("state").map(str::to_ascii_lowercase).unwrap_or_default();
    let is_wanted = |pool: &str| params.get("scrapePool").is_none_or(|wanted| wanted == pool);
    let mut shown = Targets::default();
    if state != "dropped" {
        let targets = prometheus.collectors.targets().into_iter();
        shown.active_targets = targets.filter(|target| is_wanted(&target.job)).map(active).collect();
    }
    let dropped: Vec<Dropped> = prometheus
        .collectors
        .dropped()
        .into_iter()
        .map(|dropped| Dropped {
            scrape_pool: pool(&dropped),
            discovered_labels: LabelMap(dropped.discovered),
        })
        .filter(|dropped| is_wanted(&dropped.scrape_pool))
        .collect();
    shown.dropped_target_counts = tally(dropped.iter().map(|dropped| dropped.scrape_pool.clone()));
    if state != "active" {
        shown.dropped_targets = dropped;
    }
    Ok(success(shown))
}

fn active(target: TargetState) -> Active {
    let (health, last_error) = match &target.report.health {
        Health::Unknown => ("unknown", String::new()),
        Health::Up => ("up", String::new()),
        Health::Down(why) => ("down", why.clone()),
    };
    let url = target.url.to_string();
    Active {
        discovered_labels: LabelMap(target.discovered),
        labels: LabelMap(target.labels),
        scrape_pool: target.job,
        scrape_url: url.clone(),
        global_url: url,
        last_error,
        last_scrape: target.report.at.to_string(),
        last_scrape_duration: target.report.took.as_secs_f64(),
        health,
        scrape_interval: format_duration(target.interval),
        scrape_timeout: format_duration(target.timeout),
    }
}

/// Containers that are not scraped have no job.
fn pool(dropped: &DroppedTarget) -> String {
    dropped.discovered.get("job").unwrap_or("containers").to_owned()
}

/// `scrape_pools`: the names of jobs.
pub(super) async fn pools(State(prometheus): State<Prometheus>) -> Response {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Pools {
        scrape_pools: BTreeSet<String>,
    }
    let targets = prometheus.collectors.targets().into_iter();
    success(Pools { scrape_pools: targets.map(|target| target.job).collect() })
}
