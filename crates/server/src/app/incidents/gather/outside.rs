//! Probes, targets of metrics, jobs that check in.

use std::collections::BTreeMap;
use std::time::Duration;

use ::issues::monitors::{State, Strip};
use answers::seen::{Monitor, Probe, Service, Target, Who};
use collectors::scrape::Health;
use model::Timestamp;

use super::{Look, entry, owner};

/// Check-ins are a minute's matter.
const MONITORS_EVERY: Duration = Duration::from_secs(15);

#[derive(Default)]
pub(super) struct Memory {
    monitors: Vec<(Who, Monitor)>,
    asked: Option<Timestamp>,
}

impl Memory {
    pub(super) fn look(&mut self, look: &Look<'_>, services: &mut BTreeMap<Who, Service>) {
        for probe in look.sources.collectors.probes() {
            let mut who = owner(&probe.labels);
            if who.service.is_empty() {
                who.service.clone_from(&probe.name);
            }
            let problem = match &probe.health {
                Health::Down(why) => why.clone(),
                Health::Up | Health::Unknown => String::new(),
            };
            entry(services, who).probes.push(Probe {
                name: probe.name,
                url: probe.url,
                problem,
                since: probe.since.unwrap_or(look.at).millis(),
                interval: probe.interval.as_millis() as i64,
            });
        }
        for target in look.sources.collectors.targets() {
            let Health::Down(problem) = &target.report.health else { continue };
            let who = owner(&target.labels);
            if !who.service.is_empty() {
                let target = Target { url: target.url.to_string(), problem: problem.clone() };
                entry(services, who).targets.push(target);
            }
        }
        if self.asked.is_none_or(|at| look.at.since(at) >= MONITORS_EVERY) {
            self.asked = Some(look.at);
            self.monitors = monitors(look);
        }
        for (who, monitor) in &self.monitors {
            entry(services, who.clone()).monitors.push(monitor.clone());
        }
    }
}

fn monitors(look: &Look<'_>) -> Vec<(Who, Monitor)> {
    let strip = Strip { start_ms: look.at.millis() - 60_000, step_ms: 60_000, buckets: 1 };
    let rows = look.sources.issues.monitors(None, None, &strip).unwrap_or_default();
    let told = rows.into_iter().map(|row| {
        let project = look.sources.issues.project_of(row.project);
        let service = project.as_ref().map(|project| project.service().to_owned()).unwrap_or_default();
        let state = match row.state {
            State::Missed | State::Timeout | State::Error => row.state.name().to_owned(),
            State::Unknown | State::Ok | State::InProgress => String::new(),
        };
        let since = row.since_ms.unwrap_or(look.at.millis());
        (look.named(&service, None), Monitor { name: row.slug, state, since })
    });
    told.collect()
}
