//! What happened to issues, and how many events releases have.

use std::collections::BTreeMap;

use alerts::{IssueNews, IssueTurn, ReleaseRate};
use issues::{Issue, IssueStatus, Issues, News, ReadError, Turn};
use model::Ordered as _;
use model::Timestamp;

/// More news of one look are of no use to anybody: the newest count.
const NEWS_MAX: usize = 500;

/// What happened within a time, oldest first; of each issue and turn the newest.
pub(super) fn news(issues: &Issues, since: Timestamp, until: Timestamp) -> Result<Vec<IssueNews>, String> {
    let told = |error: ReadError| error.to_string();
    let turned = issues.turns(since.millis(), until.millis(), NEWS_MAX).map_err(told)?;
    let mut newest: BTreeMap<(i64, u8), (IssueTurn, i64)> = BTreeMap::new();
    for one in turned {
        let Some(turn) = turn(one.turn) else { continue };
        newest.insert((one.issue, turn as u8), (turn, one.at_ms));
    }
    let mut news = Vec::new();
    for ((issue, _), (turn, at_ms)) in newest {
        let Some(issue) = issues.issue(issue).map_err(told)? else { continue };
        let environment = issues.tag(issue.id, "environment", 1).map_err(told)?.values.into_iter().next();
        news.push(IssueNews {
            environment: environment.map(|tag| tag.value),
            ..of(issues, issue, turn, at_ms)
        });
    }
    news.order_by_key(|one| one.at_ms);
    Ok(news)
}

fn of(issues: &Issues, issue: Issue, turn: IssueTurn, at_ms: i64) -> IssueNews {
    IssueNews {
        turn,
        at_ms,
        service: service(issues, issue.project),
        is_open: matches!(issue.status, IssueStatus::Unresolved(_)),
        issue: issue.id,
        short_id: issue.short_id,
        project: issue.project_name,
        title: issue.title,
        message: issue.message,
        culprit: issue.culprit,
        level: issue.level.name().to_owned(),
        release: issue.last_release,
        environment: None,
        events: issue.count,
        users: issue.users,
    }
}

/// News as they are told the moment they happen; `None`: of no interest to alerts, or the issue is gone.
pub(crate) fn heard(issues: &Issues, news: News) -> Option<IssueNews> {
    let issue = issues.issue(news.issue).ok().flatten()?;
    let of_issue = of(issues, issue, turn(news.turn)?, news.at_ms);
    Some(IssueNews { environment: news.environment, ..of_issue })
}

fn service(issues: &Issues, project: event::ProjectId) -> Option<String> {
    let project = issues.project_of(project)?;
    Some(project.service().to_owned()).filter(|service| !service.is_empty())
}

fn turn(turn: Turn) -> Option<IssueTurn> {
    match turn {
        Turn::New => Some(IssueTurn::New),
        Turn::Regressed => Some(IssueTurn::Regressed),
        Turn::Escalating => Some(IssueTurn::Escalating),
        Turn::Woken => None,
    }
}

/// Events of each release within a time.
pub(super) fn rates(issues: &Issues, since: Timestamp, until: Timestamp) -> Result<Vec<ReleaseRate>, String> {
    let rates = issues.release_rates(since.millis(), until.millis()).map_err(|error| error.to_string())?;
    let rate = |one: issues::releases::Rate| {
        let project = issues.project_of(one.project)?;
        Some(ReleaseRate {
            project: project.name.clone(),
            service: service(issues, one.project),
            release: one.version,
            environment: Some(one.environment).filter(|name| !name.is_empty()),
            events: one.events,
        })
    };
    Ok(rates.into_iter().filter_map(rate).collect())
}
