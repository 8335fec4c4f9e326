//! Containers, their last words and their deploys.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use answers::seen::{Container, Deploy, Service, Who};
use api::{HealthState, RunState};
use logql::{Direction, Page};
use model::{TimeRange, Timestamp, Workload};

use super::{Look, entry, owners};
use crate::app::evaluator::quoted;
use crate::app::logs::log_query;
use crate::app::now::{health_state, run_state};

/// Restarts count so long.
const RECENT: Duration = Duration::from_secs(600);
/// Ends that are looked at closely in one look.
const ENDS_MAX: usize = 10;
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// Of an end that nobody watched, and that nobody minded for so long, nothing is known to be wrong.
const FORGOTTEN: Duration = Duration::from_secs(86_400);

#[derive(Default)]
pub(super) struct Memory {
    restarts: HashMap<String, Restarts>,
    /// By container and the time of its end.
    ends: HashMap<(String, Timestamp), End>,
}

#[derive(Default)]
struct Restarts {
    count: u64,
    growth: VecDeque<(Timestamp, u64)>,
}

/// What is known of an end.
#[derive(Clone, Default)]
struct End {
    asked: bool,
    last_words: String,
    /// Its entry was there; else it is looked for again.
    told: bool,
}

impl Memory {
    pub(super) fn look(&mut self, look: &Look<'_>, services: &mut BTreeMap<Who, Service>) {
        let known = |id: &String| look.workloads.iter().any(|workload| workload.id == *id);
        self.restarts.retain(|id, _| known(id));
        // Of a container that ends again and again the last end is enough.
        let is_last = |id: &str, at: Timestamp| {
            look.workloads.iter().any(|workload| workload.id == id && workload.finished_at == Some(at))
        };
        self.ends.retain(|(id, at), _| is_last(id, *at));
        let mut ends_left = ENDS_MAX;
        for workload in look.workloads.iter().filter(|workload| !owners::is_one_off(workload)) {
            let who = owners::of(&workload.identity);
            let container = self.container(look, workload, &mut ends_left);
            let service = entry(services, who);
            service.containers.push(container);
            names(workload, &mut service.names);
        }
        for deploy in look.sources.docker.deploys().borrow().iter() {
            let who = look.named(&deploy.service, Some(&deploy.project));
            if let Some(service) = services.get_mut(&who) {
                service.deploy = Some(Deploy {
                    at: deploy.at.millis(),
                    image: deploy.image.clone(),
                    before: deploy.previous_image.clone(),
                });
            }
        }
    }

    fn container(&mut self, look: &Look<'_>, workload: &Workload, ends_left: &mut usize) -> Container {
        let restarts = self.restarted(workload, look.at);
        let state = run_state(workload);
        let is_over = matches!(state, RunState::Failed | RunState::Finished | RunState::Restarting);
        let end = workload
            .finished_at
            .filter(|_| is_over || restarts > 0)
            .map(|at| self.end(look, workload, at, ends_left));
        let end = end.unwrap_or_default();
        Container {
            name: workload.identity.container.clone(),
            state,
            health: if state == RunState::Running { health_state(workload) } else { HealthState::None },
            exit_code: workload.exit_code,
            oom: workload.oom_killed,
            asked: end.asked || workload.stopping,
            restarts,
            started: workload.started_at.map(Timestamp::millis),
            ended: workload.finished_at.map(Timestamp::millis),
            memory_limit: None,
            last_words: end.last_words,
        }
    }

    /// Restarts of the last minutes. Docker tells only how many there were ever; of a container made lately all count.
    fn restarted(&mut self, workload: &Workload, now: Timestamp) -> u64 {
        let is_first = !self.restarts.contains_key(&workload.id);
        let one = self.restarts.entry(workload.id.clone()).or_default();
        if is_first && now.since(workload.created_at) >= RECENT {
            one.count = workload.restarts;
        }
        let by = workload.restarts.saturating_sub(one.count);
        one.count = workload.restarts;
        if by > 0 {
            one.growth.push_back((now, by));
        }
        while one.growth.front().is_some_and(|(at, _)| now.since(*at) >= RECENT) {
            one.growth.pop_front();
        }
        one.growth.iter().map(|(_, by)| by).sum()
    }

    /// How a container ended, from the collector's entry and its own last line.
    fn end(&mut self, look: &Look<'_>, workload: &Workload, at: Timestamp, left: &mut usize) -> End {
        let key = (workload.id.clone(), at);
        if let Some(end) = self.ends.get(&key).filter(|end| end.told) {
            return end.clone();
        }
        let Some(rest) = left.checked_sub(1) else { return End::default() };
        *left = rest;
        let name = quoted(&workload.identity.container);
        let told =
            last_line(look, &format!("{{container={name},stream=\"event\"}} |= `\"event\":\"die\"`"), at);
        let said = last_line(look, &format!("{{container={name},stream!~\"event|access\"}}"), at);
        let end = End {
            asked: told.as_deref().is_some_and(|line| !line.contains("\"level\":\"error\""))
                && workload.exit_code != Some(0)
                || workload.exit_code == Some(0)
                || told.is_none() && look.at.since(at) > FORGOTTEN,
            // Of a traceback the last line says what it was.
            last_words: said
                .unwrap_or_default()
                .lines()
                .rfind(|line| !line.trim().is_empty())
                .unwrap_or_default()
                .to_owned(),
            told: told.is_some() || look.at.since(at) > MINUTE,
        };
        self.ends.insert(key, end.clone());
        end
    }
}

/// The last line of a query in the minute before an end.
fn last_line(look: &Look<'_>, query: &str, at: Timestamp) -> Option<String> {
    let query = log_query(query, "").ok()?;
    let range = TimeRange { start: at.minus(MINUTE), end: at.plus(SECOND * 5) };
    let page = Page { range, direction: Direction::Backward, limit: 1, after: None };
    let found = look.allowance.spend(|budget| query.rows(&look.sources.logs, &page, budget)).ok()?;
    found.rows.into_iter().next().map(|row| row.line)
}

/// Under which others find it.
fn names(workload: &Workload, names: &mut Vec<String>) {
    let mut add = |name: &str| {
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    add(&workload.identity.service);
    add(&workload.identity.container);
    for network in &workload.networks {
        network.aliases.iter().for_each(|alias| add(alias));
        if let Some(address) = network.address {
            add(&address.to_string());
        }
    }
}
