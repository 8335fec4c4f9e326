//! What the settings say of collecting: `[metrics]`, `[[metrics.scrape]]`, `[[probe]]`, `[[queue]]`.

mod job;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::time::Duration;

use settings::Section;

use crate::host::Host;
use crate::scrape::Job;
use crate::{containers, probe, queue};

/// How often targets are scraped where nothing else is written.
const INTERVAL: Duration = Duration::from_secs(15);
/// More often nothing is asked.
const INTERVAL_MIN: Duration = Duration::from_secs(1);
/// Queries look back so far for the last sample of a series: more seldom there would be gaps.
const INTERVAL_MAX: Duration = Duration::from_secs(240);

/// What is collected, and how.
#[derive(Clone, Debug)]
pub struct Config {
    /// How often the host and the containers are looked at, and targets scraped that say nothing else.
    pub interval: Duration,
    /// Where the machine's files are; `None`: it is not looked at.
    pub host: Option<Host>,
    /// What is scraped.
    pub jobs: Vec<Job>,
    /// What holds for targets that containers name; `None`: they may name none.
    pub discovery: Option<Job>,
    /// How containers are looked at; `None`: they are not.
    pub containers: Option<containers::Config>,
    /// What is probed.
    pub probes: probe::Config,
    /// Which queues are looked at.
    pub queues: queue::Config,
}

impl Config {
    /// Reads `[metrics]` and its kin below `root`; what is faulty is recorded there and counts as not written.
    pub fn read(root: &Section<'_>) -> Self {
        let metrics = root.section("metrics");
        let interval = interval(&metrics, "scrape_interval").unwrap_or(INTERVAL);
        let (host, place) = host(&metrics);
        let sees_containers = metrics.boolean("containers").unwrap_or(true);
        Self {
            interval,
            host,
            jobs: jobs(&metrics, interval),
            discovery: discovery(&metrics, interval),
            containers: sees_containers.then_some(containers::Config { interval, host: place }),
            probes: probe::Config::read(root),
            queues: queue::Config::read(root),
        }
    }
}

/// `[metrics.host]`: whether it is looked at, and where its files are.
fn host(metrics: &Section<'_>) -> (Option<Host>, Host) {
    let section = metrics.section("host");
    let default = Host::default();
    let place = Host {
        proc: section.path("proc").unwrap_or(default.proc),
        sys: section.path("sys").unwrap_or(default.sys),
        root: section.path("root").unwrap_or(default.root),
    };
    (section.boolean("enabled").unwrap_or(true).then(|| place.clone()), place)
}

/// `[[metrics.scrape]]`
fn jobs(metrics: &Section<'_>, interval: Duration) -> Vec<Job> {
    let mut names = BTreeSet::new();
    let mut jobs = Vec::new();
    for section in metrics.sections("scrape") {
        let Some(job) = job::written(&section, interval) else { continue };
        if !names.insert(job.name.clone()) {
            section.fault(
                "job",
                format!("there is another job `{}`", job.name),
                "write its targets there, or another name",
            );
            continue;
        }
        jobs.push(job);
    }
    jobs
}

/// `[metrics.discovery]`
fn discovery(metrics: &Section<'_>, interval: Duration) -> Option<Job> {
    let section = metrics.section("discovery");
    let is_on = section.boolean("enabled").unwrap_or(true);
    let mut job = Job::new("containers", interval);
    // They are on this machine: nothing is saved by packing.
    job.gzip = false;
    job::common(&section, &mut job);
    is_on.then_some(job)
}

/// How often something is done.
fn interval(section: &Section<'_>, key: &str) -> Option<Duration> {
    let interval = section.duration(key)?;
    if !(INTERVAL_MIN..=INTERVAL_MAX).contains(&interval) {
        let problem =
            if interval < INTERVAL_MIN { "too often" } else { "too seldom: graphs would have gaps" };
        section.fault(key, problem, "write a duration from 1s to 4m");
        return None;
    }
    Some(interval)
}
