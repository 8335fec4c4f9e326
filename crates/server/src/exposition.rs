//! `GET /metrics`: Porthole's own numbers, in Prometheus' text format.

use std::fmt::{Display, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;

use crate::queries::Queries;

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What is counted at the doors, where nothing else counts it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tallies(Arc<AtomicU64>);

impl Tallies {
    /// So many pushed entries were refused for a limit.
    pub(crate) fn refused(&self, entries: usize) {
        self.0.fetch_add(entries as u64, Ordering::Relaxed);
    }
}

/// Where the numbers come from.
#[derive(Clone)]
pub(crate) struct Metrics {
    pub(crate) logs: logs::Logs,
    pub(crate) queries: Queries,
    pub(crate) tallies: Tallies,
    pub(crate) build: &'static str,
}

/// The handler.
pub(crate) async fn show(State(metrics): State<Metrics>) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], metrics.text()).into_response()
}

impl Metrics {
    fn text(&self) -> String {
        let (logs, queries) = (self.logs.status(), self.queries.tallies().counts());
        let mut text = Text::default();
        text.family("porthole_build_info", "gauge", "The running build; always 1.");
        text.sample("porthole_build_info", &[("version", self.build)], 1);
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
        text.family("porthole_log_masked_total", "counter", "Places that were masked, by service and rule.");
        for one in &logs.masked {
            let labels = [("service", one.service.as_str()), ("rule", &one.rule)];
            text.sample("porthole_log_masked_total", &labels, one.places);
        }
        let refused = self.tallies.0.load(Ordering::Relaxed);
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
        text.0
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
