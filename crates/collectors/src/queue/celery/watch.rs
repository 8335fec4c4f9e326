//! How long the queues are, asked of Redis itself: no worker need be alive, and nothing is written.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::keys::Keys;
use crate::queue::redis::{Command, Connection, RedisError, Reply};

/// The queue of an application that names none.
const DEFAULT_QUEUE: &str = "celery";
const QUEUES_MAX: usize = 300;
const EXCHANGES_MAX: usize = 300;
/// Keys that one step of the walk looks at, and steps of one look: a database with millions of results is walked in
/// pieces.
const WALK_KEYS: u32 = 1000;
const WALK_STEPS: usize = 20;
/// What is walked in one step is walked at every look; of more, each step costs a pause.
const WALK_PAUSE: Duration = Duration::from_secs(5);
const WALK_PAUSE_MAX: Duration = Duration::from_secs(60);

/// What waits at a broker.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// By name, with its length by priority.
    pub(crate) queues: Vec<(String, Vec<(u8, u64)>)>,
    /// Messages that workers hold.
    pub(crate) unacked: u64,
    /// When the first of those was delivered, in seconds since 1970.
    pub(crate) oldest_unacked: Option<f64>,
    /// What could not be asked, and what follows from it.
    pub(crate) hint: Option<String>,
}

/// Asks one broker again and again, and remembers the queues that it found.
pub(crate) struct Watch {
    keys: Keys,
    queues: BTreeSet<String>,
    exchanges: BTreeSet<String>,
    cursor: String,
    /// When the last walk came to its end.
    walked: Option<Instant>,
    /// Steps of the walk, until it comes to its end.
    steps: u32,
    pause: Duration,
}

impl Watch {
    pub(crate) fn new(keys: Keys) -> Self {
        let exchanges = BTreeSet::from([format!("{}_kombu.binding.{DEFAULT_QUEUE}", keys.prefix)]);
        Self {
            keys,
            queues: BTreeSet::new(),
            exchanges,
            cursor: "0".to_owned(),
            walked: None,
            steps: 0,
            pause: Duration::ZERO,
        }
    }

    /// Looks once. `named` are queues that are known otherwise.
    pub(crate) async fn look(
        &mut self,
        connection: &mut Connection,
        named: &BTreeSet<String>,
    ) -> Result<Seen, RedisError> {
        let mut hint = self.walk(connection).await?;
        self.find_queues(connection).await?;
        let mut queues: Vec<&String> = self.queues.union(named).take(QUEUES_MAX).collect();
        let default = DEFAULT_QUEUE.to_owned();
        if queues.is_empty() {
            queues.push(&default);
        }
        let mut commands = vec![self.keys.unacked(), self.keys.oldest_unacked()];
        for queue in &queues {
            commands.extend(self.keys.steps.iter().map(|step| self.keys.length(queue, *step)));
        }
        let replies = connection.ask(&commands).await?;
        let mut seen = Seen::default();
        let (first, lengths) = replies.split_at(2);
        seen.unacked = first[0].count()?;
        seen.oldest_unacked = score(&first[1])?;
        for (queue, lengths) in queues.into_iter().zip(lengths.chunks(self.keys.steps.len())) {
            let counts: Result<Vec<u64>, RedisError> = lengths.iter().map(Reply::count).collect();
            match counts {
                Ok(counts) => {
                    let by_step = self.keys.steps.iter().copied().zip(counts).collect();
                    seen.queues.push((queue.clone(), by_step));
                }
                Err(error) => hint = Some(format!("the length of {queue} cannot be asked: {error}")),
            }
        }
        seen.hint = hint;
        Ok(seen)
    }

    /// Goes on with the walk over all exchanges.
    async fn walk(&mut self, connection: &mut Connection) -> Result<Option<String>, RedisError> {
        if self.walked.is_some_and(|at| at.elapsed() < self.pause) {
            return Ok(None);
        }
        for _ in 0..WALK_STEPS {
            let asked = connection.ask(&[self.keys.exchanges(&self.cursor, WALK_KEYS)]).await?;
            let [Reply::List(parts)] = asked.as_slice() else {
                let why = asked.first().and_then(|reply| reply.list().err());
                let why = why.map_or_else(String::new, |error| format!(": {error}"));
                return Ok(Some(format!("only queues of the default exchange are found{why}")));
            };
            let [cursor, keys] = parts.as_slice() else {
                return Err(RedisError::Protocol("an answer to SCAN without a cursor"));
            };
            for key in keys.list()?.iter().filter_map(Reply::name).filter(|key| self.keys.is_of_tasks(key)) {
                if self.exchanges.len() < EXCHANGES_MAX {
                    self.exchanges.insert(key.to_owned());
                }
            }
            self.cursor = cursor.text().unwrap_or("0").to_owned();
            self.steps += 1;
            if self.cursor == "0" {
                self.pause = (WALK_PAUSE * (self.steps - 1)).min(WALK_PAUSE_MAX);
                self.walked = Some(Instant::now());
                self.steps = 0;
                break;
            }
        }
        Ok(None)
    }

    /// The queues that are bound to the exchanges.
    async fn find_queues(&mut self, connection: &mut Connection) -> Result<(), RedisError> {
        let commands: Vec<Command> = self.exchanges.iter().map(|key| Command::smembers(key)).collect();
        for reply in connection.ask(&commands).await? {
            // A key that is no set belongs to somebody else.
            let Ok(bindings) = reply.list() else { continue };
            for queue in bindings.iter().filter_map(Reply::name).filter_map(|one| self.keys.bound_queue(one))
            {
                if self.queues.len() < QUEUES_MAX && !self.queues.contains(queue) {
                    self.queues.insert(queue.to_owned());
                }
            }
        }
        Ok(())
    }
}

/// The score of the first member: member, then score.
fn score(reply: &Reply) -> Result<Option<f64>, RedisError> {
    Ok(reply.list()?.get(1).and_then(Reply::text).and_then(|score| score.parse().ok()))
}
