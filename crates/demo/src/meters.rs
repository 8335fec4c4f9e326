//! What the shop's programs count about themselves. The simulation writes, the doors read: the pages of numbers, the
//! engine's statistics, and the Redis that holds the queue.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;
use tokio::sync::broadcast;

use crate::shop::Member;

/// Published messages that a slow listener may lag behind, before it is cut off as Redis does it.
const PUBLISHED_MAX: usize = 4096;
/// Bounds of the times of requests, in seconds.
pub(crate) const BOUNDS: [f64; 9] = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// A handle to all counts.
#[derive(Clone)]
pub(crate) struct Meters {
    /// Held for moments only, never across an await.
    counts: Arc<Mutex<Counts>>,
    published: broadcast::Sender<Arc<str>>,
}

/// All counts.
pub(crate) struct Counts {
    /// The simulation's present.
    pub(crate) now: Timestamp,
    programs: BTreeMap<Member, Program>,
    pub(crate) queue: Queue,
    /// Whether all connections of the database are taken.
    pub(crate) database_is_full: bool,
}

/// What waits in Redis.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Queue {
    pub(crate) waiting: usize,
    pub(crate) running: usize,
    /// When the first of those that run was taken.
    pub(crate) oldest: Option<Timestamp>,
}

/// One process, since its start.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) started: Timestamp,
    pub(crate) is_alive: bool,
    /// Whether it answers as it should.
    pub(crate) is_well: bool,
    /// Seconds of work, beside what it needs to be there at all.
    pub(crate) worked: f64,
    pub(crate) memory_mib: u64,
    pub(crate) received_bytes: u64,
    pub(crate) sent_bytes: u64,
    /// Requests by what was asked, how, and how it was answered.
    pub(crate) requests: BTreeMap<(&'static str, &'static str, u16), Times>,
    /// Jobs that it has finished.
    pub(crate) jobs_done: u64,
    /// Jobs that it works on.
    pub(crate) jobs_active: u64,
}

/// How long something took.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    pub(crate) count: u64,
    pub(crate) seconds: f64,
    /// One for each bound, not cumulative.
    pub(crate) buckets: [u64; BOUNDS.len()],
}

impl Times {
    fn add(&mut self, took: Duration) {
        let seconds = took.as_secs_f64();
        self.count += 1;
        self.seconds += seconds;
        if let Some(bucket) = BOUNDS.iter().position(|bound| seconds <= *bound) {
            self.buckets[bucket] += 1;
        }
    }
}

impl Meters {
    pub(crate) fn new(now: Timestamp) -> Self {
        let queue = Queue::default();
        let counts = Counts { now, programs: BTreeMap::new(), queue, database_is_full: false };
        Self { counts: Arc::new(Mutex::new(counts)), published: broadcast::Sender::new(PUBLISHED_MAX) }
    }

    /// Looks at the counts.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Counts) -> T) -> T {
        look(&self.lock())
    }

    /// Changes them.
    pub(crate) fn change(&self, act: impl FnOnce(&mut Counts)) {
        act(&mut self.lock());
    }

    /// A process starts and counts from nothing.
    pub(crate) fn start(&self, at: Timestamp, member: Member) {
        let program = Program {
            started: at,
            is_alive: true,
            is_well: true,
            worked: 0.0,
            memory_mib: member.memory_mib(),
            received_bytes: 0,
            sent_bytes: 0,
            requests: BTreeMap::new(),
            jobs_done: 0,
            jobs_active: 0,
        };
        self.change(|counts| _ = counts.programs.insert(member, program));
    }

    /// Changes what one process counts.
    pub(crate) fn of(&self, member: Member, act: impl FnOnce(&mut Program)) {
        self.change(|counts| {
            if let Some(program) = counts.programs.get_mut(&member) {
                act(program);
            }
        });
    }

    /// A request was answered.
    pub(crate) fn answered(
        &self,
        member: Member,
        asked: (&'static str, &'static str, u16),
        took: Duration,
        bytes: u64,
    ) {
        self.of(member, |program| {
            program.requests.entry(asked).or_default().add(took);
            program.received_bytes += 700;
            program.sent_bytes += bytes + 260;
        });
    }

    /// A process worked for so long.
    pub(crate) fn worked(&self, member: Member, took: Duration) {
        self.of(member, |program| program.worked += took.as_secs_f64());
    }

    /// What is published from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<str>> {
        self.published.subscribe()
    }

    /// Publishes what `message` makes, if anybody listens.
    pub(crate) fn publish(&self, message: impl FnOnce() -> String) {
        if self.published.receiver_count() > 0 {
            // It fails where the last listener has just gone.
            let _ = self.published.send(message().into());
        }
    }

    /// A panic elsewhere leaves no half-made state behind: every change is one call.
    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    /// What a member counts, if it runs.
    pub(crate) fn program(&self, member: Member) -> Option<&Program> {
        self.programs.get(&member).filter(|program| program.is_alive)
    }
}

impl Program {
    /// Seconds of the processor: its work, and a little for being there.
    pub(crate) fn cpu_seconds(&self, now: Timestamp) -> f64 {
        self.worked + now.since(self.started).as_secs_f64() * 0.004
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        self.memory_mib << 20
    }
}
