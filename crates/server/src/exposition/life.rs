//! What rules want as numbers and no collector measures: how runs of monitors do, and when services were deployed.

use issues::monitors::{State, Strip};

use super::{Exposition, Text};

/// Of runs that were told of at all.
const STATES: [State; 5] = [State::Ok, State::InProgress, State::Missed, State::Timeout, State::Error];

impl Exposition {
    /// Monitors by the state of their last run. What cannot be read is among the faults of the issues already.
    pub(super) fn monitors(&self, text: &mut Text) {
        let no_strip = Strip { start_ms: self.clock.now().millis(), step_ms: 1, buckets: 0 };
        let rows = self.issues.monitors(None, None, &no_strip).unwrap_or_default();
        text.family("porthole_monitor_state", "gauge", "1 for how the last run of a monitor did.");
        for row in &rows {
            let project = self.issues.project_of(row.project);
            let project = project.as_ref().map(|project| (project.name.as_str(), project.service()));
            let (project, service) = project.unwrap_or_default();
            for state in STATES {
                let labels = [
                    ("monitor", row.slug.as_str()),
                    ("environment", &row.environment),
                    ("project", project),
                    ("service", service),
                    ("state", state.name()),
                ];
                text.sample("porthole_monitor_state", &labels, u8::from(row.state == state));
            }
        }
    }

    /// The last deploy of each service.
    pub(super) fn deploys(&self, text: &mut Text) {
        let deploys = self.docker.deploys().borrow().clone();
        let help = "When a service got the image that it runs, for services that ran another before.";
        text.family("porthole_service_deployed_seconds", "gauge", help);
        for deploy in deploys.iter() {
            let labels = [("service", deploy.service.as_str()), ("project", &deploy.project)];
            text.sample("porthole_service_deployed_seconds", &labels, deploy.at.millis() as f64 / 1e3);
        }
    }

    /// Whether Docker answers, and lines that it had thrown away before they were read.
    pub(super) fn engine(&self, text: &mut Text) {
        let is_away = matches!(self.docker.status().borrow().engine, docker::Engine::Away { .. });
        text.one("porthole_docker_up", "gauge", "0: Docker does not answer.", u8::from(!is_away));
        let help = "Places where lines of containers may be missing.";
        text.one("porthole_log_gaps_total", "counter", help, self.docker.counts().gaps);
    }
}
