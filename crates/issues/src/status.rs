//! What came and what became of it since the start, and how the store does.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use event::{Key, ProjectId};
use store::Fault;

use crate::life::Turn;
use crate::refusal::{Category, Reason};

/// Refusals that wait to be written; more are only counted.
const REFUSED_MAX: usize = 1000;

/// Names of clients are made by whoever sends; more are not told apart between two writes.
const CLIENTS_MAX: usize = 100;

/// Longer names of clients are cut.
const CLIENT_CHARS: usize = 100;

/// What came, and how the store does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// What was accepted since the start, by project and kind.
    pub accepted: Vec<(ProjectId, Category, u64)>,
    /// What was refused since the start, by project and reason. Without a project: of a key that nobody has.
    pub refused: Vec<(Option<ProjectId>, Reason, u64)>,
    /// Events that were there already.
    pub duplicates: u64,
    /// Events that were counted and not kept, since there were many alike.
    pub sampled: u64,
    /// Log lines that were dropped since the log store did not take them.
    pub logs_dropped: u64,
    /// Items of the spool that could not be read and were left out.
    pub damaged: u64,
    /// What happened to issues.
    pub turns: Vec<(Turn, u64)>,
    /// Bytes of the spool that are not worked in yet.
    pub backlog_bytes: u64,
    /// Bytes on disk: events, issues, the spool, attachments.
    pub disk_bytes: u64,
    /// When the oldest event that is kept was received, in milliseconds since the epoch.
    pub oldest_ms: Option<i64>,
    /// What is wrong now.
    pub faults: Vec<Fault>,
}

/// Something that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// When, in milliseconds since the epoch.
    pub at_ms: i64,
    /// Why: a [`Reason`]'s name.
    pub reason: String,
    /// How large it was, as it came.
    pub bytes: u64,
    /// Who sent it.
    pub client: String,
}

/// Counts since the start, and what is still to be written of them.
#[derive(Debug, Default)]
pub(crate) struct Counters(Mutex<Counts>);

#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) accepted: BTreeMap<(ProjectId, Category), u64>,
    pub(crate) refused: BTreeMap<(Option<ProjectId>, Reason), u64>,
    pub(crate) duplicates: u64,
    pub(crate) sampled: u64,
    pub(crate) logs_dropped: u64,
    pub(crate) damaged: u64,
    pub(crate) turns: BTreeMap<&'static str, (Turn, u64)>,
    /// When each key was last used.
    pub(crate) used: BTreeMap<Key, i64>,
    unwritten: Unwritten,
}

/// What the writer is to write of refusals and of who sends.
#[derive(Debug, Default)]
pub(crate) struct Unwritten {
    pub(crate) refused: Vec<(ProjectId, Refused)>,
    /// Refusals by project, kind and reason: how many, and their bytes.
    pub(crate) counts: BTreeMap<(ProjectId, &'static str, &'static str), (u64, u64)>,
    /// Envelopes by project and client.
    pub(crate) clients: BTreeMap<(ProjectId, String), u64>,
}

impl Unwritten {
    pub(crate) fn is_empty(&self) -> bool {
        self.refused.is_empty() && self.counts.is_empty() && self.clients.is_empty()
    }
}

impl Counters {
    pub(crate) fn get(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something of a project was refused.
    pub(crate) fn refused(
        &self,
        project: ProjectId,
        category: Category,
        mut refused: Refused,
        reason: Reason,
    ) {
        let mut counts = self.get();
        *counts.refused.entry((Some(project), reason)).or_default() += 1;
        let count = counts.unwritten.counts.entry((project, category.name(), reason.name())).or_default();
        *count = (count.0 + 1, count.1 + refused.bytes);
        if counts.unwritten.refused.len() < REFUSED_MAX {
            refused.client = cut(&refused.client);
            counts.unwritten.refused.push((project, refused));
        }
    }

    /// An envelope came.
    pub(crate) fn came(&self, project: ProjectId, client: &str) {
        let mut counts = self.get();
        let key = (project, cut(client));
        if counts.unwritten.clients.len() < CLIENTS_MAX || counts.unwritten.clients.contains_key(&key) {
            *counts.unwritten.clients.entry(key).or_default() += 1;
        }
    }

    pub(crate) fn turned(&self, turn: Turn) {
        let name = match turn {
            Turn::New => "new",
            Turn::Regressed => "regressed",
            Turn::Escalating => "escalating",
            Turn::Woken => "woken",
        };
        self.get().turns.entry(name).or_insert((turn, 0)).1 += 1;
    }

    /// What is to be written; from now on it counts as written.
    pub(crate) fn take_unwritten(&self) -> Unwritten {
        std::mem::take(&mut self.get().unwritten)
    }

    /// It could not be written and still is to be.
    pub(crate) fn put_back(&self, unwritten: Unwritten) {
        let mut counts = self.get();
        let known = &mut counts.unwritten;
        let newer = std::mem::replace(&mut known.refused, unwritten.refused);
        let room = REFUSED_MAX.saturating_sub(known.refused.len());
        known.refused.extend(newer.into_iter().take(room));
        for (key, (quantity, bytes)) in unwritten.counts {
            let count = known.counts.entry(key).or_default();
            *count = (count.0 + quantity, count.1 + bytes);
        }
        for (key, envelopes) in unwritten.clients {
            *known.clients.entry(key).or_default() += envelopes;
        }
    }

    pub(crate) fn status(&self) -> Status {
        let counts = self.get();
        Status {
            accepted: counts
                .accepted
                .iter()
                .map(|((project, kind), count)| (*project, *kind, *count))
                .collect(),
            refused: counts.refused.iter().map(|((project, why), count)| (*project, *why, *count)).collect(),
            duplicates: counts.duplicates,
            sampled: counts.sampled,
            logs_dropped: counts.logs_dropped,
            damaged: counts.damaged,
            turns: counts.turns.values().copied().collect(),
            ..Status::default()
        }
    }
}

fn cut(client: &str) -> String {
    client.chars().take(CLIENT_CHARS).collect()
}
