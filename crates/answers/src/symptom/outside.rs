//! What is seen from outside: probes, targets of metrics, jobs that check in.

use api::{Harm, Millis, PartKind, Severity};

use super::{Grip, Symptom};
use crate::seen::Service;
use crate::words::cut;

/// A target that is started again is away for a scrape or two.
const TARGET_PATIENCE: Millis = 90_000;
/// A probe that is tried more often than this must fail for as long.
const PROBE_MIN: Millis = 5_000;
const PROBE_MAX: Millis = 45_000;

pub(super) fn look(service: &Service, at: Millis, found: &mut Vec<Symptom>) {
    let who = &service.who;
    for probe in service.probes.iter().filter(|probe| !probe.problem.is_empty()) {
        let text = format!("The probe {} fails: {}", probe.name, cut(&probe.problem, 160));
        // Twice in a row.
        let lasts = at - probe.since >= probe.interval.clamp(PROBE_MIN, PROBE_MAX);
        found.push(Symptom {
            grip: if lasts { Grip::Opens } else { Grip::Holds },
            severity: Severity::High,
            since: Some(probe.since),
            href: "/uptime".to_owned(),
            harm: Harm { text: format!("{} does not answer as it should", probe.url), ..Harm::default() },
            said: probe.problem.clone(),
            ..Symptom::new(who, PartKind::Probe, format!("probe {} {}", probe.name, probe.url), text)
        });
    }
    for target in &service.targets {
        let text = format!("The metrics of {} cannot be read: {}", target.url, cut(&target.problem, 160));
        found.push(Symptom {
            severity: Severity::Low,
            patience: TARGET_PATIENCE,
            href: "/targets".to_owned(),
            harm: Harm { text: "What it measures is not known meanwhile".to_owned(), ..Harm::default() },
            ..Symptom::new(who, PartKind::Target, format!("target {}", target.url), text)
        });
    }
    for monitor in service.monitors.iter().filter(|monitor| !monitor.state.is_empty()) {
        let what = match monitor.state.as_str() {
            "missed" => "did not run when it should have",
            "timeout" => "did not end in time",
            _ => "failed",
        };
        let text = format!("The job {} {what}", monitor.name);
        found.push(Symptom {
            since: Some(monitor.since),
            href: "/monitors".to_owned(),
            harm: Harm { text: text.clone(), ..Harm::default() },
            ..Symptom::new(who, PartKind::Monitor, format!("monitor {}", monitor.name), text)
        });
    }
}
