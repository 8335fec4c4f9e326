//! One request in one timeline: the proxy, the lines, the errors, the steps, and what happened to the container.

use std::time::Duration;

use api::{Moment, MomentKind, RequestPage, RequestRow};
use model::Ordered as _;
use model::Timestamp;
use model::label::{CONTAINER, SERVICE};

use crate::find::is_id;
use crate::signals::{Done, Line, Signals, Span};
use crate::why::{Explained, explain};

/// Clocks of one machine agree; what is buffered may come a little before its time.
const BEFORE: Duration = Duration::from_secs(2);
/// What a request has set off may go on.
const AFTER: Duration = Duration::from_secs(60);
/// Lines of a container that are not tied to the request are its own only while it ran.
const NEARBY: Duration = Duration::from_millis(500);
/// How long before a failure something may have happened to its container.
const HAPPENED: Duration = Duration::from_secs(600);
const LINES_MAX: usize = 200;
const NEARBY_MAX: usize = 50;
const STEPS_MAX: usize = 100;

/// Everything that is known of the request that ended at `ended`.
pub fn request<S: Signals>(
    signals: &S,
    (ended, row): &(Timestamp, RequestRow),
) -> Result<RequestPage, S::Error> {
    let began = ended.minus(Duration::from_secs_f64(row.duration_ms.max(0.0) / 1e3));
    let mut page = Page { began, ended: *ended, row, moments: proxied(row), missing: Vec::new() };
    let lines_query = page.lines(signals)?;
    page.errors(signals)?;
    page.transactions(signals)?;
    page.happened(signals)?;
    let mut moments = page.moments;
    moments.order_by(|a, b| a.offset_ms.total_cmp(&b.offset_ms));
    let thrown = moments.iter().any(|moment| moment.kind == MomentKind::Error);
    let Explained { what, mut advice } = explain(row, &signals.routes());
    if thrown && row.status >= 500 {
        advice.insert(0, "The error event below tells where in the code it happened.".to_owned());
    }
    Ok(RequestPage { row: row.clone(), what, advice, moments, lines_query, missing: page.missing })
}

/// What the proxy itself saw.
fn proxied(row: &RequestRow) -> Vec<Moment> {
    let moment = |offset_ms: f64, place: &str, text: String| Moment {
        offset_ms,
        place: place.to_owned(),
        text,
        ..Moment::default()
    };
    let came = format!("{} {}{} from {}", row.method, row.domain, row.path, row.client);
    let mut moments = vec![moment(0.0, &row.entrypoint, came)];
    if let Some(upstream) = row.upstream_ms {
        let server = if row.container.is_empty() { &row.server } else { &row.container };
        moments.push(moment(upstream, server, "began to answer".to_owned()));
    }
    let failed = row.status >= 500;
    let text = format!("answered {}, {} bytes", row.status, row.bytes_out);
    let place = if row.router.is_empty() { &row.entrypoint } else { &row.router };
    moments.push(Moment { failed, ..moment(row.duration_ms, place, text) });
    moments
}

struct Page<'r> {
    began: Timestamp,
    ended: Timestamp,
    row: &'r RequestRow,
    moments: Vec<Moment>,
    missing: Vec<String>,
}

