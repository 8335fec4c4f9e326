//! Queues, as the collectors see them, and how they were.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use answers::seen::{Queue, Service, Who};
use collectors::queue::{Backlog, QueueState};
use model::Ordered as _;
use model::Timestamp;

use super::{Look, entry, owners};

/// A length is noted so often, for an hour.
const EVERY: Duration = Duration::from_secs(15);
const KEPT: usize = 240;
/// What is going on now is not what is usual.
const SETTLING: Duration = Duration::from_secs(120);
const MINUTE: Duration = Duration::from_secs(60);
/// Rates are of so long.
const RATE: Duration = Duration::from_secs(300);

#[derive(Default)]
pub(super) struct Memory {
    queues: HashMap<(String, String), VecDeque<Noted>>,
}

#[derive(Clone, Copy, Default)]
struct Noted {
    at: Timestamp,
    length: u64,
    workers: u32,
    succeeded: u64,
    failed: u64,
}

impl Memory {
    pub(super) fn look(&mut self, look: &Look<'_>, services: &mut BTreeMap<Who, Service>) {
        let states = look.sources.collectors.queues();
        let is_there = |broker: &String| states.iter().any(|state| state.broker == *broker);
        self.queues.retain(|(broker, _), _| is_there(broker));
        for state in &states {
            let who = taker(look, state);
            let service = entry(services, who);
            if let Some(problem) = state.problem.clone() {
                service.queues.push(Queue { broker: state.broker.clone(), problem, ..Queue::default() });
                continue;
            }
            service.queues.extend(state.queues.iter().map(|backlog| self.queue(state, backlog, look.at)));
        }
    }

    fn queue(&mut self, state: &QueueState, backlog: &Backlog, at: Timestamp) -> Queue {
        let of = state.tasks.iter().filter(|task| task.queue == backlog.name);
        let (succeeded, failed) =
            of.fold((0, 0), |(done, failed), task| (done + task.succeeded, failed + task.failed));
        let takes = |worker: &&collectors::queue::Worker| {
            worker.online && (worker.queues.is_empty() || worker.queues.contains(&backlog.name))
        };
        let workers = state.workers.iter().filter(takes).count() as u32;
        let now = Noted { at, length: backlog.length, workers, succeeded, failed };
        let all = self.queues.entry((state.broker.clone(), backlog.name.clone())).or_default();
        if all.back().is_none_or(|last| at.since(last.at) >= EVERY) {
            all.push_back(now);
            if all.len() > KEPT {
                all.pop_front();
            }
        }
        let then = |ago: Duration| all.iter().rev().find(|noted| at.since(noted.at) >= ago);
        let first = all.iter().find(|noted| at.since(noted.at) <= RATE).copied().unwrap_or(now);
        let seconds = at.since(first.at).as_secs_f64().max(1.0);
        let rate = |now: u64, then: u64| now.saturating_sub(then) as f64 / seconds;
        let tells = !state.tasks.is_empty() && at.since(first.at) >= MINUTE / 2;
        let failed_per_s = tells.then(|| rate(failed, first.failed));
        Queue {
            name: backlog.name.clone(),
            broker: state.broker.clone(),
            length: backlog.length,
            before: then(MINUTE / 2).map(|noted| noted.length),
            usual: usual(all, at),
            oldest_s: backlog.oldest_waiting.map(|age| age.as_secs_f64()),
            workers,
            workers_usual: all.iter().map(|noted| noted.workers).max().unwrap_or_default(),
            ended_per_s: failed_per_s.map(|failed| failed + rate(succeeded, first.succeeded)),
            failed_per_s,
            problem: String::new(),
        }
    }
}

/// The length that is in the middle of those before now.
fn usual(all: &VecDeque<Noted>, at: Timestamp) -> Option<f64> {
    let mut lengths: Vec<u64> =
        all.iter().filter(|noted| at.since(noted.at) >= SETTLING).map(|noted| noted.length).collect();
    if lengths.is_empty() {
        // Just after the start: the first look is better than nothing.
        lengths
            .extend(all.front().filter(|noted| at.since(noted.at) >= MINUTE / 2).map(|noted| noted.length));
    }
    lengths.order();
    lengths.get(lengths.len() / 2).map(|length| *length as f64)
}

/// Who takes tasks from the broker: of the services that use it the one that runs workers.
fn taker(look: &Look<'_>, state: &QueueState) -> Who {
    let is_its = |who: &model::Identity| {
        state.services.contains(&who.service)
            && state.project.as_ref().is_none_or(|project| *project == who.project)
    };
    let its = || look.workloads.iter().filter(|workload| is_its(&workload.identity));
    let works = |workload: &&model::Workload| {
        let said = |word: &str| {
            workload.process.command.iter().any(|part| part.split_whitespace().any(|one| one == word))
        };
        said("worker") && !said("beat") || said("rq")
    };
    let found = its().find(works).or_else(|| its().next());
    match found {
        Some(workload) => owners::of(&workload.identity),
        None => Who {
            project: state.project.clone().unwrap_or_default(),
            service: state.services.first().cloned().unwrap_or_else(|| state.name.clone()),
            ..Who::default()
        },
    }
}
