//! `GET /metrics`: Porthole's own numbers, in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use collectors::scrape::Health;
use http::{StatusCode, header};
use model::Timestamp;

use crate::Clock;
use crate::fault::Fault;
use crate::queries::Queries;

mod alerts;
mod life;

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is counted at the doors, where nothing else counts it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tallies(Arc<Counted>);

#[derive(Debug, Default)]
struct Counted {
    entries: AtomicU64,
    /// By reason: there are a handful.
    samples: Mutex<BTreeMap<&'static str, u64>>,
}

impl Tallies {
    /// So many pushed entries were refused for a limit.
    pub(crate) fn refused(&self, entries: usize) {
        self.0.entries.fetch_add(entries as u64, Ordering::Relaxed);
    }

    /// So many samples were refused before the storage saw them, by reason.
    pub(crate) fn refused_samples(&self, by_reason: &[(&'static str, u64)]) {
        let mut samples = self.0.samples.lock().unwrap_or_else(PoisonError::into_inner);
        for (reason, count) in by_reason {
            *samples.entry(reason).or_default() += count;
        }
    }

    fn samples(&self) -> BTreeMap<&'static str, u64> {
        self.0.samples.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Where the numbers come from.
#[derive(Clone)]
pub(crate) struct Exposition {
    pub(crate) logs: logs::Logs,
    pub(crate) metrics: metrics::Metrics,
    pub(crate) collectors: collectors::Collectors,
    pub(crate) issues: issues::Issues,
    pub(crate) docker: docker::Docker,
    pub(crate) alerts: ::alerts::Alerts,
    pub(crate) proxy: Arc<dyn route::shown::Shown>,
    pub(crate) queries: Queries,
    pub(crate) tallies: Tallies,
    pub(crate) build: &'static str,
    pub(crate) clock: Clock,
    /// When the server was put together.
    pub(crate) since: Timestamp,
}

/// The handler.
pub(crate) async fn show(State(exposition): State<Exposition>) -> Result<Response, Fault> {
    // Many files are looked at.
    let text = tokio::task::spawn_blocking(move || exposition.text()).await;
    let text = text.map_err(|error| Fault::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    Ok(([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response())
}

impl Exposition {
    pub(crate) fn text(&self) -> String {
        let (logs, queries) = (self.logs.status(), self.queries.tallies().counts());
        let mut text = Text::default();
        text.family("porthole_build_info", "gauge", "The running build; always 1.");
        text.sample("porthole_build_info", &[("version", self.build)], 1);
        let since = self.since.millis() as f64 / 1e3;
        text.one("porthole_start_time_seconds", "gauge", "When it started.", since);
        text.one("porthole_log_lines_total", "counter", "Lines stored since the start.", logs.lines);
        text.one("porthole_log_bytes_total", "counter", "Bytes of the lines stored.", logs.bytes);
        text.one("porthole_log_disk_bytes", "gauge", "Bytes of stored lines on disk.", logs.disk_bytes);
        text.family("porthole_log_lines_dropped_total", "counter", "Lines that were not kept, by reason.");
        for (reason, lines) in &logs.dropped {
            text.sample("porthole_log_lines_dropped_total", &[("reason", reason.name())], lines);
        }
        text.family(
            "porthole_log_lines_filtered_total",
            "counter",
            "Lines that a rule of the settings dropped.",
        );
        for one in &logs.filtered {
            let labels = [("service", one.service.as_str()), ("reason", &one.reason)];
            text.sample("porthole_log_lines_filtered_total", &labels, one.lines);
        }
        text.one(
            "porthole_log_lines_deleted_total",
            "counter",
            "Lines that were deleted on request since the start.",
            logs.deleted,
        );
        text.family("porthole_log_masked_total", "counter", "Places that were masked, by service and rule.");
        for one in &logs.masked {
            let labels = [("service", one.service.as_str()), ("rule", &one.rule)];
            text.sample("porthole_log_masked_total", &labels, one.places);
        }
        let help = "What is wrong with the storage of lines.";
        text.one("porthole_log_faults", "gauge", help, logs.faults.len());
        let refused = self.tallies.0.entries.load(Ordering::Relaxed);
        text.one("porthole_log_entries_refused_total", "counter", "Pushed entries beyond a limit.", refused);
        text.one("porthole_queries_total", "counter", "Queries that were computed.", queries.ran);
        text.one("porthole_query_seconds_total", "counter", "How long they took.", queries.seconds);
        text.one(
            "porthole_queries_refused_total",
            "counter",
            "Queries that found no place.",
            queries.refused,
        );
        text.one("porthole_queries_timed_out_total", "counter", "Queries cut short.", queries.timed_out);
        self.samples(&mut text);
        self.targets(&mut text);
        self.events(&mut text);
        self.monitors(&mut text);
        self.deploys(&mut text);
        self.engine(&mut text);
        self.alerting(&mut text);
        text.0.push_str(&self.proxy.exposition());
        text.0
    }

    fn events(&self, text: &mut Text) {
        let status = self.issues.status();
        let name = |id: event::ProjectId| {
            self.issues.project_of(id).map_or_else(|| id.to_string(), |project| project.name.clone())
        };
        let help = "What SDKs sent and was accepted since the start, by project and kind.";
        text.family("porthole_events_total", "counter", help);
        let service = |id: event::ProjectId| {
            self.issues.project_of(id).map(|project| project.service().to_owned()).unwrap_or_default()
        };
        for (project, category, count) in &status.accepted {
            let (name, service) = (name(*project), service(*project));
            let labels = [("project", name.as_str()), ("service", &service), ("category", category.name())];
            text.sample("porthole_events_total", &labels, count);
        }
        let help = "What SDKs sent and was refused, by project and reason.";
        text.family("porthole_events_refused_total", "counter", help);
        for (project, reason, count) in &status.refused {
            let project = project.map(name).unwrap_or_default();
            text.sample(
                "porthole_events_refused_total",
                &[("project", &project), ("reason", reason.name())],
                count,
            );
        }
        text.family("porthole_issue_changes_total", "counter", "What happened to issues by itself, by kind.");
        for (turn, count) in &status.turns {
            text.sample("porthole_issue_changes_total", &[("kind", turn_name(*turn))], count);
        }
        let help = "Events that had been sent before.";
        text.one("porthole_events_duplicate_total", "counter", help, status.duplicates);
        let help = "Events that were counted and not kept, since there were many alike.";
        text.one("porthole_events_sampled_total", "counter", help, status.sampled);
        let help = "Log lines of SDKs that the store of logs did not take.";
        text.one("porthole_events_log_lines_dropped_total", "counter", help, status.logs_dropped);
        let help = "Bytes accepted and not worked in yet.";
        text.one("porthole_events_backlog_bytes", "gauge", help, status.backlog_bytes);
        let help = "Bytes of events and issues on disk.";
        text.one("porthole_events_disk_bytes", "gauge", help, status.disk_bytes);
        let help = "Calls of Sentry's web API that nothing answers here.";
        text.one("porthole_sentry_unknown_calls_total", "counter", help, crate::sentry::unknown_calls());
        let help = "What is wrong with the storage of issues.";
        text.one("porthole_events_faults", "gauge", help, status.faults.len());
    }

    fn samples(&self, text: &mut Text) {
        let status = self.metrics.status();
        text.one(
            "porthole_metrics_samples_total",
            "counter",
            "Samples stored since the start.",
            status.samples,
        );
        text.one("porthole_metrics_series", "gauge", "Series with samples in memory.", status.series);
        text.one(
            "porthole_metrics_disk_bytes",
            "gauge",
            "Bytes of stored samples on disk.",
            status.disk_bytes,
        );
        if let Some(room) = status.room {
            let help = "Bytes of the disk that the data is on.";
            text.one("porthole_data_disk_size_bytes", "gauge", help, room.size_bytes);
            let help = "Bytes of it that are free.";
            text.one("porthole_data_disk_avail_bytes", "gauge", help, room.free_bytes);
        }
        let mut refused = self.tallies.samples();
        for (reason, samples) in &status.refused {
            *refused.entry(reason.name()).or_default() += samples;
        }
        let help = "Samples that were not stored, by reason.";
        text.family("porthole_metrics_samples_refused_total", "counter", help);
        for (reason, samples) in &refused {
            text.sample("porthole_metrics_samples_refused_total", &[("reason", reason)], samples);
        }
        let help = "What is wrong with the storage of samples.";
        text.one("porthole_metrics_faults", "gauge", help, status.faults.len());
    }

    fn targets(&self, text: &mut Text) {
        let targets = self.collectors.targets();
        let count =
            |is: fn(&Health) -> bool| targets.iter().filter(|target| is(&target.report.health)).count();
        text.family("porthole_metrics_targets", "gauge", "Scraped targets, by how the last scrape went.");
        for (health, targets) in [
            ("up", count(|health| matches!(health, Health::Up))),
            ("down", count(|health| matches!(health, Health::Down(_)))),
            ("unknown", count(|health| matches!(health, Health::Unknown))),
        ] {
            text.sample("porthole_metrics_targets", &[("health", health)], targets);
        }
        let bad: usize = targets.iter().map(|target| target.report.bad_lines).sum();
        let help = "Lines of the last scrapes that could not be read.";
        text.one("porthole_metrics_scrape_bad_lines", "gauge", help, bad);
        let cut: usize = targets.iter().map(|target| target.report.cut).sum();
        let help = "Series of the last scrapes that were left out for a limit.";
        text.one("porthole_metrics_scrape_cut_series", "gauge", help, cut);
    }
}

const fn turn_name(turn: issues::Turn) -> &'static str {
    match turn {
        issues::Turn::New => "new",
        issues::Turn::Regressed => "regressed",
        issues::Turn::Escalating => "escalating",
        issues::Turn::Woken => "woken",
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let labels: Vec<String> = labels.iter().map(|(label, text)| format!("{label}={text:?}")).collect();
        let _ = match labels.is_empty() {
            true => writeln!(self.0, "{name} {value}"),
            false => writeln!(self.0, "{name}{{{}}} {value}", labels.join(",")),
        };
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }
}
