//! Asks for jobs and workers.

use std::collections::BTreeSet;
use std::time::Duration;

use model::Timestamp;

use crate::queue::redis::{Command, Connection, RedisError, Reply};

/// Before every key, unless the application says otherwise.
const PREFIX: &str = "rq";
const QUEUES_MAX: usize = 300;
const WORKERS_MAX: usize = 300;
/// Workers give a sign of life at least this often; their keys expire a minute later.
const SILENCE_MAX: Duration = Duration::from_secs(480);

/// The states of jobs that RQ keeps a registry of, and the key of each.
const REGISTRIES: [(&str, &str); 6] = [
    ("started", "wip"),
    ("finished", "finished"),
    ("failed", "failed"),
    ("deferred", "deferred"),
    ("scheduled", "scheduled"),
    ("canceled", "canceled"),
];

const WORKER_FIELDS: [&str; 7] = [
    "state",
    "queues",
    "last_heartbeat",
    "successful_job_count",
    "failed_job_count",
    "total_working_time",
    "current_job",
];

/// What is known of an RQ.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) queues: Vec<Queue>,
    pub(crate) workers: Vec<Worker>,
}

/// One queue.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Queue {
    pub(crate) name: String,
    /// Jobs by status: `queued`, those between queue and worker, and those of the registries.
    pub(crate) jobs: Vec<(&'static str, u64)>,
}

impl Queue {
    /// Jobs of a status.
    pub(crate) fn count(&self, status: &str) -> u64 {
        self.jobs.iter().find(|(name, _)| *name == status).map_or(0, |(_, count)| *count)
    }
}

/// One worker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Worker {
    pub(crate) name: String,
    /// `idle`, `busy`, `suspended`, …
    pub(crate) state: String,
    /// Separated by commas.
    pub(crate) queues: String,
    pub(crate) heard: Option<Timestamp>,
    pub(crate) succeeded: u64,
    pub(crate) failed: u64,
    /// Seconds.
    pub(crate) working_time: f64,
    pub(crate) is_working: bool,
}

impl Worker {
    /// Whether it was heard of lately.
    pub(crate) fn is_online(&self, now: Timestamp) -> bool {
        self.heard.is_some_and(|heard| now.since(heard) <= SILENCE_MAX)
    }
}

/// Asks one RQ.
pub(crate) struct Watch {
    prefix: String,
}

impl Watch {
    /// `prefix` is `RQ_KEY_PREFIX`; empty for the usual one.
    pub(crate) fn new(prefix: &str) -> Self {
        Self { prefix: if prefix.is_empty() { PREFIX } else { prefix }.to_owned() }
    }

    /// Looks once. `named` are queues that are known otherwise.
    pub(crate) async fn look(
        &mut self,
        connection: &mut Connection,
        named: &BTreeSet<String>,
    ) -> Result<Seen, RedisError> {
        let sets = [Command::smembers(&self.key("queues")), Command::smembers(&self.key("workers"))];
        let replies = connection.ask(&sets).await?;
        let (queue_prefix, worker_prefix) = (self.key("queue:"), self.key("worker:"));
        let mut queues = named.clone();
        queues.extend(names(&replies[0], &queue_prefix)?);
        let workers = names(&replies[1], &worker_prefix)?;
        Ok(Seen {
            queues: self.queues(connection, queues).await?,
            workers: self.workers(connection, workers).await?,
        })
    }

    async fn queues(
        &self,
        connection: &mut Connection,
        names: BTreeSet<String>,
    ) -> Result<Vec<Queue>, RedisError> {
        let names: Vec<String> = names.into_iter().take(QUEUES_MAX).collect();
        let mut commands = Vec::new();
        for name in &names {
            commands.push(Command::llen(&self.key(&format!("queue:{name}"))));
            commands.push(Command::llen(&self.key(&format!("queue:{name}:intermediate"))));
            commands.extend(REGISTRIES.map(|(_, key)| Command::zcard(&self.key(&format!("{key}:{name}")))));
        }
        let replies = connection.ask(&commands).await?;
        let statuses: Vec<&str> =
            ["queued", "intermediate"].into_iter().chain(REGISTRIES.map(|(status, _)| status)).collect();
        let queues = names.into_iter().zip(replies.chunks(statuses.len())).map(|(name, replies)| {
            let counts: Result<Vec<u64>, RedisError> = replies.iter().map(Reply::count).collect();
            Ok(Queue { name, jobs: statuses.iter().copied().zip(counts?).collect() })
        });
        queues.collect()
    }

