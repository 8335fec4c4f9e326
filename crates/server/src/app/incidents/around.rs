//! What `answers` asks about a moment.

use std::time::Duration;

use ::issues::{IssueQuery, IssueStatus, Substatus, search};
use answers::seen::Who;
use answers::{Around, Line, Lines, Span};
use api::{EvidenceIssue, IssueSubstatus, Millis};
use logql::{Direction, Page};
use model::{TimeRange, Timestamp};
use serde::Deserialize;

use super::gather::Sources;
use super::matchers;
use crate::app::evaluator::Evaluator;
use crate::app::logs::log_query;
use crate::app::proxy::Entries;
use crate::app::refusal::QueryRefusal;
use crate::queries::Allowance;

/// Issues of a time among which the service's is looked for.
const ISSUES_MAX: usize = 50;

/// All engines, within what a call may spend.
pub(super) struct Surroundings<'a> {
    pub(super) sources: &'a Sources,
    pub(super) allowance: &'a Allowance,
}

impl Lines for Surroundings<'_> {
    type Error = QueryRefusal;

    fn lines(&self, query: &str, span: Span, limit: usize) -> Result<Vec<Line>, QueryRefusal> {
        Entries { logs: &self.sources.logs, allowance: self.allowance }.lines(query, span, limit)
    }
}

impl Around for Surroundings<'_> {
    fn issue(&self, who: &Who, span: Span) -> Option<EvidenceIssue> {
        self.issues_of(who, span, Sort::Newest).into_iter().next()
    }

    fn deploy(&self, who: &Who, span: Span) -> Option<(Millis, String, String)> {
        let is_it = |deploy: &&docker::Deploy| {
            deploy.service == who.service && (who.project.is_empty() || deploy.project == who.project)
        };
        let deploys = self.sources.docker.deploys().borrow().clone();
        let known = deploys.iter().filter(is_it).find(|deploy| (span.start..span.end).contains(&deploy.at));
        if let Some(deploy) = known {
            return Some((deploy.at.millis(), deploy.image.clone(), deploy.previous_image.clone()));
        }
        self.told_deploy(who, span)
    }

    fn failures(&self, who: &Who, end: Timestamp, step: Duration, points: u32) -> Vec<Option<f64>> {
        let of = matchers(who);
        let failed = format!("sum(increase(porthole_proxy_router_requests_total{{{of},class=\"5xx\"}}[1m]))");
        let evaluator = Evaluator { metrics: &self.sources.metrics, allowance: self.allowance };
        let found = evaluator.over(end, step, points, &failed).unwrap_or_default();
        found.into_iter().next().map(|series| series.points.iter().collect()).unwrap_or_else(|| {
            // Where no proxy counts, the lines of errors do.
            let start = end.minus(step * points);
            self.error_lines(&of, TimeRange { start, end }, step)
        })
    }
}

/// Which issues come first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// Those that came last.
    Newest,
    /// Those that came for the first time last.
    First,
}

/// What a deploy's entry says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Told {
    image: String,
    previous_image: String,
}

impl Surroundings<'_> {
    /// Open issues of a service of which events came in this time.
    pub(super) fn issues_of(&self, who: &Who, span: Span, sort: Sort) -> Vec<EvidenceIssue> {
        let issues = &self.sources.issues;
        let Ok(query) = search::parse("is:unresolved") else { return Vec::new() };
        let asked = IssueQuery {
            query,
            from: Some(span.start),
            until: Some(span.end),
            sort: if sort == Sort::First { search::Sort::FirstSeen } else { search::Sort::LastSeen },
            limit: ISSUES_MAX,
            ..IssueQuery::default()
        };
        let found = issues.issues(&asked).map(|page| page.issues).unwrap_or_default();
        let ids = self.of_service(who, span.start);
        let is_its = |issue: &::issues::Issue| {
            let project = issues.project_of(issue.project);
            ids.contains(&issue.id) || project.is_some_and(|project| project.service() == who.service)
        };
        found.into_iter().filter(is_its).map(evidence).collect()
    }

    /// Issues with events since then that name a container of the service.
    fn of_service(&self, who: &Who, since: Timestamp) -> Vec<i64> {
        let workloads = self.sources.docker.workloads().borrow().clone();
        let is_its = |name: &str| {
            let named = |workload: &&model::Workload| name.len() >= 12 && workload.id.starts_with(name);
            workloads.iter().find(named).is_some_and(|workload| workload.identity.service == who.service)
        };
        let seen = self.sources.issues.open_since(since.millis()).unwrap_or_default();
        seen.into_iter().filter(|one| is_its(&one.server_name)).map(|one| one.issue).collect()
    }

    fn told_deploy(&self, who: &Who, span: Span) -> Option<(Millis, String, String)> {
        let query = format!("{{{},stream=\"event\"}} |= `\"event\":\"deploy\"`", matchers(who));
        let line = self.lines(&query, span, 1).ok()?.into_iter().next()?;
        let told: Told = serde_json::from_str(&line.text).unwrap_or_default();
        Some((line.at.millis(), told.image, told.previous_image))
    }

    /// Lines of errors in each step; those that are written while it is counted fall into the last one.
    fn error_lines(&self, of: &str, range: TimeRange, step: Duration) -> Vec<Option<f64>> {
        let Ok(query) = log_query(&format!("{{{of},stream!~\"access|event\"}}"), "") else {
            return Vec::new();
        };
        let counted = self.sources.logs.histogram(query.selector(), range, step).unwrap_or_default();
        let errors = |counts: &[u64]| {
            let levels = model::Level::ALL.into_iter().filter(|level| level.is_error());
            levels.map(|level| counts[usize::from(level.number())] as f64).sum::<f64>()
        };
        counted.iter().map(|counts| Some(errors(counts))).collect()
    }

    /// The first line of a query.
    pub(super) fn newest(&self, query: &str, range: TimeRange, limit: usize) -> Vec<logql::Row> {
        let Ok(query) = log_query(query, "") else { return Vec::new() };
        let page = Page { range, direction: Direction::Backward, limit, after: None };
        let found = self.allowance.spend(|budget| query.rows(&self.sources.logs, &page, budget));
        found.map(|found| found.rows).unwrap_or_default()
    }
}

fn evidence(issue: ::issues::Issue) -> EvidenceIssue {
    let turn = match &issue.status {
        IssueStatus::Unresolved(Substatus::New) => IssueSubstatus::New,
        IssueStatus::Unresolved(Substatus::Regressed) => IssueSubstatus::Regressed,
        IssueStatus::Unresolved(Substatus::Escalating) => IssueSubstatus::Escalating,
        _ => IssueSubstatus::Ongoing,
    };
    let title = match issue.message.as_str() {
        "" => issue.title,
        message => format!("{}: {}", issue.title, message.lines().next().unwrap_or_default()),
    };
    EvidenceIssue {
        id: issue.id,
        short_id: issue.short_id,
        title,
        culprit: issue.culprit,
        turn,
        events: issue.count,
        users: issue.users,
        first_seen: issue.first_ms,
        href: format!("/issues/{}", issue.id),
    }
}
