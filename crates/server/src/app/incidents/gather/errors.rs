//! Open issues of which events came lately.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use ::issues::{IssueStatus, SeenAt, Substatus};
use answers::seen::{Issue, Service, Who};
use api::IssueSubstatus;
use model::Timestamp;

use super::{Look, entry, owners};

/// Issues without events for so long are not looked at.
const RECENT: Duration = Duration::from_secs(600);
const HOUR: Duration = Duration::from_secs(3_600);
const ISSUES_MAX: usize = 60;
/// Containers that are remembered: their events come after they are gone.
const CONTAINERS_MAX: usize = 2_000;
const ID_DIGITS: usize = 12;

#[derive(Default)]
pub(super) struct Memory {
    /// How many events each had, from look to look.
    counts: HashMap<i64, VecDeque<(Timestamp, u64)>>,
    containers: HashMap<String, Who>,
}

impl Memory {
    pub(super) fn look(&mut self, look: &Look<'_>, services: &mut BTreeMap<Who, Service>) {
        self.remember(look);
        for (who, issue) in self.found(look) {
            entry(services, who).issues.push(issue);
        }
    }

    fn remember(&mut self, look: &Look<'_>) {
        if self.containers.len() > CONTAINERS_MAX {
            self.containers.clear();
        }
        for workload in look.workloads {
            if let Some(id) = workload.id.get(..ID_DIGITS).filter(|id| !self.containers.contains_key(*id)) {
                self.containers.insert(id.to_owned(), owners::of(&workload.identity));
            }
        }
    }

    fn found(&mut self, look: &Look<'_>) -> Vec<(Who, Issue)> {
        let found = look.sources.issues.open_since(look.at.minus(RECENT).millis()).unwrap_or_default();
        let mut places: BTreeMap<i64, Vec<SeenAt>> = BTreeMap::new();
        for seen in found {
            places.entry(seen.issue).or_default().push(seen);
        }
        self.counts.retain(|issue, _| places.contains_key(issue));
        let newest = places.into_iter().rev().take(ISSUES_MAX);
        newest.filter_map(|(id, places)| Some((self.who(look, &places), self.issue(look, id)?))).collect()
    }

    /// The service of the container that its events name, else that of its project.
    fn who(&self, look: &Look<'_>, places: &[SeenAt]) -> Who {
        let of_container = |seen: &SeenAt| self.containers.get(seen.server_name.get(..ID_DIGITS)?).cloned();
        if let Some(who) = places.iter().find_map(of_container) {
            return who;
        }
        let project = places.first().and_then(|seen| look.sources.issues.project_of(seen.project));
        look.named(project.as_ref().map(|project| project.service()).unwrap_or_default(), None)
    }

    fn issue(&mut self, look: &Look<'_>, id: i64) -> Option<Issue> {
        let issue = look.sources.issues.issue(id).ok().flatten()?;
        let IssueStatus::Unresolved(substatus) = &issue.status else { return None };
        let turn = match substatus {
            Substatus::New => IssueSubstatus::New,
            Substatus::Regressed => IssueSubstatus::Regressed,
            Substatus::Escalating => IssueSubstatus::Escalating,
            Substatus::Ongoing => IssueSubstatus::Ongoing,
        };
        let is_young = look.at.millis() - issue.first_ms < RECENT.as_millis() as i64;
        let events = if is_young { issue.count } else { self.lately(id, issue.count, look.at) };
        // Who met it is counted by the hour.
        let users = match turn {
            _ if is_young => issue.users,
            IssueSubstatus::Ongoing => 0,
            _ => {
                let from = look.at.minus(HOUR).millis();
                look.sources.issues.users_between(id, from, look.at.millis()).unwrap_or_default()
            }
        };
        Some(Issue {
            id,
            short_id: issue.short_id,
            title: issue.title,
            message: issue.message,
            culprit: issue.culprit,
            turn,
            first: issue.first_ms,
            last: issue.last_ms,
            events,
            users,
            error: matches!(issue.level, event::Level::Error | event::Level::Fatal),
        })
    }

    /// Events since the earliest look of the last minutes.
    fn lately(&mut self, id: i64, count: u64, at: Timestamp) -> u64 {
        let counts = self.counts.entry(id).or_default();
        if counts.back().is_none_or(|(_, last)| *last != count) {
            counts.push_back((at, count));
        }
        while counts.len() > 1 && counts.front().is_some_and(|(then, _)| at.since(*then) > RECENT) {
            counts.pop_front();
        }
        counts.front().map_or(0, |(_, first)| count.saturating_sub(*first))
    }
}