    async fn workers(
        &self,
        connection: &mut Connection,
        names: BTreeSet<String>,
    ) -> Result<Vec<Worker>, RedisError> {
        let names: Vec<String> = names.into_iter().take(WORKERS_MAX).collect();
        let key = |name: &String| self.key(&format!("worker:{name}"));
        let commands: Vec<Command> =
            names.iter().map(|name| Command::hmget(&key(name), &WORKER_FIELDS)).collect();
        let replies = connection.ask(&commands).await?;
        let workers =
            names.into_iter().zip(&replies).filter_map(|(name, reply)| worker(name, reply).transpose());
        workers.collect()
    }

    fn key(&self, rest: &str) -> String {
        format!("{}:{rest}", self.prefix)
    }
}

/// The members of a set of keys, without what stands before each.
fn names(reply: &Reply, prefix: &str) -> Result<BTreeSet<String>, RedisError> {
    let keys = reply.list()?.iter().filter_map(Reply::name);
    Ok(keys.filter_map(|key| key.strip_prefix(prefix)).map(str::to_owned).collect())
}

/// A worker whose key has expired is still in the set for a while: none.
fn worker(name: String, reply: &Reply) -> Result<Option<Worker>, RedisError> {
    let fields = reply.list()?;
    let text = |index: usize| fields.get(index).and_then(Reply::name).unwrap_or_default();
    if fields.iter().all(|field| *field == Reply::Nothing) {
        return Ok(None);
    }
    Ok(Some(Worker {
        name,
        state: text(0).to_owned(),
        queues: text(1).to_owned(),
        heard: Timestamp::parse_rfc3339(text(2)).ok(),
        succeeded: text(3).parse().unwrap_or(0),
        failed: text(4).parse().unwrap_or(0),
        working_time: text(5).parse().unwrap_or(0.0),
        is_working: !text(6).is_empty(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workers_of_which_nothing_is_left_are_none() {
        let text = |text: &str| Reply::Text(text.as_bytes().to_vec());
        let gone = Reply::List(vec![Reply::Nothing; WORKER_FIELDS.len()]);
        assert_eq!(worker("w".to_owned(), &gone), Ok(None));
        let mut fields =
            ["busy", "high,default", "2026-11-23T07:15:34.414760Z", "7", "2", "3.5"].map(text).to_vec();
        fields.push(Reply::Nothing);
        let found = worker("w".to_owned(), &Reply::List(fields)).unwrap().unwrap();
        assert_eq!((found.state.as_str(), found.queues.as_str()), ("busy", "high,default"));
        assert_eq!((found.succeeded, found.failed, found.working_time, found.is_working), (7, 2, 3.5, false));
        let heard = Timestamp::parse_rfc3339("2026-11-23T07:15:34.414760Z").unwrap();
        assert_eq!(found.heard, Some(heard));
        assert!(found.is_online(heard.plus(SILENCE_MAX)));
        assert!(!found.is_online(heard.plus(SILENCE_MAX + Duration::from_secs(1))));
    }

    #[test]
    fn names_are_what_stands_behind_the_prefix() {
        let keys =
            ["app:queue:mail", "app:queue:a:b", "other"].map(|key| Reply::Text(key.as_bytes().to_vec()));
        let found = names(&Reply::List(keys.to_vec()), "app:queue:").unwrap();
        assert_eq!(found, BTreeSet::from(["mail".to_owned(), "a:b".to_owned()]));
        assert_eq!(names(&Reply::Nothing, "x"), Ok(BTreeSet::new()));
    }
}