impl Page<'_> {
    fn span(&self) -> Span {
        Span::around(self.began, BEFORE, self.ended, AFTER)
    }

    fn offset_ms(&self, at: Timestamp) -> f64 {
        (at.nanos() - self.began.nanos()) as f64 / 1e6
    }

    /// Lines with its ids, of whatever container; if there are none, what its container said meanwhile. Gives the query
    /// that finds them.
    fn lines<S: Signals>(&mut self, signals: &S) -> Result<String, S::Error> {
        let said = "{stream=~\".+\",stream!~\"access|event\"}";
        let in_line = format!("{said} |= \"{}\" or \"{}\"", self.row.id, self.row.trace_id);
        let mut found = signals.lines(&in_line, self.span(), LINES_MAX)?;
        let mut query = in_line;
        if found.is_empty() && is_id(&self.row.trace_id) {
            // Programs that log through an SDK or OpenTelemetry tell it beside the line.
            let beside = format!("{said} | trace_id=\"{}\"", self.row.trace_id);
            found = signals.lines(&beside, self.span(), LINES_MAX)?;
            query = if found.is_empty() { query } else { beside };
        }
        let kind = if found.is_empty() { MomentKind::Nearby } else { MomentKind::Line };
        if kind == MomentKind::Nearby {
            let Some(matchers) = self.matchers() else { return Ok(query) };
            self.missing.push(format!(
                "No line has its request id or its trace's; log the header X-Request-ID and they are found. Shown is \
                 what {} said meanwhile.",
                if self.row.container.is_empty() { &self.row.service } else { &self.row.container }
            ));
            query = format!("{{{matchers},stream!~\"access|event\"}}");
            found =
                signals.lines(&query, Span::around(self.began, NEARBY, self.ended, NEARBY), NEARBY_MAX)?;
        }
        let moments: Vec<Moment> = found.iter().map(|line| self.line(kind, line)).collect();
        self.moments.extend(moments);
        Ok(query)
    }

    fn line(&self, kind: MomentKind, line: &Line) -> Moment {
        let label = |name| line.labels.get(name).unwrap_or_default();
        let container = label(CONTAINER);
        Moment {
            kind,
            offset_ms: self.offset_ms(line.at),
            failed: line.is_error,
            place: if container.is_empty() { label(SERVICE) } else { container }.to_owned(),
            text: line.text.clone(),
            ..Moment::default()
        }
    }

    fn errors<S: Signals>(&mut self, signals: &S) -> Result<(), S::Error> {
        let found = signals.errors(&self.row.trace_id, self.span())?;
        if found.is_empty() && self.row.status >= 500 && self.row.why.is_empty() {
            self.missing.push(
                "No error event belongs to its trace: the application has no Sentry SDK, or did not report it."
                    .to_owned(),
            );
        }
        let moments = found.into_iter().map(|thrown| Moment {
            kind: MomentKind::Error,
            offset_ms: self.offset_ms(thrown.at),
            failed: true,
            place: thrown.project,
            text: thrown.text,
            href: format!("/issues/{}/events/{}", thrown.issue, thrown.event),
            ..Moment::default()
        });
        let moments: Vec<Moment> = moments.collect();
        self.moments.extend(moments);
        Ok(())
    }

    fn transactions<S: Signals>(&mut self, signals: &S) -> Result<(), S::Error> {
        let found = signals.transactions(&self.row.trace_id, self.span())?;
        if found.len() > STEPS_MAX {
            self.missing
                .push(format!("{} more steps are on the transaction's page.", found.len() - STEPS_MAX));
        }
        let moment = |done: Done| Moment {
            kind: if done.is_step { MomentKind::Span } else { MomentKind::Transaction },
            offset_ms: self.offset_ms(done.at),
            duration_ms: Some(done.duration.as_secs_f64() * 1e3),
            failed: done.failed,
            place: done.place,
            text: done.text,
            href: if done.is_step {
                String::new()
            } else {
                format!("/performance/example?one={}", done.example)
            },
        };
        let moments: Vec<Moment> = found.into_iter().take(STEPS_MAX).map(moment).collect();
        self.moments.extend(moments);
        Ok(())
    }

    fn happened<S: Signals>(&mut self, signals: &S) -> Result<(), S::Error> {
        let Some(matchers) = self.matchers().filter(|_| self.row.status >= 500) else { return Ok(()) };
        let span = Span::around(self.began, HAPPENED, self.ended, AFTER);
        let moments = signals.happened(&matchers, span)?.into_iter().map(|(at, text)| Moment {
            kind: MomentKind::Event,
            offset_ms: self.offset_ms(at),
            place: self.row.service.clone(),
            text,
            ..Moment::default()
        });
        let moments: Vec<Moment> = moments.collect();
        self.moments.extend(moments);
        Ok(())
    }

    /// Of its container's streams, or its service's; none if it went nowhere.
    fn matchers(&self) -> Option<String> {
        let quoted = |name: &str, value: &str| format!("{name}={}", serde_json::Value::from(value));
        match (self.row.container.as_str(), self.row.service.as_str()) {
            ("", "" | "porthole") => None,
            ("", service) => Some(quoted(SERVICE, service)),
            (container, _) => Some(quoted(CONTAINER, container)),
        }
    }
}
