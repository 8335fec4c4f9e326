//! What changed within the last day: deploys, restarts, ends of containers, new issues.

use std::time::Duration;

use answers::Span;
use api::{Change, ChangeKind, MarkKind};
use model::Ordered as _;
use model::label::{PROJECT, SERVICE};
use model::{TimeRange, Timestamp};

use super::around::Surroundings;
use super::gather::Sources;
use crate::app::logs::mark;
use crate::queries::Allowance;
use ::issues::{IssueQuery, search};

const EVERY: Duration = Duration::from_secs(30);
const DAY: Duration = Duration::from_secs(86_400);
const EVENTS_MAX: usize = 100;
const ISSUES_MAX: usize = 10;

#[derive(Default)]
pub(super) struct Changes {
    asked: Option<Timestamp>,
    found: Vec<Change>,
}

impl Changes {
    /// The newest first.
    pub(super) fn look(&mut self, sources: &Sources, allowance: &Allowance, at: Timestamp) -> &[Change] {
        if self.asked.is_none_or(|asked| at.since(asked) >= EVERY) {
            self.asked = Some(at);
            let range = TimeRange { start: at.minus(DAY), end: at.plus(Duration::from_secs(1)) };
            let mut found = events(&Surroundings { sources, allowance }, range);
            found.extend(issues(sources, range));
            found.order_by(|a, b| b.at.cmp(&a.at));
            self.found = found;
        }
        &self.found
    }
}

fn events(around: &Surroundings<'_>, range: TimeRange) -> Vec<Change> {
    let query = "{stream=\"event\"} |~ `\"event\":\"(deploy|die|restart|oom)\"`";
    let rows = around.newest(query, range, EVENTS_MAX);
    let change = |row: &logql::Row| {
        let mark = mark(row)?;
        let kind = match mark.kind {
            MarkKind::Deploy => ChangeKind::Deploy,
            MarkKind::Restart | MarkKind::Exit | MarkKind::Oom => ChangeKind::Restart,
            MarkKind::Gap | MarkKind::Start | MarkKind::Health => return None,
        };
        let label = |name| row.labels.get(name).unwrap_or_default().to_owned();
        let (at, service) = (row.timestamp.millis(), label(SERVICE));
        let href = match kind {
            ChangeKind::Deploy => format!("/services/{service}/deploy?at={at}"),
            _ => format!("/logs?from={}&to={}&svc={service}", at - 300_000, at + 300_000),
        };
        Some(Change { at, kind, project: label(PROJECT), text: mark.text, href, service })
    };
    rows.iter().filter_map(change).collect()
}

fn issues(sources: &Sources, range: TimeRange) -> Vec<Change> {
    let Ok(query) = search::parse("is:unresolved") else { return Vec::new() };
    let asked = IssueQuery {
        query,
        from: Some(range.start),
        until: Some(range.end),
        sort: search::Sort::FirstSeen,
        limit: ISSUES_MAX,
        ..IssueQuery::default()
    };
    let found = sources.issues.issues(&asked).map(|page| page.issues).unwrap_or_default();
    let new = found.into_iter().filter(|issue| issue.first_ms >= range.start.millis());
    let change = |issue: ::issues::Issue| {
        let project = sources.issues.project_of(issue.project);
        Change {
            at: issue.first_ms,
            kind: ChangeKind::Issue,
            service: project.map(|project| project.service().to_owned()).unwrap_or_default(),
            project: String::new(),
            text: format!("{} is new: {}", issue.short_id, issue.title),
            href: format!("/issues/{}", issue.id),
        }
    };
    new.map(change).collect()
}

/// The span of a range.
pub(super) fn span(range: TimeRange) -> Span {
    Span { start: range.start, end: range.end }
}
